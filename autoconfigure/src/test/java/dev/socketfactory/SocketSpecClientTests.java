package dev.socketfactory;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the {@link SocketSpec} of clients.
 */
class SocketSpecClientTests {

	private static final RetrySettings RETRY = RetrySettings.NONE;

	@Test
	void whenOnlyRemoteIsSetThenDefaults() {
		SocketSpec spec = SocketSpec.client("upstream").remote("example.org:https").build();
		assertThat(spec.getKind()).isEqualTo(SocketKind.CLIENT).hasToString("client");
		assertThat(spec.getRemote()).hasToString("example.org:https");
		assertThat(spec.getBind()).isNull();
		assertThat(spec.getProtocol()).isEqualTo("tcp");
		assertThat(spec.getConnectTimeout()).isEqualTo(Duration.ofSeconds(10));
		assertThat(spec.isReconnect()).isFalse();
		assertThat(spec.getRetry())
			.isEqualTo(new RetrySettings(0, Duration.ofSeconds(1), 2, Duration.ofSeconds(30), Duration.ofMillis(200)));
		assertThat(spec.getSuccessEvent()).isEqualTo("upstream.success");
		assertThat(spec.getWarnings()).isEmpty();
	}

	@Test
	void whenBuiltAgainFromItselfThenSameValues() {
		SocketSpec spec = SocketSpec.client("upstream")
			.domain("inet6")
			.type("datagram")
			.remote("[::1]:echo")
			.bind("[::1]:7")
			.reuse(true)
			.connectTimeout(Duration.ofMillis(1))
			.reconnect(true)
			.retry(RETRY.withMaxRetries(-1).withDelay(Duration.ofMillis(1)))
			.options(Map.of("SO_RCVBUF", 1))
			.build();
		assertThat(spec.toBuilder().build()).usingRecursiveComparison().isEqualTo(spec);
		assertThat(spec.getProtocol()).isEqualTo("udp");
		assertThat(spec.getWarnings()).isEmpty();
	}

