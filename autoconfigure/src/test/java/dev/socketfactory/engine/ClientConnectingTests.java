package dev.socketfactory.engine;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.PauseReason;
import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketEndpoint;
import dev.socketfactory.SocketEventType;
import dev.socketfactory.SocketFailure;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketSpecBuilder;
import dev.socketfactory.SocketState;
import dev.socketfactory.SocketType;
import dev.socketfactory.engine.CreatedSocket.Phase;
import dev.socketfactory.engine.socket.EndpointResolver;
import dev.socketfactory.event.ConnectionEstablishedEvent;
import dev.socketfactory.event.DatagramSocketOpenedEvent;
import dev.socketfactory.event.SocketSuccessEvent;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.LeakCheck;
import dev.socketfactory.testing.Peer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for the connecting of clients: cases 7 to 15, as far as they are about clients,
 * 40 to 45 and 62.
 */
@ExtendWith({ OutputCaptureExtension.class, LeakCheck.class })
class ClientConnectingTests {

	@ParameterizedTest
	@CsvSource({ "AF_INET, INLINE", "AF_INET, EXECUTOR", "AF_INET6, INLINE", "AF_INET6, EXECUTOR" })
	@DisplayName("Case 40: one established event with the server's address; the channel is non-blocking and works")
	void whenSomebodyListensThenOneEventWithItsAddress(SocketDomain domain, DispatchMode dispatch) throws IOException {
		List<String> threads = new ArrayList<>();
		try (Peer peer = Peer.listening(domain); ClientHarness harness = ClientHarness.of(dispatch).handle((event) -> {
			threads.add(Thread.currentThread().getName());
			event.claimChannel();
		})) {
			ClientSocketFactory factory = harness.start(client(domain, peer.address()).successEvent("on-server"));
			SocketChannel server = peer.accept();
			ConnectionEstablishedEvent event = (ConnectionEstablishedEvent) harness.awaitSuccess(1);
			assertThat(event.getSource()).isSameAs(factory);
			assertThat(event.getFactoryId()).isEqualTo(factory.getId());
			assertThat(event.getEventName()).isEqualTo("on-server");
			assertThat(event.getRemoteAddress()).isEqualTo(peer.address());
			assertThat(event.getRemotePort()).isEqualTo(peer.port());
			SocketChannel channel = channelOf(event);
			assertThat(channel.isBlocking()).isFalse();
			assertThat(channel.isRegistered()).isFalse();
			assertThat(factory.getLocalAddress()).isEqualTo(server.getRemoteAddress())
				.isEqualTo(channel.getLocalAddress());
			assertWorks(channel, server);
			assertThat(factory.getState()).isEqualTo(SocketState.CONNECTED);
			assertThat(factory.isRunning()).isTrue();
			assertThat(factory.getStatus().connections()).isEqualTo(new SocketFactoryStatus.Connections(1, 1, 0, 0));
			harness.assertEvents(1, 0);
			assertThat(harness.getStates("test")).containsExactly("RESOLVING", "CONNECTING", "CONNECTED");
			assertThat(threads).hasSize(1);
			assertThat(threads.get(0).equals("socket-loop")).isEqualTo(dispatch == DispatchMode.INLINE);
		}
	}

	@Test
	@DisplayName("Case 40: a blocking channel serves plain streams; a second claim fails")
	void whenClaimedBlockingThenStreams() throws IOException {
		try (Peer peer = Peer.listening(); ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			harness.start(text(peer.address()));
			SocketSuccessEvent event = harness.awaitSuccess(1);
			SocketChannel channel = channelOf(event);
			Await.await().until(() -> event.getClaimant() != null);
			assertThat(channel.isBlocking()).isTrue();
			SocketChannel server = peer.accept();
			channel.socket().getOutputStream().write('x');
			assertThat(Peer.read(server, 1)).isEqualTo("x");
			assertThatIllegalStateException().isThrownBy(event::claimChannel)
				.withMessage("Channel of ConnectionEstablishedEvent of 'test' has been claimed already");
		}
	}

