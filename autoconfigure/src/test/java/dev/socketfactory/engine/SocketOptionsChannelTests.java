package dev.socketfactory.engine;

import java.io.IOException;
import java.net.NetworkInterface;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.NetworkChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.InvalidSocketSpecException;
import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketKind;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketSpecBuilder;
import dev.socketfactory.SocketState;
import dev.socketfactory.SocketType;
import dev.socketfactory.engine.socket.SocketChannels;
import dev.socketfactory.engine.socket.SocketOptions;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.event.ConnectionEstablishedEvent;
import dev.socketfactory.event.DatagramSocketOpenedEvent;
import dev.socketfactory.testing.EventRecorder;
import dev.socketfactory.testing.LeakCheck;
import jdk.net.ExtendedSocketOptions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SocketOptions} on the channels of every kind of factory.
 */
@ExtendWith(LeakCheck.class)
@Timeout(30)
@EnabledOnOs(OS.LINUX)
class SocketOptionsChannelTests {

	private static final Set<String> NOT_SETTABLE = Set.of("SO_REUSEADDR", "SO_INCOMING_NAPI_ID", "SO_PEERCRED");

	private static final Map<String, Object> VALUES = Map.ofEntries(Map.entry("IP_DONTFRAGMENT", true),
			Map.entry("IP_MULTICAST_IF", "lo"), Map.entry("IP_MULTICAST_LOOP", false), Map.entry("IP_MULTICAST_TTL", 7),
			Map.entry("IP_TOS", 16), Map.entry("SO_BROADCAST", true), Map.entry("SO_KEEPALIVE", true),
			Map.entry("SO_LINGER", 5), Map.entry("SO_OOBINLINE", true), Map.entry("SO_RCVBUF", 30000),
			Map.entry("SO_REUSEPORT", true), Map.entry("SO_SNDBUF", 30000), Map.entry("TCP_KEEPCOUNT", 4),
			Map.entry("TCP_KEEPIDLE", 61), Map.entry("TCP_KEEPINTERVAL", 11), Map.entry("TCP_NODELAY", true),
			Map.entry("TCP_QUICKACK", false));

	private static final String LISTENER = "SO_RCVBUF, SO_REUSEPORT, TCP_KEEPCOUNT, TCP_KEEPIDLE, TCP_KEEPINTERVAL,"
			+ " TCP_QUICKACK";

	private static final String STREAM = "IP_TOS, SO_KEEPALIVE, SO_LINGER, SO_OOBINLINE, SO_RCVBUF, SO_REUSEPORT,"
			+ " SO_SNDBUF, TCP_KEEPCOUNT, TCP_KEEPIDLE, TCP_KEEPINTERVAL, TCP_NODELAY, TCP_QUICKACK";

	private static final String DATAGRAM = ((Runtime.version().feature() >= 19) ? "IP_DONTFRAGMENT, " : "")
			+ "IP_MULTICAST_IF, IP_MULTICAST_LOOP, IP_MULTICAST_TTL, IP_TOS, SO_BROADCAST, SO_RCVBUF, SO_REUSEPORT,"
			+ " SO_SNDBUF";

	private static final String UNIX = "SO_LINGER, SO_RCVBUF, SO_SNDBUF";

	@TempDir
	Path folder;

	@RegisterExtension
	final EventRecorder recorder = new EventRecorder(DispatchMode.EXECUTOR);

