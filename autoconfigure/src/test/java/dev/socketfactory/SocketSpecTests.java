package dev.socketfactory;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link SocketSpec}.
 */
class SocketSpecTests {

	@Test
	void whenNothingIsSetThenDefaults() {
		SocketSpec spec = SocketSpec.listener("rot13").build();
		assertThat(spec.getKind()).isEqualTo(SocketKind.LISTENER).hasToString("listener");
		assertThat(spec.getName()).isEqualTo("rot13");
		assertThat(spec.getDomain()).isEqualTo(SocketDomain.AF_INET);
		assertThat(spec.getType()).isEqualTo(SocketType.SOCK_STREAM);
		assertThat(spec.getProtocol()).isEqualTo("tcp");
		assertThat(spec.getBind()).isEqualTo(SocketEndpoint.ANY).hasToString(":0");
		assertThat(spec.isReuse()).isFalse();
		assertThat(spec.getListenQueue()).isZero();
		assertThat(spec.getSuccessEvent()).isEqualTo("rot13.success");
		assertThat(spec.getFailureEvent()).isEqualTo("rot13.failure");
		assertThat(spec.isAutoStartup()).isTrue();
		assertThat(spec.isStartPaused()).isFalse();
		assertThat(spec.getUnclaimedTimeout()).isEqualTo(Duration.ofSeconds(5));
		assertThat(spec.getOptions()).isEmpty();
		assertThat(spec.getAcceptedOptions()).isEmpty();
		assertThat(spec.getDispatch()).isNull();
		assertThat(spec.getWarnings()).isEmpty();
	}

