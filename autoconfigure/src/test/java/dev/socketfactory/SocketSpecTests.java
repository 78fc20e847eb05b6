package dev.socketfactory;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
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
			.getBind()).isEqualTo(new SocketEndpoint(null, null, 7, null, null));
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

	@ParameterizedTest
	@ValueSource(strings = { "icmp", "132", "no-such-protocol", "254", "-1" })
	@DisplayName("Case 9: a protocol that is neither tcp nor udp")
	void whenProtocolIsNeitherTcpNorUdpThenRefused(String protocol) {
		assertRefused((spec) -> spec.protocol(protocol),
				"protocol '" + protocol + "': it is neither tcp nor udp. Write tcp, or leave the key out.");
	}

	@Test
	@DisplayName("Case 11: an address of another domain")
	void whenEndpointIsOfAnotherDomainThenRefused() {
		assertRefused((spec) -> spec.domain(SocketDomain.AF_INET).bind("[::1]:1"),
				"bind '[::1]:1': it is not an address of the domain AF_INET."
						+ " Write domain: AF_INET6, or leave the domain out.");
		assertRefused((spec) -> spec.domain(SocketDomain.AF_INET6).bind("127.0.0.1:1"),
				"bind '127.0.0.1:1': it is not an address of the domain AF_INET6."
						+ " Write domain: AF_INET, or leave the domain out.");
		assertRefused((spec) -> spec.domain(SocketDomain.AF_INET).bind("/run/s"),
				"bind '/run/s': it is a path. Write domain: AF_UNIX, or leave the domain out.");
		assertRefused((spec) -> spec.domain(SocketDomain.AF_UNIX).bind(new InetSocketAddress("127.0.0.1", 1)),
				"bind '127.0.0.1:1': it is not an address of the domain AF_UNIX."
						+ " Give a UnixDomainSocketAddress, or another domain.");
	}

	@ParameterizedTest
	@CsvSource({ "127.0.0.1:1, AF_INET", "[::1]:1, AF_INET6", "::, AF_INET6", "/run/s, AF_UNIX", "./s, AF_UNIX",
			":1, AF_INET", "localhost:1, AF_INET", "s, AF_INET" })
	void whenNoDomainThenWhatTheTextShows(String bind, SocketDomain domain) {
		assertThat(SocketSpec.listener("a").bind(bind).build()).returns(domain, SocketSpec::getDomain)
			.returns(false, SocketSpec::isAnyFamily);
	}

	@ParameterizedTest
	@CsvSource({ "localhost:1, , AF_INET, true", "localhost:1, :0, AF_INET, true", "127.0.0.1:1, , AF_INET, false",
			"[::1]:1, , AF_INET6, false", "localhost:1, [::1]:0, AF_INET6, false",
			"localhost:1, 127.0.0.1:0, AF_INET, false", "/run/s, ./own, AF_UNIX, false" })
	void whenClientHasNoDomainThenThatOfEitherEnd(String remote, @Nullable String bind, SocketDomain domain,
			boolean anyFamily) {
		assertThat(SocketSpec.client("a").remote(remote).bind(bind).build()).returns(domain, SocketSpec::getDomain)
			.returns(anyFamily, SocketSpec::isAnyFamily);
	}

	@ParameterizedTest
	@CsvSource({ "127.0.0.1:1, [::1]:0", "[::1]:1, 127.0.0.1:0", "/run/s, 127.0.0.1:0", "/run/s, :0",
			"localhost:1, /run/s" })
	void whenEndsAreOfDifferentDomainsThenRefused(String remote, String bind) {
		assertThatExceptionOfType(InvalidSocketSpecException.class)
			.isThrownBy(() -> SocketSpec.client("a").remote(remote).bind(bind).build())
			.withMessage("client 'a': bind '%s': it is not of the same domain as 'remote' (%s).".formatted(bind, remote)
					+ " Write two addresses of the same domain.");
	}

	@Test
	void whenDomainWasNotGivenThenAnotherEndpointShowsIt() {
		SocketSpec spec = SocketSpec.listener("a").bind("127.0.0.1:1").build();
		assertThat(spec.toBuilder().bind("[::1]:1").build().getDomain()).isEqualTo(SocketDomain.AF_INET6);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "off", "OFF", "false", "False" })
	void whenEventNameMeansNoneThenNone(String name) {
		SocketSpec spec = SocketSpec.listener("a").successEvent(name).failureEvent(name).build();
		assertThat(spec.getSuccessEvent()).isNull();
		assertThat(spec.getFailureEvent()).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "yes", "YES", "on", "On", "true", "TRUE", " on ", "1", "2", "-1", "+1", "01", "4294967296",
			"1.5", "0.1" })
	@DisplayName("Case 15: words that mean on")
	void whenReuseMeansOnThenOn(String word) {
		assertThat(SocketSpec.listener("a").reuse(word).build()).returns(true, SocketSpec::isReuse)
			.returns(Collections.emptyList(), SocketSpec::getWarnings);
	}

	@ParameterizedTest
	@ValueSource(strings = { "no", "NO", "off", "Off", "false", "0", "00", "-0", "0.0", "", " " })
	@DisplayName("Case 15: words that mean off")
	void whenReuseMeansOffThenOff(String word) {
		assertThat(SocketSpec.listener("a").reuse(word).build()).returns(false, SocketSpec::isReuse)
			.returns(Collections.emptyList(), SocketSpec::getWarnings);
	}

	@ParameterizedTest
	@ValueSource(strings = { "enabled", "y", "n", "o n", "1.", "1,5", "0x1", "no1", "off2", "10 yes", "--1", "null" })
	@DisplayName("Case 15: other words are off")
	void whenReuseIsUnknownThenOffWithWarning(String word) {
		SocketSpec spec = SocketSpec.listener("a").reuse(word).build();
		assertThat(spec.isReuse()).isFalse();
		assertThat(spec.getWarnings())
			.containsExactly("'reuse: %s' is treated as off: write on or off".formatted(word));
	}

	@Test
	void whenNothingIsSetThenNoLimit() {
		SocketSpec spec = SocketSpec.listener("rot13").build();
		assertThat(spec.getMaxConnections()).isNull();
		assertThat(spec.getLowWater()).isNull();
		assertThat(spec.isFollowReadiness()).isFalse();
	}

	@Test
	void whenLimitFitsThenAccepted() {
		SocketSpec spec = SocketSpec.listener("rot13").maxConnections(10).lowWater(9).followReadiness(true).build();
		assertThat(spec.getMaxConnections()).isEqualTo(10);
		assertThat(spec.getLowWater()).isEqualTo(9);
		assertThat(spec.isFollowReadiness()).isTrue();
		assertThat(spec.getWarnings()).isEmpty();
		assertThat(spec.toBuilder().build()).usingRecursiveComparison().isEqualTo(spec);
		assertThat(SocketSpec.listener("rot13").maxConnections(0).build().getMaxConnections()).isZero();
	}

	@Test
	void whenMaxConnectionsIsNegativeThenRefused() {
		assertRefused((spec) -> spec.maxConnections(-1),
				"max-connections '-1': it is negative. Write a number of connections, or 0 to accept nothing.");
	}

	@Test
	void whenLowWaterIsAloneThenRefused() {
		assertRefused((spec) -> spec.lowWater(5),
				"low-water '5': there is no max-connections. Write max-connections too.");
	}

	@ParameterizedTest
	@CsvSource({ "10, 10", "10, 11", "10, -1" })
	void whenLowWaterDoesNotFitThenRefused(int max, int low) {
		assertRefused((spec) -> spec.maxConnections(max).lowWater(low),
				"low-water '%d': it is not from 0 to less than max-connections (%d). Write a number from 0 to %d."
					.formatted(low, max, max - 1));
	}

	@Test
	void whenNothingIsAcceptedThenLowWaterIsRefused() {
		assertRefused((spec) -> spec.maxConnections(0).lowWater(0),
				"low-water '0': it is not from 0 to less than max-connections (0). Leave the key out.");
	}

	@Test
	void whenNothingIsAcceptedByTheKindThenWarned() {
		UnaryOperator<SocketSpecBuilder> all = (spec) -> spec.maxConnections(10).lowWater(9).followReadiness(true);
		assertThat(all.apply(SocketSpec.client("upstream").remote("127.0.0.1:1")).build().getWarnings())
			.containsExactly(
					"'follow-readiness' does not apply to a client of type SOCK_STREAM in AF_INET and is ignored",
					"'max-connections' does not apply to a client of type SOCK_STREAM in AF_INET and is ignored",
					"'low-water' does not apply to a client of type SOCK_STREAM in AF_INET and is ignored");
		assertThat(all.apply(SocketSpec.listener("log").type(SocketType.SOCK_DGRAM)).build().getWarnings())
			.containsExactly(
					"'follow-readiness' does not apply to a listener of type SOCK_DGRAM in AF_INET and is ignored",
					"'max-connections' does not apply to a listener of type SOCK_DGRAM in AF_INET and is ignored",
					"'low-water' does not apply to a listener of type SOCK_DGRAM in AF_INET and is ignored");
	}

	private static void assertRefused(UnaryOperator<SocketSpecBuilder> change, String message) {
		assertThatExceptionOfType(InvalidSocketSpecException.class)
			.isThrownBy(() -> change.apply(SocketSpec.listener("rot13")).build())
			.withMessage("listener 'rot13': " + message);
	}

}