	static Stream<Arguments> kinds() {
		return Stream.of(Arguments.of(SocketKind.LISTENER, SocketDomain.AF_INET, SocketType.SOCK_STREAM, LISTENER),
				Arguments.of(SocketKind.LISTENER, SocketDomain.AF_INET6, SocketType.SOCK_STREAM, LISTENER),
				Arguments.of(SocketKind.LISTENER, SocketDomain.AF_UNIX, SocketType.SOCK_STREAM, "SO_RCVBUF"),
				Arguments.of(SocketKind.LISTENER, SocketDomain.AF_INET, SocketType.SOCK_DGRAM, DATAGRAM),
				Arguments.of(SocketKind.LISTENER, SocketDomain.AF_INET6, SocketType.SOCK_DGRAM, DATAGRAM),
				Arguments.of(SocketKind.LISTENER, SocketDomain.AF_UNIX, SocketType.SOCK_DGRAM, UNIX),
				Arguments.of(SocketKind.CLIENT, SocketDomain.AF_INET, SocketType.SOCK_STREAM, STREAM),
				Arguments.of(SocketKind.CLIENT, SocketDomain.AF_INET6, SocketType.SOCK_STREAM, STREAM),
				Arguments.of(SocketKind.CLIENT, SocketDomain.AF_UNIX, SocketType.SOCK_STREAM, UNIX),
				Arguments.of(SocketKind.CLIENT, SocketDomain.AF_INET, SocketType.SOCK_DGRAM, DATAGRAM),
				Arguments.of(SocketKind.CLIENT, SocketDomain.AF_UNIX, SocketType.SOCK_DGRAM, UNIX));
	}

	@ParameterizedTest
	@MethodSource("kinds")
	@DisplayName("Every option of a channel can be given, in any spelling and as text")
	void whenOptionIsSupportedThenSet(SocketKind kind, SocketDomain domain, SocketType type) throws IOException {
		SocketSpec spec = spec(kind, domain, type).build();
		for (String name : settable(spec)) {
			Object value = Objects.requireNonNull(VALUES.get(name), name);
			for (String spelling : List.of(name, name.toLowerCase(Locale.ROOT).replace('_', '-'),
					name.toLowerCase(Locale.ROOT).replace('_', '.'), name.replace("_", ""))) {
				assertSet(spec, name, spelling, value);
				assertSet(spec, name, spelling, String.valueOf(value));
			}
		}
	}