	@Test
	@DisplayName("Case 40: a name is looked up beside the loop, and the service's port")
	void whenRemoteIsNamedThenLookedUp() {
		List<String> threads = new ArrayList<>();
		try (Peer peer = Peer.listening(); ClientHarness harness = ClientHarness.hosts((host) -> {
			threads.add(Thread.currentThread().getName() + " " + host);
			return new InetAddress[] { peer.address().getAddress() };
		})) {
			harness.start("upstream.example:" + peer.port());
			assertThat(harness.awaitSuccess(1).getRemoteAddress()).isEqualTo(peer.address());
			assertThat(threads).singleElement().asString().matches("socket-lookup-\\d+ upstream.example");
		}
	}

	@Test
	@DisplayName("Case 40: success events disabled by name: the connection is closed at once and counted")
	void whenSuccessEventsAreOffThenClosed() throws IOException {
		try (Peer peer = Peer.listening(); ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			ClientSocketFactory factory = harness.make(client(SocketDomain.AF_INET, peer.address()));
			factory.setEventName(SocketEventType.SUCCESS, null);
			factory.start();
			assertThat(Peer.read(peer.accept(), 1)).isEmpty();
			ClientHarness.awaitState(factory, SocketState.STOPPED);
			assertThat(factory.getStatus().connections()).isEqualTo(new SocketFactoryStatus.Connections(0, 1, 1, 0));
			harness.assertEvents(0, 0);
		}
	}

	@Test
	@DisplayName("Case 40: nobody claims the channel: closed after unclaimed-timeout, and no reconnect")
	void whenNobodyClaimsThenClosedAndNoReconnect() throws IOException {
		try (Peer peer = Peer.listening(); ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			harness.handle((event) -> {
			});
			ClientSocketFactory factory = harness.start(client(SocketDomain.AF_INET, peer.address()).reconnect(true)
				.unclaimedTimeout(Duration.ofMillis(50)));
			assertThat(Peer.read(peer.accept(), 1)).isEmpty();
			ClientHarness.awaitState(factory, SocketState.STOPPED);
			assertThat(factory.getLocalAddress()).isNull();
			assertThat(factory.getStatus().connections()).isEqualTo(new SocketFactoryStatus.Connections(0, 1, 1, 0));
			harness.assertEvents(1, 0);
			assertThatIllegalStateException().isThrownBy(() -> harness.getSuccesses().get(0).claimChannel())
				.withMessage("Channel of ConnectionEstablishedEvent of 'test' was closed because nobody had claimed it"
						+ " 50ms after it was published");
		}
	}

	@ParameterizedTest
	@EnumSource(DispatchMode.class)
	@DisplayName("Case 40: the handler throws: the channel is closed, counted and logged")
	void whenHandlerThrowsThenClosed(DispatchMode dispatch, CapturedOutput output) throws IOException {
		try (Peer peer = Peer.listening(); ClientHarness harness = ClientHarness.of(dispatch).handle((event) -> {
			throw new IllegalStateException("on purpose");
		})) {
			ClientSocketFactory factory = harness.start(client(SocketDomain.AF_INET, peer.address()));
			assertThat(Peer.read(peer.accept(), 1)).isEmpty();
			ClientHarness.awaitState(factory, SocketState.STOPPED);
			assertThat(factory.getStatus().handlerErrors()).isOne();
			Await.await()
				.untilAsserted(() -> assertThat(output)
					.contains("Handler of ConnectionEstablishedEvent of 'test' failed; its channel was closed"));
		}
	}