	@Test
	void whenRemoteIsSocketAddressThenItsEndpoint() throws Exception {
		InetSocketAddress address = new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 7);
		assertThat(client().remote(address).build().getRemote()).hasToString("127.0.0.1:7");
		assertThat(client().remote(address).remote("a:1").build().getRemote()).hasToString("a:1");
		assertThat(client().remote(UnixDomainSocketAddress.of("/a")).domain(SocketDomain.AF_UNIX).build().getRemote())
			.hasToString("/a");
	}

	@Test
	void whenRemoteIsMissingThenRefused() {
		assertRefused((spec) -> spec.remote((String) null),
				"remote is missing: a client needs a remote end. Write \"host:port\" or \"[address]:port\".", "remote");
		assertRefused((spec) -> spec.remote((String) null).domain("unix"),
				"remote is missing: a client needs a remote end. Write the path of a socket file.", "remote");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			80                | the host is missing
			:80               | the host is missing
			example.org       | the port is missing
			example.org:70000 | port 70000 is larger than 65535
			""")
	void whenRemoteIsIncompleteThenRefused(String remote, String reason) {
		String action = reason.startsWith("port") ? "Write a port from 0 (a free one) to 65535"
				: "Write \"host:port\" or \"[address]:port\"";
		assertRefused((spec) -> spec.remote(remote), "remote '%s': %s. %s.".formatted(remote, reason, action),
				"remote");
	}

	@Test
	void whenAddressIsOfAnotherDomainThenRefused() {
		assertRefused((spec) -> spec.domain("inet").remote(UnixDomainSocketAddress.of("/a")),
				"remote '/a': it is not an address of the domain AF_INET. Give an InetSocketAddress, or domain: AF_UNIX.",
				"remote");
		assertRefused((spec) -> spec.domain("unix").remote(new InetSocketAddress(7)),
				"remote '0.0.0.0:7': it is not an address of the domain AF_UNIX. Give a UnixDomainSocketAddress, or another domain.",
				"remote");
	}

	@ParameterizedTest
	@ValueSource(strings = { "PT0S", "PT-1S", "P366D", "PT0.0009S" })
	void whenTimeIsOutOfRangeThenRefused(Duration time) {
		String reason = " '%s': it is not between a millisecond and a year. Write a time such as 5s.".formatted(time);
		assertRefused((spec) -> spec.connectTimeout(time), "connect-timeout" + reason, "connect-timeout");
		assertRefused((spec) -> spec.unclaimedTimeout(time), "unclaimed-timeout" + reason, "unclaimed-timeout");
		assertRefused((spec) -> spec.retry(RETRY.withDelay(time)), "retry.delay" + reason, "retry.delay");
		assertRefused((spec) -> spec.retry(new RetrySettings(1, Duration.ofSeconds(1), 2, time, Duration.ZERO)),
				"retry.max-delay" + reason, "retry.max-delay");
	}

	@Test
	void whenRetriesAreLessThanForEverThenRefused() {
		assertRefused((spec) -> spec.retry(RETRY.withMaxRetries(-2)),
				"retry.max-retries '-2': it is less than -1. Write a number of retries, 0 for none or -1 for ever.",
				"retry.max-retries");
	}

	@Test
	void whenLongestDelayIsShorterThanTheFirstThenRefused() {
		assertRefused((spec) -> spec.retry(RETRY.withDelay(Duration.ofSeconds(31))),
				"retry.delay 'PT31S': it is longer than retry.max-delay (30s)."
						+ " Write a time of at most 30s, or a longer retry.max-delay.",
				"retry.delay");
		assertRefused(
				(spec) -> spec
					.retry(new RetrySettings(1, Duration.ofSeconds(2), 2, Duration.ofMillis(1500), Duration.ZERO)),
				"retry.delay 'PT2S': it is longer than retry.max-delay (1500ms)."
						+ " Write a time of at most 1500ms, or a longer retry.max-delay.",
				"retry.delay");
	}

	@ParameterizedTest
	@ValueSource(doubles = { 0.99, 0, -1, Double.NaN, Double.POSITIVE_INFINITY })
	void whenMultiplierIsLessThanOneThenRefused(double multiplier) {
		assertRefused(
				(spec) -> spec.retry(new RetrySettings(1, RETRY.delay(), multiplier, RETRY.maxDelay(), RETRY.jitter())),
				"retry.multiplier '%s': it is less than 1 or infinite. Write a factor such as 2, or 1 for the same delay every time."
					.formatted(multiplier),
				"retry.multiplier");
	}

	@ParameterizedTest
	@ValueSource(strings = { "PT-0.001S", "P366D" })
	void whenJitterIsOutOfRangeThenRefused(Duration jitter) {
		assertRefused((spec) -> spec.retry(new RetrySettings(1, RETRY.delay(), 2, RETRY.maxDelay(), jitter)),
				"retry.jitter '%s': it is negative or longer than a year. Write a time such as 200ms, or 0 for none."
					.formatted(jitter),
				"retry.jitter");
	}

	@Test
	void whenKeysMeanNothingForAClientThenWarned() {
		assertThat(client().listenQueue(5)
			.startPaused(true)
			.acceptedOptions(Map.of("TCP_NODELAY", true))
			.unixMode("0660")
			.build()
			.getWarnings())
			.containsExactly("'listen-queue' does not apply to a client of type SOCK_STREAM in AF_INET and is ignored",
					"'start-paused' does not apply to a client of type SOCK_STREAM in AF_INET and is ignored",
					"'accepted-options' does not apply to a client of type SOCK_STREAM in AF_INET and is ignored",
					"'unix.mode' does not apply to a client of type SOCK_STREAM in AF_INET and is ignored");
	}

	@Test
	void whenClientKeysAreGivenToAListenerThenWarned() {
		assertThat(SocketSpec.listener("a")
			.remote("a:1")
			.connectTimeout(Duration.ofSeconds(1))
			.reconnect(false)
			.build()
			.getWarnings())
			.containsExactly("'remote' does not apply to a listener of type SOCK_STREAM in AF_INET and is ignored",
					"'connect-timeout' does not apply to a listener of type SOCK_STREAM in AF_INET and is ignored",
					"'reconnect' does not apply to a listener of type SOCK_STREAM in AF_INET and is ignored");
	}

	private static SocketSpecBuilder client() {
		return SocketSpec.client("upstream").remote("127.0.0.1:1");
	}

	private static void assertRefused(UnaryOperator<SocketSpecBuilder> change, String message, String key) {
		assertThatExceptionOfType(InvalidSocketSpecException.class).isThrownBy(() -> change.apply(client()).build())
			.withMessage("client 'upstream': " + message)
			.returns(key, InvalidSocketSpecException::getKey);
	}

}
