package dev.socketfactory.engine.socket;

import java.net.NetworkInterface;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.socketfactory.InvalidSocketSpecException;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketSpecBuilder;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SocketOptions}.
 */
class SocketOptionsTests {

	private static final Set<SocketOption<?>> SUPPORTED = new LinkedHashSet<>(List.of(StandardSocketOptions.TCP_NODELAY,
			StandardSocketOptions.SO_RCVBUF, StandardSocketOptions.SO_LINGER, StandardSocketOptions.IP_MULTICAST_IF));

	@Test
	void whenNoOptionsThenEmpty() {
		assertThat(SocketOptions.of(Collections.emptyMap(), SUPPORTED).isEmpty()).isTrue();
		assertThat(SocketOptions.NONE.isEmpty()).isTrue();
		assertThat(SocketOptions.of(Map.of("SO_RCVBUF", 1), SUPPORTED).isEmpty()).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "TCP_NODELAY", "tcp-nodelay", "Tcp.NoDelay", "tcpnodelay" })
	void whenNameDiffersInPunctuationThenSameOption(String name) throws Exception {
		try (SocketChannel channel = SocketChannel.open()) {
			SocketOptions.of(Map.of(name, "on"), SUPPORTED).apply(channel, null);
			assertThat(channel.getOption(StandardSocketOptions.TCP_NODELAY)).isTrue();
		}
	}

	@Test
	void whenAppliedThenValuesAreSet() throws Exception {
		Map<String, Object> values = new LinkedHashMap<>();
		values.put("TCP_NODELAY", true);
		values.put("SO_LINGER", " 7 ");
		try (SocketChannel channel = SocketChannel.open()) {
			SocketOptions.of(values, SUPPORTED).apply(channel, null);
			assertThat(channel.getOption(StandardSocketOptions.TCP_NODELAY)).isTrue();
			assertThat(channel.getOption(StandardSocketOptions.SO_LINGER)).isEqualTo(7);
		}
	}

	@ParameterizedTest
	@CsvSource({ "true, true", "TRUE, true", "on, true", "yes, true", "1, true", "false, false", "off, false",
			"No, false", "0, false" })
	void whenValueIsAWordThenBoolean(String text, boolean value) throws Exception {
		try (SocketChannel channel = SocketChannel.open()) {
			channel.setOption(StandardSocketOptions.TCP_NODELAY, !value);
			SocketOptions.of(Map.of("TCP_NODELAY", text), SUPPORTED).apply(channel, null);
			assertThat(channel.getOption(StandardSocketOptions.TCP_NODELAY)).isEqualTo(value);
		}
	}

	@Test
	void whenOptionIsUnknownThenRefusedWithThoseThatExist() {
		assertRefused("SO_NOPE", 1, "this kind of socket has no such option",
				"Write one of IP_MULTICAST_IF, SO_LINGER, SO_RCVBUF, TCP_NODELAY");
	}

	@ParameterizedTest
	@CsvSource({ "SO_PEERCRED", "so-incoming-napi-id" })
	void whenOptionCanOnlyBeReadThenRefusedWithTheOthers(String name) {
		Set<SocketOption<?>> supported = Set.of(ExtendedSocketOptions.SO_PEERCRED,
				ExtendedSocketOptions.SO_INCOMING_NAPI_ID, StandardSocketOptions.SO_SNDBUF);
		assertThatExceptionOfType(SocketOptions.IllegalOptionException.class)
			.isThrownBy(() -> SocketOptions.of(Map.of(name, 1), supported))
			.withMessage("it can only be read")
			.satisfies((ex) -> assertThat(ex.action).isEqualTo("Write one of SO_SNDBUF"));
	}

	@ParameterizedTest
	@CsvSource({ "64k", "1.5", "''", "true", "99999999999" })
	void whenValueIsNoNumberThenRefused(String value) {
		assertRefused("SO_RCVBUF", value, "it is not a whole number", "Write a whole number");
	}

	@ParameterizedTest
	@CsvSource({ "maybe", "2", "''" })
	void whenValueIsNoBooleanThenRefused(String value) {
		assertRefused("TCP_NODELAY", value, "it is neither true nor false", "Write true or false");
	}

	@Test
	void whenInterfaceIsEmptyThenRefused() {
		assertRefused("IP_MULTICAST_IF", " ", "it is empty", "Write the name of a network interface, such as lo");
	}

	@Test
	void whenInterfaceIsMissingThenRefusedBySystem() throws Exception {
		SocketOptions options = SocketOptions.of(Map.of("IP_MULTICAST_IF", "nope0"), SUPPORTED);
		try (DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET)) {
			options.probe(channel);
			assertThatExceptionOfType(SocketOperationException.class).isThrownBy(() -> options.apply(channel, null))
				.withMessageStartingWith("setsockopt an unbound socket: IP_MULTICAST_IF nope0: ")
				.withMessageEndingWith("No such device");
		}
	}

	@Test
	void whenTheyCouldNotBeCheckedThenTheyAreWhenApplied() throws Exception {
		try (SocketChannel channel = SocketChannel.open()) {
			new SocketOptions(Map.of("tcp-nodelay", "on"), null).apply(channel, null);
			assertThat(channel.getOption(StandardSocketOptions.TCP_NODELAY)).isTrue();
			SocketOptions wrong = new SocketOptions(Map.of("SO_NOPE", 1), null);
			assertThat(wrong.isEmpty()).isFalse();
			assertThatExceptionOfType(SocketOperationException.class).isThrownBy(() -> wrong.apply(channel, null))
				.withMessage("setsockopt an unbound socket: SO_NOPE: this kind of socket has no such option");
		}
	}

	@Test
	void whenInterfaceIsKnownThenTaken() throws Exception {
		String name = NetworkInterface.networkInterfaces().findFirst().orElseThrow().getName();
		assertThat(SocketOptions.of(Map.of("IP_MULTICAST_IF", name), SUPPORTED).isEmpty()).isFalse();
	}

	@Test
	void whenValueIsOutOfRangeThenProbeRefuses() throws Exception {
		try (SocketChannel channel = SocketChannel.open()) {
			SocketOptions options = SocketOptions.of(Map.of("SO_RCVBUF", -1), SUPPORTED);
			assertThatExceptionOfType(SocketOptions.IllegalOptionException.class)
				.isThrownBy(() -> options.probe(channel))
				.withMessage("the value is out of range")
				.satisfies((ex) -> assertThat(ex.action).isEqualTo("Write a value that SO_RCVBUF can have"));
		}
	}

	@Test
	void whenNoOptionsThenNone() {
		SocketSpec spec = SocketSpec.listener("rot13").build();
		assertThat(SocketOptions.of(spec)).isSameAs(SocketOptions.NONE);
		assertThat(SocketOptions.ofAccepted(spec)).isSameAs(SocketOptions.NONE);
	}

	@Test
	void whenOptionsThenEachForItsSocket() {
		SocketSpec spec = SocketSpec.listener("rot13")
			.options(Map.of("SO_RCVBUF", 65536))
			.acceptedOptions(Map.of("TCP_NODELAY", true))
			.build();
		assertThat(SocketOptions.of(spec).isEmpty()).isFalse();
		assertThat(SocketOptions.ofAccepted(spec).isEmpty()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "SO_REUSEADDR", "so-reuseaddr", "so.reuseAddr" })
	void whenReuseAddressThenRefused(String name) {
		assertRefused(SocketSpec.listener("rot13").options(Map.of(name, true)), "listener 'rot13': options." + name
				+ " 'true': SO_REUSEADDR has a key of its own. Write reuse: on, or reuse: off.");
		assertRefused(SocketSpec.listener("rot13").acceptedOptions(Map.of(name, true)),
				"listener 'rot13': accepted-options." + name
						+ " 'true': SO_REUSEADDR has a key of its own. Write reuse: on, or reuse: off.");
	}

	@Test
	void whenValueIsWrongThenRefused() {
		assertRefused(SocketSpec.listener("rot13").options(Map.of("SO_RCVBUF", "much")),
				"listener 'rot13': options.SO_RCVBUF 'much': it is not a whole number. Write a whole number.");
		assertRefused(SocketSpec.listener("rot13").acceptedOptions(Map.of("SO_RCVBUF", -1)),
				"listener 'rot13': accepted-options.SO_RCVBUF '-1': the value is out of range."
						+ " Write a value that SO_RCVBUF can have.");
	}

	@Test
	void whenListenerHasNoSuchOptionThenRefused() {
		assertThatExceptionOfType(InvalidSocketSpecException.class)
			.isThrownBy(() -> read(SocketSpec.listener("rot13").options(Map.of("SO_LINGERS", 1)).build()))
			.withMessageStartingWith("listener 'rot13': options.SO_LINGERS '1': this kind of socket has no such"
					+ " option. Write one of ")
			.withMessageContaining("SO_RCVBUF");
	}

	@ParameterizedTest
	@ValueSource(strings = { "TCP_NODELAY", "so-linger" })
	void whenOptionIsOneOfAcceptedSocketsThenRefusedWithItsPlace(String name) {
		assertRefused(SocketSpec.listener("rot13").options(Map.of(name, 1)), "listener 'rot13': options." + name
				+ " '1': this kind of socket has no such option. Write it below accepted-options.");
	}

	private static void read(SocketSpec spec) {
		SocketOptions.of(spec);
		SocketOptions.ofAccepted(spec);
	}

	private static void assertRefused(SocketSpecBuilder spec, String message) {
		assertThatExceptionOfType(InvalidSocketSpecException.class).isThrownBy(() -> read(spec.build()))
			.withMessage(message);
	}

	private static void assertRefused(String name, Object value, String reason, String action) {
		assertThatExceptionOfType(SocketOptions.IllegalOptionException.class)
			.isThrownBy(() -> SocketOptions.of(Map.of(name, value), SUPPORTED))
			.withMessage(reason)
			.satisfies((ex) -> {
				assertThat(ex.name).isEqualTo(name);
				assertThat(ex.value).isEqualTo(value);
				assertThat(ex.action).isEqualTo(action);
			});
	}

}