	@ParameterizedTest
	@CsvSource({ "AF_INET, INLINE", "AF_INET, EXECUTOR", "AF_INET6, INLINE", "AF_INET6, EXECUTOR" })
	@DisplayName("Case 41: nobody listens: connect ECONNREFUSED; one line in the log; started again it works")
	void whenNobodyListensThenRefused(SocketDomain domain, DispatchMode dispatch, CapturedOutput output) {
		InetSocketAddress nobody = Peer.nobody(domain);
		try (ClientHarness harness = ClientHarness.of(dispatch)) {
			ClientSocketFactory factory = harness.start(client(domain, nobody));
			SocketFailure failure = harness.awaitFailure(1);
			assertFailure(failure, "connect", "ECONNREFUSED", text(nobody) + ": Connection refused");
			assertThat(failure.retryIn()).isNull();
			assertThat(factory.getState()).isEqualTo(SocketState.FAILED);
			assertThat(factory.isRunning()).isFalse();
			assertThat(factory.getLastFailure()).isSameAs(failure);
			assertThat(factory.getLocalAddress()).isNull();
			assertThat(factory.getStatus().failures()).containsExactly(Map.entry("connect", 1L));
			assertThat(output.getOut().lines()).filteredOn((line) -> line.contains("ECONNREFUSED"))
				.singleElement()
				.asString()
				.endsWith(
						"client 'test': connect failed: %s: Connection refused (ECONNREFUSED)".formatted(text(nobody)));
			harness.assertEvents(0, 1);
			assertThat(harness.getStates("test")).containsExactly("RESOLVING", "CONNECTING", "FAILED");
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "AF_INET", "AF_INET6" })
	@DisplayName("Case 42: to port 0: a connect failure")
	@EnabledOnOs(OS.LINUX)
	void whenPortIsZeroThenFailure(SocketDomain domain) {
		InetSocketAddress remote = new InetSocketAddress(SocketFactoryHarness.loopbackOf(domain), 0);
		try (ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			harness.start(client(domain, remote));
			assertFailure(harness.awaitFailure(1), "connect", "ECONNREFUSED", text(remote) + ": Connection refused");
			harness.assertEvents(0, 1);
		}
	}

	@ParameterizedTest
	@CsvSource({ "AF_INET, 255.255.255.255:80", "AF_INET6, [ff02::1]:80" })
	@DisplayName("Case 43: no route: connect ENETUNREACH")
	@EnabledOnOs(OS.LINUX)
	void whenThereIsNoRouteThenUnreachable(SocketDomain domain, String remote) {
		// No stream goes to a broadcast or multicast address: tcp_v4_connect() says the
		// same of it as of an address without a route, and needs no unrouted machine
		try (ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			ClientSocketFactory factory = harness.start(SocketSpec.client("test").domain(domain).remote(remote));
			SocketFailure failure = harness.awaitFailure(1);
			assertThat(failure.operation()).isEqualTo("connect");
			assertThat(failure.errnoName()).isEqualTo("ENETUNREACH");
			assertThat(failure.errno()).isEqualTo(101);
			assertThat(failure.message()).endsWith(":80: Network is unreachable");
			ClientHarness.awaitState(factory, SocketState.FAILED);
		}
	}

	@ParameterizedTest
	@EnumSource(DispatchMode.class)
	@DisplayName("Case 44: the first address refuses, the second is connected to, without a failure")
	void whenFirstAddressRefusesThenSecond(DispatchMode dispatch) throws IOException {
		try (Peer peer = Peer.listening();
				ClientHarness harness = ClientHarness.hosts(hosts("127.0.0.2", "127.0.0.1"))) {
			ClientSocketFactory factory = harness
				.start(SocketSpec.client("test").remote("upstream.example:" + peer.port()).dispatch(dispatch));
			assertThat(harness.awaitSuccess(1).getRemoteAddress()).isEqualTo(peer.address());
			assertWorks(channelOf(harness.awaitSuccess(1)), peer.accept());
			harness.assertEvents(1, 0);
			assertThat(factory.getStatus().failures()).isEmpty();
			assertThat(factory.getLastFailure()).isNull();
		}
	}

