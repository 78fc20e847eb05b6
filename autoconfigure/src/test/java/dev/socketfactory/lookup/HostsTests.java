package dev.socketfactory.lookup;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.assertj.core.api.ThrowableAssertAlternative;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Hosts}.
 */
class HostsTests {

	private static final ProtocolFamily INET = StandardProtocolFamily.INET;

	private static final ProtocolFamily INET6 = StandardProtocolFamily.INET6;

	private static final String MAPPED = "::ffff:127.0.0.1";

	private final Hosts withoutResolver = new Hosts((host) -> {
		throw new AssertionError("The resolver must not be asked for " + host);
	});

	@ParameterizedTest
	@NullAndEmptySource
	@ValueSource(
			strings = { "127.0.0.1", "256.1.1.1", "1.2.3.4444", "::", "::1", "fe80::1%eth0", MAPPED, "zz:zz", "[::1]" })
	void whenNoHostOrQuadOrColonThenLiteral(@Nullable String host) {
		assertThat(Hosts.isLiteral(host)).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "localhost", "example.org", "1.2.3", "1.2.3.4.5", "1.2.3.4x", "0x7f.0.0.1", "127.0.0.1 ",
			"1", " " })
	void whenAnythingElseThenNoLiteral(String host) {
		assertThat(Hosts.isLiteral(host)).isFalse();
	}

	@ParameterizedTest
	@NullAndEmptySource
	void whenNoHostThenWildcardOfTheFamily(@Nullable String host) throws IOException {
		assertThat(this.withoutResolver.addresses(host, INET)).containsExactly(address(new byte[4]));
		assertThat(this.withoutResolver.addresses(host, INET6)).containsExactly(address(new byte[16]));
	}

	@ParameterizedTest
	@ValueSource(strings = { "127.0.0.1", "0.0.0.0", "255.249.199.10", "8.8.8.8" })
	void whenIpv4LiteralThenAddress(String host) throws IOException {
		assertThat(this.withoutResolver.addresses(host, INET)).singleElement()
			.isInstanceOf(Inet4Address.class)
			.extracting(InetAddress::getHostAddress)
			.isEqualTo(host);
	}

	@ParameterizedTest
	@CsvSource({ "::, 0:0:0:0:0:0:0:0", "::1, 0:0:0:0:0:0:0:1", "2001:DB8::a, 2001:db8:0:0:0:0:0:a",
			"fe80::1%1, fe80:0:0:0:0:0:0:1%1", "::7f00:1, 0:0:0:0:0:0:7f00:1" })
	void whenIpv6LiteralThenAddress(String host, String address) throws IOException {
		assertThat(this.withoutResolver.addresses(host, INET6)).singleElement()
			.extracting(InetAddress::getHostAddress)
			.isEqualTo(address);
	}

	@Test
	void whenIpv4MappedLiteralThenStreamChannelsOfIpv6TakeIt() throws IOException {
		InetAddress address = this.withoutResolver.addresses(MAPPED, INET6).get(0);
		try (ServerSocketChannel server = ServerSocketChannel.open(INET6);
				SocketChannel client = SocketChannel.open(INET6)) {
			server.bind(new InetSocketAddress(address, 0));
			assertThat(client.connect(server.getLocalAddress())).isTrue();
			assertThat(address).isEqualTo(address(new byte[] { 127, 0, 0, 1 }));
		}
	}

	@Test
	void whenIpv4MappedLiteralThenDatagramChannelOfIpv6TakesIt() throws IOException {
		InetAddress address = this.withoutResolver.addresses(MAPPED, INET6).get(0);
		try (DatagramChannel channel = DatagramChannel.open(INET6)) {
			channel.bind(new InetSocketAddress(address, 0));
			assertThat(channel.getLocalAddress()).asString().startsWith("/127.0.0.1:");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "::1", MAPPED, "zz:zz", "256.1.1.1", "1.2.3.4444", "127.0.0.01", "0177.0.0.1" })
	void whenNoIpv4LiteralThenThrows(String host) {
		assertThatNotFound(this.withoutResolver, host, INET).withMessage("'" + host + "' is not an IPv4 address");
	}

	@Test
	void whenIpv4LiteralForIpv6ThenThrows() {
		assertThatNotFound(this.withoutResolver, "127.0.0.1", INET6).withMessage("'127.0.0.1' is not an IPv6 address");
	}

	@ParameterizedTest
	@ValueSource(strings = { ":", "zz:zz", "1:2", "[::1]", "::1]", "::1%", "localhost:80" })
	void whenNoIpv6LiteralThenThrows(String host) {
		assertThatNotFound(this.withoutResolver, host, INET6)
			.withMessage("'" + host + "' is not an IPv6 address: invalid IPv6 address literal")
			.withCauseInstanceOf(UnknownHostException.class);
	}

	@Test
	void whenScopeIsUnknownThenThrows() {
		assertThatNotFound(this.withoutResolver, "fe80::1%nope", INET6)
			.withMessage("'fe80::1%nope' is not an IPv6 address: no such interface nope");
	}

	@Test
	void whenNameHasSeveralAddressesThenThoseOfTheFamilyInOrder() throws IOException {
		InetAddress first = address(new byte[] { 10, 0, 0, 2 });
		InetAddress second = InetAddress.getByName("2001:db8::2");
		InetAddress third = address(new byte[] { 10, 0, 0, 1 });
		InetAddress fourth = InetAddress.getByName("2001:db8::1");
		Hosts hosts = new Hosts((host) -> new InetAddress[] { first, second, third, fourth });
		assertThat(hosts.addresses("several", INET)).containsExactly(first, third);
		assertThat(hosts.addresses("several", INET6)).containsExactly(second, fourth);
	}

	@Test
	void whenNameHasNoAddressOfTheFamilyThenThrows() throws IOException {
		InetAddress first = InetAddress.getByName("2001:db8::1");
		InetAddress second = InetAddress.getByName("::1");
		Hosts hosts = new Hosts((host) -> new InetAddress[] { first, second });
		assertThatNotFound(hosts, "six", INET)
			.withMessage("Host 'six' has no IPv4 address (it has 2001:db8:0:0:0:0:0:1, 0:0:0:0:0:0:0:1)");
	}

	@Test
	void whenNameHasOnlyIpv4AddressForIpv6ThenThrows() throws IOException {
		InetAddress address = address(new byte[] { 10, 0, 0, 1 });
		Hosts hosts = new Hosts((host) -> new InetAddress[] { address });
		assertThatNotFound(hosts, "four", INET6).withMessage("Host 'four' has no IPv6 address (it has 10.0.0.1)");
	}

	@Test
	void whenNameIsUnknownThenThrowsWithReason() {
		UnknownHostException cause = new UnknownHostException("no.such.host: Name or service not known");
		assertThatNotFound(failing(cause), "no.such.host", INET)
			.withMessage("Host 'no.such.host' is unknown: Name or service not known")
			.havingCause()
			.isSameAs(cause);
	}

	@Test
	void whenReasonDoesNotRepeatTheNameThenThrowsWithWholeReason() {
		assertThatNotFound(failing(new UnknownHostException("try again")), "no.such.host", INET)
			.withMessage("Host 'no.such.host' is unknown: try again");
	}

	@Test
	void whenReasonIsTheNameThenThrowsWithoutReason() {
		assertThatNotFound(failing(new UnknownHostException("no.such.host")), "no.such.host", INET6)
			.withMessage("Host 'no.such.host' is unknown");
	}

	@Test
	void whenReasonIsMissingThenThrowsWithoutReason() {
		assertThatNotFound(failing(new UnknownHostException()), "no.such.host", INET)
			.withMessage("Host 'no.such.host' is unknown");
	}

	@Test
	void whenResolverIsSlowThenWaitsForIt() throws Exception {
		InetAddress address = address(new byte[] { 10, 0, 0, 1 });
		CountDownLatch asked = new CountDownLatch(1);
		CompletableFuture<InetAddress> answer = new CompletableFuture<>();
		Hosts hosts = new Hosts((host) -> {
			asked.countDown();
			return new InetAddress[] { answer.join() };
		});
		CompletableFuture<List<InetAddress>> addresses = CompletableFuture.supplyAsync(() -> slow(hosts));
		assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
		assertThat(addresses).isNotDone();
		answer.complete(address);
		assertThat(addresses.get(10, TimeUnit.SECONDS)).containsExactly(address);
	}

	@Test
	void whenLocalhostThenSystemKnowsIt() throws IOException {
		assertThat(Hosts.system().addresses("localhost", INET)).contains(address(new byte[] { 127, 0, 0, 1 }));
	}

	@Test
	void whenSystemDoesNotKnowNameThenThrows() {
		assertThatNotFound(Hosts.system(), "no-such-host.invalid", INET)
			.withMessageStartingWith("Host 'no-such-host.invalid' is unknown")
			.withCauseInstanceOf(UnknownHostException.class);
	}

	@Test
	void whenFamilyIsUnixThenThrows() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.withoutResolver.addresses(null, StandardProtocolFamily.UNIX))
			.withMessage("'family' must be INET or INET6");
	}

	private static Hosts failing(UnknownHostException cause) {
		return new Hosts((host) -> {
			throw cause;
		});
	}

	private static List<InetAddress> slow(Hosts hosts) {
		try {
			return hosts.addresses("slow", INET);
		}
		catch (LookupException ex) {
			throw new AssertionError(ex);
		}
	}

	private static InetAddress address(byte[] bytes) throws UnknownHostException {
		return InetAddress.getByAddress(bytes);
	}

	private static ThrowableAssertAlternative<LookupException> assertThatNotFound(Hosts hosts, String host,
			ProtocolFamily family) {
		return assertThatExceptionOfType(LookupException.class).isThrownBy(() -> hosts.addresses(host, family))
			.returns("getaddrinfo", LookupException::getOperation)
			.returns("EADDRNOTAVAIL", LookupException::getErrnoName);
	}

}