	@Test
	void whenOptionsAreNullThenRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> SocketSpec.listener("rot13").options(null))
			.withMessage("'options' must not be null");
		assertThatIllegalArgumentException().isThrownBy(() -> SocketSpec.listener("rot13").acceptedOptions(null))
			.withMessage("'acceptedOptions' must not be null");
	}

	@Test
	void whenBuiltAgainFromItselfThenSameValues() {
		SocketSpec spec = SocketSpec.listener("time-server")
			.domain("inet6")
			.type("stream")
			.protocol("6")
			.bind("[::1]:echo")
			.reuse("maybe")
			.listenQueue(7)
			.successEvent("on-client")
			.failureEvent("")
			.autoStartup(false)
			.startPaused(true)
			.unclaimedTimeout(Duration.ofMillis(1))
			.options(Map.of("SO_RCVBUF", 65536))
			.acceptedOptions(Map.of("TCP_NODELAY", true))
			.dispatch(DispatchMode.INLINE)
			.build();
		assertThat(spec.toBuilder().build()).usingRecursiveComparison().isEqualTo(spec);
		assertThat(spec.getWarnings()).containsExactly("'reuse: maybe' is treated as off: write on or off");
		assertThat(spec.getFailureEvent()).isNull();
	}

	@Test
	void whenBuilderIsUsedOnThenSpecIsUntouched() {
		SocketSpecBuilder builder = SocketSpec.listener("rot13").options(Map.of("SO_RCVBUF", 1));
		SocketSpec spec = builder.build();
		builder.bind("1").options(Map.of("SO_SNDBUF", 2));
		spec.toBuilder().bind("2").acceptedOptions(Map.of("SO_SNDBUF", 2));
		assertThat(spec.getBind()).isEqualTo(SocketEndpoint.ANY);
		assertThat(spec.getOptions()).containsOnlyKeys("SO_RCVBUF");
		assertThat(spec.getAcceptedOptions()).isEmpty();
	}

	@Test
	void whenBoundToSocketAddressThenItsEndpoint() throws Exception {
		InetSocketAddress address = new InetSocketAddress(InetAddress.getByName("::1"), 7);
		assertThat(SocketSpec.listener("a").bind("1").bind(address).build().getBind()).hasToString("[::1]:7");
		assertThat(SocketSpec.listener("a")
			.bind(InetSocketAddress.createUnresolved("no-such-host.invalid", 7))
			.build()
			.getBind()).hasToString("no-such-host.invalid:7");
		assertThat(SocketSpec.listener("a").bind(address).bind("1").build().getBind()).hasToString(":1");
	}

	@ParameterizedTest
	@ValueSource(strings = { "0.0.0.0", "::" })
	void whenBoundToTheWildcardAddressThenToThatOfTheDomain(String wildcard) throws Exception {
		assertThat(SocketSpec.listener("a")
			.bind(new InetSocketAddress(InetAddress.getByName(wildcard), 7))
			.domain(SocketDomain.AF_INET6)
			.build()
			.getBind()).isEqualTo(new SocketEndpoint(null, "7", null));
	}

	@Test
	void whenOptionIsNullThenRefusedByName() {
		Map<String, @Nullable Object> noValue = Collections.singletonMap("SO_RCVBUF", null);
		Map<@Nullable String, Object> noName = Collections.singletonMap(null, 1);
		assertThatIllegalArgumentException().isThrownBy(() -> SocketSpec.listener("a").options(noValue))
			.withMessage("The value of the option 'SO_RCVBUF' must not be null");
		assertThatIllegalArgumentException().isThrownBy(() -> SocketSpec.listener("a").acceptedOptions(noName))
			.withMessage("The name of an option must not be null");
	}

	@ParameterizedTest
	@ValueSource(strings = { "a", "1", "rot13", "time-server", "a-b-c", "2-fast" })
	void whenNameIsWellFormedThenAccepted(String name) {
		assertThat(SocketSpec.listener(name).build().getName()).isEqualTo(name);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "Rot13", "a_b", "a.b", "-a", "a-", "a--b", "a b", "ä" })
	void whenNameIsMalformedThenRefused(String name) {
		assertThatExceptionOfType(InvalidSocketSpecException.class).isThrownBy(() -> SocketSpec.listener(name).build())
			.withMessage("listener '%s': name '%s': a name is words of lower-case letters and digits, joined by"
					+ " dashes. Write a name such as 'time-server'.", name, name)
			.returns("name", InvalidSocketSpecException::getKey);
	}

	@Test
	void whenDomainIsUnknownThenRefused() {
		assertRefused((spec) -> spec.domain("AF_APPLETALK"),
				"domain 'AF_APPLETALK': there is no such domain. Write AF_INET, AF_INET6 or AF_UNIX (or inet, inet6, unix).");
	}

	@Test
	void whenTypeIsUnknownThenRefused() {
		assertRefused((spec) -> spec.type("SOCK_RAW"),
				"type 'SOCK_RAW': there is no such type. Write SOCK_STREAM or SOCK_DGRAM (or stream, datagram).");
	}

	@ParameterizedTest
	@CsvSource({ "udp", "UDP", "17", "' udp '" })
	void whenProtocolDoesNotFitTheTypeThenRefused(String protocol) {
		assertRefused((spec) -> spec.protocol(protocol),
				"protocol '" + protocol + "': it does not fit the type SOCK_STREAM. Write tcp, or type: SOCK_DGRAM.");
	}

	@Test
	void whenProtocolIsEmptyThenRefused() {
		assertRefused((spec) -> spec.protocol(" "), "protocol ' ': it is empty. Write tcp, or leave the key out.");
	}

	@Test
	void whenListenQueueIsNegativeThenRefused() {
		assertRefused((spec) -> spec.listenQueue(-1),
				"listen-queue '-1': it is negative. Write a number of connections, or 0 for the system's maximum.");
	}

	@ParameterizedTest
	@ValueSource(strings = { "PT0S", "PT-1S", "P366D" })
	void whenUnclaimedTimeoutIsOutOfRangeThenRefused(Duration timeout) {
		assertRefused((spec) -> spec.unclaimedTimeout(timeout), "unclaimed-timeout '" + timeout
				+ "': it is not between a millisecond and a year. Write a time such as 5s.");
	}

	@Test
	void whenBindIsMalformedThenRefused() {
		assertRefused((spec) -> spec.bind("127.0.0.1:70000"),
				"bind '127.0.0.1:70000': port 70000 is larger than 65535. Write a port from 0 (a free one) to 65535.");
		assertRefused((spec) -> spec.bind("127.0.0.1:0x50"),
				"bind '127.0.0.1:0x50': '0x50' is neither a port number nor a service name. A port is a number from 0 to"
						+ " 65535 or a service name. Write \"host:port\", \"[address]:port\", \":port\", a port or a host.");
		assertRefused((spec) -> spec.bind(""),
				"bind '': it is empty. Write \"host:port\", \"[address]:port\", \":port\", a port or a host.");
	}

	@Test
	void whenBindIsNoInternetAddressThenRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> SocketSpec.listener("rot13").bind(new SocketAddress() {
			@Override
			public String toString() {
				return "odd";
			}
		})).withMessage("'address' must be an InetSocketAddress or a UnixDomainSocketAddress, not 'odd'");
	}

	private static void assertRefused(UnaryOperator<SocketSpecBuilder> change, String message) {
		assertThatExceptionOfType(InvalidSocketSpecException.class)
			.isThrownBy(() -> change.apply(SocketSpec.listener("rot13")).build())
			.withMessage("listener 'rot13': " + message);
	}

}