	@Test
	@DisplayName("Case 44: an address that does not answer leaves time for the next")
	@EnabledOnOs(OS.LINUX)
	void whenFirstAddressDoesNotAnswerThenSecond() {
		try (Peer silent = Peer.silent();
				Peer peer = Peer.listening("127.0.0.2", silent.port());
				ClientHarness harness = ClientHarness.hosts(hosts("127.0.0.1", "127.0.0.2"))) {
			harness.start(SocketSpec.client("test")
				.remote("upstream.example:" + silent.port())
				.connectTimeout(Duration.ofSeconds(1)));
			assertThat(harness.awaitSuccess(1).getRemoteAddress()).isEqualTo(peer.address());
			harness.assertEvents(1, 0);
		}
	}

	@Test
	@DisplayName("Case 45: while it connects, a bound client tells its local address")
	@EnabledOnOs(OS.LINUX)
	void whenConnectingThenTellsItsLocalAddress() {
		try (Peer silent = Peer.silent(); ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			ClientSocketFactory factory = harness
				.start(SocketSpec.client("test").remote(silent.address()).bind("127.0.0.2:0"));
			ClientHarness.awaitState(factory, SocketState.CONNECTING);
			Await.await()
				.untilAsserted(() -> assertThat(factory.getLocalAddress())
					.isInstanceOfSatisfying(InetSocketAddress.class, (address) -> {
						assertThat(address.getHostString()).isEqualTo("127.0.0.2");
						assertThat(address.getPort()).isPositive();
					}));
			factory.stop();
			assertThat(factory.getLocalAddress()).isNull();
		}
	}

	@Test
	@DisplayName("Case 44: one address refuses, one does not answer, one is not reached in time: all are named")
	void whenTimeEndsThenEveryAddressIsNamed() {
		try (Peer silent = Peer.silent();
				ClientHarness harness = ClientHarness.hosts(hosts("127.0.0.2", "127.0.0.1", "127.0.0.3"))) {
			harness.start(SocketSpec.client("test")
				.remote("upstream.example:" + silent.port())
				.connectTimeout(Duration.ofMillis(200)));
			assertFailure(harness.awaitFailure(1), "connect", "ETIMEDOUT",
					("upstream.example:%1$d: none of its 3 addresses can be connected to within 200ms: "
							+ "127.0.0.2:%1$d Connection refused, 127.0.0.1:%1$d no answer, 127.0.0.3:%1$d not tried")
						.formatted(silent.port()));
			harness.assertEvents(0, 1);
		}
	}

	@Test
	@DisplayName("Case 44: all addresses fail: one failure that names each with its reason")
	void whenAllAddressesFailThenOneFailure() {
		int port = Peer.nobody().getPort();
		try (ClientHarness harness = ClientHarness.hosts(hosts("127.0.0.1", "255.255.255.255", "127.0.0.2"))) {
			ClientSocketFactory factory = harness.start("upstream.example:" + port);
			assertFailure(harness.awaitFailure(1), "connect", "ECONNREFUSED",
					("upstream.example:%1$d: none of its 3 addresses can be connected to: "
							+ "127.0.0.1:%1$d Connection refused, 255.255.255.255:%1$d Network is unreachable, "
							+ "127.0.0.2:%1$d Connection refused")
						.formatted(port));
			harness.assertEvents(0, 1);
			assertThat(factory.getStatus().failures()).containsExactly(Map.entry("connect", 1L));
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "AF_INET", "AF_INET6" })
	@DisplayName("Case 45: the peer sees the bound address")
	void whenBoundThenPeerSeesIt(SocketDomain domain) throws IOException {
		int port = Peer.nobody(domain).getPort();
		try (Peer peer = Peer.listening(domain); ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			InetSocketAddress local = new InetSocketAddress(SocketFactoryHarness.loopbackOf(domain), port);
			ClientSocketFactory factory = harness.start(client(domain, peer.address()).bind(local).reuse(true));
			harness.awaitSuccess(1);
			assertThat(peer.accept().getRemoteAddress()).isEqualTo(local).isEqualTo(factory.getLocalAddress());
		}
	}

