package dev.socketfactory.engine.socket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.function.Function;

import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketSpecBuilder;
import dev.socketfactory.SocketType;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link EndpointResolver}.
 */
class EndpointResolverTests {

	private static final Function<String, @Nullable Integer> PORTS = Map.of("rot13", 7001)::get;

	private final EndpointResolver withoutLookup = new EndpointResolver((host) -> {
		throw new AssertionError("The resolver must not be asked for " + host);
	});

	@ParameterizedTest
	@CsvSource({ "127.0.0.1:80, true", "[::1]:80, true", ":80, true", "80, true", "localhost:80, false",
			"127.0.0.1:http, false", "[fe80::1%lo]:80, false" })
	void whenWrittenInNumbersThenImmediate(String bind, boolean immediate) {
		assertThat(EndpointResolver.isImmediate(SocketSpec.listener("test").bind(bind).build().getBind()))
			.isEqualTo(immediate);
	}

	@Test
	void whenPathOrNothingThenImmediate() {
		assertThat(EndpointResolver.isImmediate(null)).isTrue();
		assertThat(EndpointResolver.isImmediate(SocketSpec.listener("test").bind("/run/s").build().getBind())).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "AF_INET, 0.0.0.0", "AF_INET6, 0:0:0:0:0:0:0:0" })
	void whenNoHostThenWildcardOfTheFamily(SocketDomain domain, String address) throws IOException {
		SocketSpec spec = SocketSpec.listener("test").domain(domain).bind(":7").build();
		assertThat(this.withoutLookup.resolveLocal(spec)).containsExactly(address(address, 7));
	}

	@Test
	void whenNotBoundThenNoAddress() throws IOException {
		assertThat(this.withoutLookup.resolveLocal(client("127.0.0.1:80").build())).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "0.0.0.0:80, 127.0.0.1", "[::]:80, ::1" })
	void whenRemoteIsWildcardThenThisMachine(String remote, String address) throws IOException {
		assertThat(this.withoutLookup.resolveRemote(client(remote).build(), PORTS))
			.containsExactly(address(address, 80));
		assertThat(this.withoutLookup.resolveRemote(client(remote).type(SocketType.SOCK_DGRAM).build(), PORTS))
			.containsExactly(address(address, 80));
	}

	@Test
	void whenIpv4MappedThenChannelsOfIpv6TakeIt() throws IOException {
		SocketSpec spec = SocketSpec.listener("test").bind("[::ffff:127.0.0.1]:0").build();
		SocketAddress address = this.withoutLookup.resolveLocal(spec).get(0);
		try (ServerSocketChannel server = SocketChannels.openServer(spec);
				SocketChannel client = SocketChannels.openStream(spec, null);
				DatagramChannel datagram = SocketChannels.openDatagram(spec, null)) {
			server.bind(address);
			assertThat(client.connect(server.getLocalAddress())).isTrue();
			datagram.bind(address);
			assertThat(datagram.getLocalAddress()).asString().startsWith("/127.0.0.1:");
		}
	}

	@Test
	void whenNameHasSeveralAddressesThenThoseOfTheFamilyInOrder() throws IOException {
		EndpointResolver resolver = resolver("10.0.0.2", "2001:db8::2", "10.0.0.1", "2001:db8::1");
		assertThat(resolver.resolveRemote(client("several:80").domain(SocketDomain.AF_INET).build(), PORTS))
			.containsExactly(address("10.0.0.2", 80), address("10.0.0.1", 80));
		assertThat(resolver.resolveRemote(client("several:80").domain(SocketDomain.AF_INET6).build(), PORTS))
			.containsExactly(address("2001:db8::2", 80), address("2001:db8::1", 80));
	}

	@Test
	void whenClientHasNoDomainThenAddressesOfBothFamilies() throws IOException {
		EndpointResolver resolver = resolver("10.0.0.2", "2001:db8::2");
		assertThat(resolver.resolveRemote(client("several:80").build(), PORTS)).containsExactly(address("10.0.0.2", 80),
				address("2001:db8::2", 80));
		assertThat(resolver.resolveLocal(client("several:80").bind(":7").build()))
			.containsExactly(address("0.0.0.0", 7), address("::", 7));
	}

	@Test
	void whenBoundToOneFamilyThenOnlyItsAddresses() throws IOException {
		EndpointResolver resolver = resolver("10.0.0.2", "2001:db8::2");
		assertThat(resolver.resolveRemote(client("several:80").bind("[::1]:0").build(), PORTS))
			.containsExactly(address("2001:db8::2", 80));
	}

	@ParameterizedTest
	@CsvSource({ "AF_INET, IPv4, 2001:db8::1, 2001:db8:0:0:0:0:0:1", "AF_INET6, IPv6, 10.0.0.1, 10.0.0.1" })
	void whenNameHasNoAddressOfTheFamilyThenFails(SocketDomain domain, String family, String address, String text)
			throws IOException {
		assertThatUnknown(resolver(address), client("host:80").domain(domain)).returns(
				"Host 'host' has no %s address (it has %s)".formatted(family, text), SocketOperationException::getText);
	}

	@ParameterizedTest
	@CsvSource(nullValues = "-", value = { "no.such.host: Name or service not known, ': Name or service not known'",
			"try again, ': try again'", "no.such.host, ''", "-, ''" })
	void whenNameIsUnknownThenFailsWithReason(@Nullable String message, String reason) {
		UnknownHostException cause = new UnknownHostException(message);
		assertThatUnknown(failing(cause), client("no.such.host:80"))
			.returns("Host 'no.such.host' is unknown" + reason, SocketOperationException::getText)
			.havingCause()
			.isSameAs(cause);
	}

	@Test
	void whenPortIsThatOfAListenerThenItsPortOnceItIsOpen() throws IOException {
		assertThat(this.withoutLookup.resolveRemote(client("127.0.0.1:${local.socket.rot13.port}").build(), PORTS))
			.containsExactly(address("127.0.0.1", 7001));
		SocketSpec closed = client("[::1]:${local.socket.time-server.port}").build();
		assertThatExceptionOfType(SocketOperationException.class)
			.isThrownBy(() -> this.withoutLookup.resolveRemote(closed, PORTS))
			.returns("getservbyname", SocketOperationException::getOperation)
			.returns("'time-server' is not open, so it has no port", SocketOperationException::getText);
	}

	@Test
	void whenSystemKnowsNameThenAddress() throws IOException {
		SocketSpec spec = client("localhost:80").domain(SocketDomain.AF_INET).build();
		assertThat(new EndpointResolver().resolveRemote(spec, PORTS)).contains(address("127.0.0.1", 80));
	}

	@Test
	void whenScopeIsUnknownThenFails() {
		assertThatUnknown(new EndpointResolver(), client("[fe80::1%nope]:80"))
			.returns("Host 'fe80::1%nope' is unknown: no such interface nope", SocketOperationException::getText);
	}

	@ParameterizedTest
	@EnumSource(names = { "SOCK_STREAM", "SOCK_DGRAM" })
	void whenServiceThenPortOfItsProtocol(SocketType type) throws IOException {
		assertThat(this.withoutLookup.resolveRemote(client("127.0.0.1:domain").type(type).build(), PORTS))
			.containsExactly(address("127.0.0.1", 53));
	}

	private static EndpointResolver resolver(String... addresses) throws UnknownHostException {
		InetAddress[] answer = new InetAddress[addresses.length];
		for (int i = 0; i < addresses.length; i++) {
			answer[i] = InetAddress.getByName(addresses[i]);
		}
		return new EndpointResolver((host) -> answer);
	}

	private static EndpointResolver failing(UnknownHostException cause) {
		return new EndpointResolver((host) -> {
			throw cause;
		});
	}

	private static SocketSpecBuilder client(String remote) {
		return SocketSpec.client("test").remote(remote);
	}

	private static SocketAddress address(String host, int port) throws UnknownHostException {
		return new InetSocketAddress(InetAddress.getByName(host), port);
	}

	private static ThrowableAssertAlternative<SocketOperationException> assertThatUnknown(EndpointResolver resolver,
			SocketSpecBuilder spec) {
		SocketSpec built = spec.build();
		return assertThatExceptionOfType(SocketOperationException.class)
			.isThrownBy(() -> resolver.resolveRemote(built, PORTS))
			.returns("getaddrinfo", SocketOperationException::getOperation)
			.returns("EADDRNOTAVAIL", SocketOperationException::getErrnoName)
			.returns(String.valueOf(built.getRemote()), SocketOperationException::getEndpoint);
	}

}