	@ParameterizedTest
	@MethodSource("kinds")
	@DisplayName("What a channel has not is refused with what it has")
	void whenOptionIsNotSupportedThenRefused(SocketKind kind, SocketDomain domain, SocketType type, String supported) {
		for (String name : List.of("SO_NOPE", "SO_INCOMING_NAPI_ID", "so-peercred")) {
			assertThatExceptionOfType(InvalidSocketSpecException.class)
				.isThrownBy(() -> this.recorder.open(spec(kind, domain, type).options(Map.of(name, 1))))
				.withMessage("%s 'test': options.%s '1': %s. Write one of %s.".formatted(kind, name,
						reason(kind == SocketKind.CLIENT, domain, type, name), supported));
		}
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("What an accepted socket has not is refused with what it has")
	void whenAcceptedOptionIsNotSupportedThenRefused(SocketDomain domain) {
		String supported = (domain == SocketDomain.AF_UNIX) ? UNIX : STREAM;
		for (String name : List.of("SO_NOPE", "IP_MULTICAST_TTL", "SO_PEERCRED")) {
			assertThatExceptionOfType(InvalidSocketSpecException.class)
				.isThrownBy(() -> this.recorder
					.open(spec(SocketKind.LISTENER, domain, SocketType.SOCK_STREAM).acceptedOptions(Map.of(name, "x"))))
				.withMessage("listener 'test': accepted-options.%s 'x': %s. Write one of %s.".formatted(name,
						reason(true, domain, SocketType.SOCK_STREAM, name), supported));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "SO_REUSEADDR", "so-reuseaddr", "SoReuseAddr" })
	@DisplayName("SO_REUSEADDR is refused everywhere, and points to reuse")
	void whenReuseAddressThenRefused(String name) {
		kinds().map(Arguments::get).forEach((kind) -> {
			SocketSpecBuilder spec = spec((SocketKind) kind[0], (SocketDomain) kind[1], (SocketType) kind[2]);
			assertThatExceptionOfType(InvalidSocketSpecException.class)
				.isThrownBy(() -> this.recorder.open(spec.options(Map.of(name, "on"))))
				.withMessage("%s 'test': options.%s 'on': SO_REUSEADDR has a key of its own.".formatted(kind[0], name)
						+ " Write reuse: on, or reuse: off.");
		});
	}

	@ParameterizedTest
	@EnumSource(names = { "AF_INET", "AF_INET6" })
	@DisplayName("SO_REUSEPORT: two listeners on one port, both accept")
	void whenReusePortThenBothAccept(SocketDomain domain) throws Exception {
		this.recorder.handle((event) -> closeQuietly((NetworkChannel) event.claimChannel()));
		SocketSpecBuilder spec = SocketFactoryHarness.loopback(domain).options(Map.of("SO_REUSEPORT", true));
		ManagedSocketFactory first = this.recorder.open(spec, SocketState.LISTENING);
		ManagedSocketFactory second = this.recorder.open(SocketSpec.listener("second")
			.domain(domain)
			.bind(SocketFactoryHarness.addressOf(first))
			.options(Map.of("SO_REUSEPORT", true)), SocketState.LISTENING);
		assertThat(second.getLocalAddress()).isEqualTo(first.getLocalAddress());
		for (int i = 0; i < 60; i++) {
			SocketChannel.open(first.getLocalAddress()).close();
		}
		this.recorder.awaitEvents(60);
		assertThat(first.getStatus().connections().total()).isBetween(1L, 59L);
		assertThat(second.getStatus().connections().total()).isBetween(1L, 59L);
	}

	@Test
	@DisplayName("SO_REUSEPORT of one listener alone does not help")
	void whenOnlyOneHasReusePortThenInUse() {
		ManagedSocketFactory first = this.recorder.open(SocketFactoryHarness.loopback(), SocketState.LISTENING);
		ManagedSocketFactory second = this.recorder.open(SocketSpec.listener("second")
			.bind(SocketFactoryHarness.addressOf(first))
			.options(Map.of("SO_REUSEPORT", true)));
		this.recorder.assertFailed(second, "bind", "EADDRINUSE",
				"127.0.0.1:%d: Address already in use; another listener holds the port"
					.formatted(SocketFactoryHarness.addressOf(first).getPort()));
	}

	@Test
	@DisplayName("Options of a listener are those of its socket")
	void whenListenerHasOptionsThenSet() throws IOException {
		Map<String, Object> options = new LinkedHashMap<>();
		options.put("tcp-keepidle", "61");
		options.put("TCP_KEEPINTERVAL", 11);
		options.put("tcp.keepCount", 4);
		options.put("SO_RCVBUF", 30000);
		ManagedSocketFactory listener = this.recorder.open(SocketFactoryHarness.loopback().options(options),
				SocketState.LISTENING);
		ServerSocketChannel channel = channelOf(listener);
		assertThat(channel.getOption(ExtendedSocketOptions.TCP_KEEPIDLE)).isEqualTo(61);
		assertThat(channel.getOption(ExtendedSocketOptions.TCP_KEEPINTERVAL)).isEqualTo(11);
		assertThat(channel.getOption(ExtendedSocketOptions.TCP_KEEPCOUNT)).isEqualTo(4);
		assertThat(channel.getOption(StandardSocketOptions.SO_RCVBUF)).isBetween(30000, 60000);
	}

	@ParameterizedTest
	@EnumSource(names = { "AF_INET", "AF_INET6" })
	@DisplayName("Options of accepted sockets, and of a client")
	void whenAcceptedOptionsThenSet(SocketDomain domain) throws IOException {
		Map<String, Object> options = Map.of("tcp-nodelay", "on", "SO_LINGER", 5, "IP_TOS", "16", "SO_KEEPALIVE", true,
				"TCP_KEEPIDLE", 61, "tcp_keepinterval", 11, "TCP_KEEPCOUNT", "4");
		ManagedSocketFactory listener = this.recorder
			.open(SocketFactoryHarness.loopback(domain).acceptedOptions(options), SocketState.LISTENING);
		ManagedSocketFactory client = this.recorder.open(SocketSpec.client("client")
			.domain(domain)
			.remote(SocketFactoryHarness.addressOf(listener))
			.options(options), SocketState.CONNECTED);
		for (SocketChannel channel : List.of(
				this.recorder.awaitEvent(listener, ConnectionAcceptedEvent.class).claimChannel(),
				this.recorder.awaitEvent(client, ConnectionEstablishedEvent.class).claimChannel())) {
			assertThat(channel.getOption(StandardSocketOptions.TCP_NODELAY)).isTrue();
			assertThat(channel.getOption(StandardSocketOptions.SO_LINGER)).isEqualTo(5);
			assertThat(channel.getOption(StandardSocketOptions.IP_TOS)).isEqualTo(16);
			assertThat(channel.getOption(StandardSocketOptions.SO_KEEPALIVE)).isTrue();
			assertThat(channel.getOption(ExtendedSocketOptions.TCP_KEEPIDLE)).isEqualTo(61);
			assertThat(channel.getOption(ExtendedSocketOptions.TCP_KEEPINTERVAL)).isEqualTo(11);
			assertThat(channel.getOption(ExtendedSocketOptions.TCP_KEEPCOUNT)).isEqualTo(4);
			// Lingering would hold the end of the test up
			channel.setOption(StandardSocketOptions.SO_LINGER, -1);
		}
	}

	@Test
	@DisplayName("Options of an accepted UNIX socket")
	void whenAcceptedOptionsOfUnixSocketThenSet() throws IOException {
		ManagedSocketFactory listener = this.recorder
			.open(spec(SocketKind.LISTENER, SocketDomain.AF_UNIX, SocketType.SOCK_STREAM)
				.options(Map.of("SO_RCVBUF", 30000))
				.acceptedOptions(Map.of("so-sndbuf", "30000")), SocketState.LISTENING);
		try (SocketChannel client = SocketChannel.open(Objects.requireNonNull(listener.getLocalAddress()))) {
			assertThat(client.isConnected()).isTrue();
			assertThat(this.recorder.awaitEvent(listener, ConnectionAcceptedEvent.class)
				.claimChannel()
				.getOption(StandardSocketOptions.SO_SNDBUF)).isBetween(30000, 60000);
		}
	}

	@Test
	@DisplayName("A network interface is given by its name, or as one")
	void whenNetworkInterfaceThenSet() throws IOException {
		NetworkInterface loopback = Objects.requireNonNull(NetworkInterface.getByName("lo"));
		ManagedSocketFactory byName = this.recorder.open(
				SocketSpec.listener("by-name").type(SocketType.SOCK_DGRAM).options(Map.of("ip-multicast-if", "lo")),
				SocketState.OPEN);
		ManagedSocketFactory given = this.recorder.open(
				SocketSpec.listener("given").type(SocketType.SOCK_DGRAM).options(Map.of("IP_MULTICAST_IF", loopback)),
				SocketState.OPEN);
		for (ManagedSocketFactory factory : List.of(byName, given)) {
			assertThat(this.recorder.awaitEvent(factory, DatagramSocketOpenedEvent.class)
				.claimChannel()
				.getOption(StandardSocketOptions.IP_MULTICAST_IF)).isEqualTo(loopback);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = {
			"IP_MULTICAST_TTL, 256, the value is out of range, Write a value that IP_MULTICAST_TTL can have",
			"IP_MULTICAST_TTL, all, it is not a whole number, Write a whole number",
			"SO_SNDBUF, -1, the value is out of range, Write a value that SO_SNDBUF can have",
			"SO_BROADCAST, maybe, it is neither true nor false, Write true or false" })
	@DisplayName("A value that an option cannot have is refused")
	void whenValueIsWrongThenRefused(String row) {
		String[] cells = row.split(", ");
		assertThatExceptionOfType(InvalidSocketSpecException.class)
			.isThrownBy(() -> this.recorder
				.open(SocketSpec.listener("test").type(SocketType.SOCK_DGRAM).options(Map.of(cells[0], cells[1]))))
			.withMessage("listener 'test': options.%s '%s': %s. %s.".formatted(cells[0], cells[1], cells[2], cells[3]));
	}

	@Test
	@DisplayName("A network interface that is missing is a failure, which names the option and its value")
	void whenNetworkInterfaceIsMissingThenFails() {
		ManagedSocketFactory factory = this.recorder.open(SocketSpec.listener("test")
			.type(SocketType.SOCK_DGRAM)
			.bind("127.0.0.1")
			.options(Map.of("IP_MULTICAST_IF", "nope0")));
		this.recorder.assertFailed(factory, "setsockopt", "ENODEV",
				"127.0.0.1:0: IP_MULTICAST_IF nope0: No such device");
	}

	@Test
	@DisplayName("Options of accepted sockets mean nothing for datagrams")
	void whenDatagramHasAcceptedOptionsThenWarning() {
		assertThat(SocketSpec.listener("test")
			.type(SocketType.SOCK_DGRAM)
			.acceptedOptions(Map.of("TCP_NODELAY", true))
			.build()
			.getWarnings()).containsExactly(
					"'accepted-options' does not apply to a listener of type SOCK_DGRAM in AF_INET and is ignored");
	}

	private static String reason(boolean connection, SocketDomain domain, SocketType type, String name) {
		boolean readable = switch (name) {
			case "SO_INCOMING_NAPI_ID" -> domain != SocketDomain.AF_UNIX;
			case "SO_PEERCRED", "so-peercred" ->
				connection && domain == SocketDomain.AF_UNIX && type == SocketType.SOCK_STREAM;
			default -> false;
		};
		return readable ? "it can only be read" : "this kind of socket has no such option";
	}

	private static void assertSet(SocketSpec spec, String name, String spelling, Object value) throws IOException {
		try (NetworkChannel channel = SocketChannels.open(spec)) {
			SocketOptions.of(spec.toBuilder().options(Map.of(spelling, value)).build()).apply(channel, null);
			Object is = channel.getOption(optionOf(channel, name));
			if (name.endsWith("BUF")) {
				assertThat((Integer) is).as(spelling).isBetween(30000, 60000);
			}
			else if (is instanceof NetworkInterface networkInterface) {
				assertThat(networkInterface.getName()).isEqualTo("lo");
			}
			else {
				assertThat(is).as(spelling).hasToString(String.valueOf(value));
			}
		}
	}

	private static SocketOption<?> optionOf(NetworkChannel channel, String name) {
		return channel.supportedOptions()
			.stream()
			.filter((option) -> option.name().equals(name))
			.findFirst()
			.orElseThrow();
	}

	private static List<String> settable(SocketSpec spec) throws IOException {
		try (NetworkChannel channel = SocketChannels.open(spec)) {
			return channel.supportedOptions()
				.stream()
				.map(SocketOption::name)
				.filter((name) -> !NOT_SETTABLE.contains(name))
				.toList();
		}
	}

	private static ServerSocketChannel channelOf(ManagedSocketFactory listener) {
		Object open = ReflectionTestUtils.getField(listener, "open");
		Object socket = ReflectionTestUtils.getField(Objects.requireNonNull(open), "socket");
		return (ServerSocketChannel) Objects
			.requireNonNull(ReflectionTestUtils.getField(Objects.requireNonNull(socket), "channel"));
	}

	private SocketSpecBuilder spec(SocketKind kind, SocketDomain domain, SocketType type) {
		boolean unix = domain == SocketDomain.AF_UNIX;
		String path = this.folder.resolve("s").toString();
		if (kind == SocketKind.CLIENT) {
			return SocketSpec.client("test").domain(domain).type(type).remote(unix ? path : "localhost:9");
		}
		return SocketSpec.listener("test").domain(domain).type(type).bind(unix ? path : null);
	}

	private static void closeQuietly(NetworkChannel channel) {
		try {
			channel.close();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