	@Test
	@DisplayName("Case 45: a local address alone has a free port")
	@EnabledOnOs(OS.LINUX)
	void whenBoundToAddressAloneThenFreePort() throws IOException {
		try (Peer peer = Peer.listening(); ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			harness.start(client(SocketDomain.AF_INET, peer.address()).bind("127.0.0.3"));
			harness.awaitSuccess(1);
			InetSocketAddress local = (InetSocketAddress) peer.accept().getRemoteAddress();
			assertThat(local.getAddress().getHostAddress()).isEqualTo("127.0.0.3");
			assertThat(local.getPort()).isPositive();
		}
	}

	@Test
	@DisplayName("Case 45: bind in use: bind EADDRINUSE, and no connect")
	void whenBindIsInUseThenNoConnect() {
		try (Peer peer = Peer.listening();
				Peer other = Peer.listening();
				ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			ClientSocketFactory factory = harness
				.start(client(SocketDomain.AF_INET, peer.address()).bind(other.address()));
			assertFailure(harness.awaitFailure(1), "bind", "EADDRINUSE",
					text(other.address()) + ": Address already in use; another listener holds the port");
			assertThat(peer.acceptNow()).isFalse();
			assertThat(factory.getStatus().failures()).containsExactly(Map.entry("bind", 1L));
			harness.assertEvents(0, 1);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "AF_INET", "AF_INET6" })
	@DisplayName("Case 7: host unknown: getaddrinfo EADDRNOTAVAIL with the name and the reason; start() does not wait")
	void whenHostIsUnknownThenGetaddrinfo(SocketDomain domain) {
		// The JDK has forgotten the reason when it is asked a second time
		String host = "no-such-%s-host-%d.invalid".formatted(domain.name().toLowerCase(Locale.ROOT).replace('_', '-'),
				System.nanoTime());
		try (ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			harness.start(SocketSpec.client("test").domain(domain).remote(host + ":80"));
			SocketFailure failure = harness.awaitFailure(1);
			assertThat(failure.operation()).isEqualTo("getaddrinfo");
			assertThat(failure.errnoName()).isEqualTo("EADDRNOTAVAIL");
			assertThat(failure.message()).startsWith("%s:80: Host '%s' is unknown: ".formatted(host, host));
			assertThat(harness.getStates("test")).containsExactly("RESOLVING", "FAILED");
		}
	}

	@Test
	@DisplayName("Case 7: the host to bind to is unknown: getaddrinfo, and its name")
	void whenHostToBindToIsUnknownThenGetaddrinfo() {
		try (Peer peer = Peer.listening(); ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			harness.start(client(SocketDomain.AF_INET, peer.address()).bind("no-such-host.invalid"));
			SocketFailure failure = harness.awaitFailure(1);
			assertThat(failure.operation()).isEqualTo("getaddrinfo");
			assertThat(failure.message()).startsWith("no-such-host.invalid:0: Host 'no-such-host.invalid' is unknown");
			assertThat(peer.acceptNow()).isFalse();
		}
	}

	@ParameterizedTest
	@CsvSource({ "SOCK_STREAM, no-such-service, tcp", "SOCK_STREAM, tftp, tcp", "SOCK_DGRAM, no-such-service, udp" })
	@DisplayName("Case 8: service unknown or of another protocol: getservbyname EADDRNOTAVAIL")
	void whenServiceIsUnknownThenGetservbyname(SocketType type, String service, String protocol) {
		try (ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			harness.start(SocketSpec.client("test").type(type).remote("127.0.0.1:" + service));
			SocketFailure failure = harness.awaitFailure(1);
			assertThat(failure.operation()).isEqualTo("getservbyname");
			assertThat(failure.errnoName()).isEqualTo("EADDRNOTAVAIL");
			assertThat(failure.message())
				.startsWith("127.0.0.1:%s: Service '%s' is not known for %s".formatted(service, service, protocol));
		}
	}

	@Test
	@DisplayName("Case 8: a service known for udp is for a datagram client")
	void whenServiceIsKnownForUdpThenDatagramClientOpens() {
		try (ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			harness.start(SocketSpec.client("test").type(SocketType.SOCK_DGRAM).remote("127.0.0.1:tftp"));
			assertThat(harness.awaitSuccess(1).getRemotePort()).isEqualTo(69);
		}
	}

	@Test
	@DisplayName("Case 12: a failed client takes every call, and start() tries again")
	void whenFailedThenEveryCallWorks() {
		InetSocketAddress nobody = Peer.nobody();
		long before = LeakCheck.countSockets();
		try (ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			ClientSocketFactory factory = harness.start(client(SocketDomain.AF_INET, nobody).bind("127.0.0.1"));
			SocketFailure failure = harness.awaitFailure(1);
			assertThat(LeakCheck.countSockets()).isEqualTo(before);
			assertThat(factory.getLocalAddress()).isNull();
			assertThat(factory.pauseAccept()).isFalse();
			assertThat(factory.resumeAccept()).isFalse();
			assertThat(factory.pauseAccept(PauseReason.of("maintenance"))).isFalse();
			assertThat(factory.getPauseReasons()).isEmpty();
			try (Peer peer = Peer.listening(nobody.getPort())) {
				factory.start();
				harness.awaitSuccess(1);
				assertThat(factory.getLastFailure()).isEqualTo(failure);
				factory.start();
				harness.assertEvents(1, 1);
			}
			factory.stop();
			factory.stop();
			assertThat(factory.getState()).isEqualTo(SocketState.STOPPED);
		}
	}

	@Test
	@DisplayName("Case 12: a failed client that is stopped is stopped")
	void whenFailedThenStops() {
		try (ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			ClientSocketFactory factory = harness.start(text(Peer.nobody()));
			ClientHarness.awaitState(factory, SocketState.FAILED);
			factory.stop();
			assertThat(factory.getState()).isEqualTo(SocketState.STOPPED);
			harness.assertEvents(0, 1);
		}
	}

	@Test
	@DisplayName("Case 13: of several clients one fails: one failure with its id, the others work")
	void whenOneOfSeveralFailsThenOthersWork() {
		try (Peer peer = Peer.listening(); ClientHarness harness = ClientHarness.of(DispatchMode.INLINE)) {
			harness.start(client("a", peer.address()));
			ClientSocketFactory failing = harness.start(client("b", Peer.nobody()));
			harness.start(client("c", peer.address()));
			harness.awaitFailure(1);
			harness.awaitSuccess(2);
			harness.assertEvents(2, 1);
			assertThat(harness.getFailures().get(0).getFactoryId()).isEqualTo(failing.getId());
			assertThat(harness.getFailures().get(0).getEventName()).isEqualTo("b.failure");
			assertThat(harness.getSuccesses()).extracting(SocketSuccessEvent::getFactoryName)
				.containsExactlyInAnyOrder("a", "c");
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "AF_INET", "AF_INET6" })
	@DisplayName("Case 14 and 62: a datagram client infers udp and is connected even if nobody is there")
	void whenDatagramThenConnectedAnyway(SocketDomain domain) throws IOException {
		InetSocketAddress nobody = Peer.nobody(domain);
		try (ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			ClientSocketFactory factory = harness.start(client(domain, nobody).type(SocketType.SOCK_DGRAM));
			DatagramSocketOpenedEvent event = (DatagramSocketOpenedEvent) harness.awaitSuccess(1);
			assertThat(event.getRemoteAddress()).isEqualTo(nobody);
			assertThat(event.getRemotePort()).isEqualTo(nobody.getPort());
			DatagramChannel channel = (DatagramChannel) channelOf(factory);
			assertThat(channel.getRemoteAddress()).isEqualTo(nobody);
			assertThat(factory.getLocalAddress()).isEqualTo(channel.getLocalAddress());
			harness.assertEvents(1, 0);
		}
	}

	@ParameterizedTest
	@CsvSource({ "SOCK_STREAM, on, true", "SOCK_STREAM, off, false", "SOCK_DGRAM, -1, true", "SOCK_DGRAM, '', false" })
	@DisplayName("Case 15: SO_REUSEADDR as configured")
	void whenReuseIsSetThenTheOption(SocketType type, String reuse, boolean option) throws IOException {
		try (Peer peer = Peer.listening(); ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			ClientSocketFactory factory = harness
				.start(client(SocketDomain.AF_INET, peer.address()).type(type).reuse(reuse));
			harness.awaitSuccess(1);
			assertThat(((java.nio.channels.NetworkChannel) channelOf(factory))
				.getOption(StandardSocketOptions.SO_REUSEADDR)).isEqualTo(option);
		}
	}

	@Test
	@DisplayName("Options of a client are set before it connects")
	void whenOptionsAreGivenThenSet() throws IOException {
		try (Peer peer = Peer.listening(); ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			harness.start(client(SocketDomain.AF_INET, peer.address())
				.options(Map.of("TCP_NODELAY", true, "SO_KEEPALIVE", "true")));
			SocketChannel channel = channelOf(harness.awaitSuccess(1));
			assertThat(channel.getOption(StandardSocketOptions.TCP_NODELAY)).isTrue();
			assertThat(channel.getOption(StandardSocketOptions.SO_KEEPALIVE)).isTrue();
		}
	}

	@Test
	@DisplayName("A port of the ephemeral range never connects a client to itself")
	@EnabledOnOs(OS.LINUX)
	void whenClientWouldMeetItselfThenRefused() {
		InetSocketAddress nobody = Peer.nobody();
		try (ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			harness.start(client(SocketDomain.AF_INET, nobody).bind(nobody).reuse(true));
			assertFailure(harness.awaitFailure(1), "connect", "ECONNREFUSED", text(nobody) + ": Connection refused");
			harness.assertEvents(0, 1);
		}
	}

	static SocketSpecBuilder client(SocketDomain domain, InetSocketAddress remote) {
		return SocketSpec.client("test").domain(domain).remote(remote);
	}

	static SocketSpecBuilder client(String name, InetSocketAddress remote) {
		return SocketSpec.client(name).remote(remote);
	}

	static String text(InetSocketAddress address) {
		return SocketEndpoint.of(address).toString();
	}

	static EndpointResolver.HostLookup hosts(String... addresses) {
		return (host) -> Stream.of(addresses).map(ClientConnectingTests::address).toArray(InetAddress[]::new);
	}

	static SocketChannel channelOf(SocketSuccessEvent event) {
		Await.await().until(() -> event.getClaimant() != null);
		return (SocketChannel) channelOf((ClientSocketFactory) event.getSource());
	}

	static void assertFailure(SocketFailure failure, String operation, String errnoName, String message) {
		assertThat(failure.operation()).isEqualTo(operation);
		assertThat(failure.errnoName()).isEqualTo(errnoName);
		assertThat(failure.message()).isEqualTo(message);
		assertThat(failure.cause()).isNotNull();
	}

	private static InetAddress address(String literal) {
		try {
			return InetAddress.getByName(literal);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void assertWorks(SocketChannel channel, SocketChannel server) throws IOException {
		Peer.write(channel, "ping");
		assertThat(Peer.read(server, 4)).isEqualTo("ping");
		Peer.write(server, "pong");
		assertThat(Peer.read(channel, 4)).isEqualTo("pong");
	}

	private static SelectableChannel channelOf(ClientSocketFactory factory) {
		return factory.getSockets().snapshot(Phase.values()).get(0).getChannel();
	}

}
