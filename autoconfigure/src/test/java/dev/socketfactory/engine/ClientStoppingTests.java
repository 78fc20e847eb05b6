package dev.socketfactory.engine;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketState;
import dev.socketfactory.engine.socket.EndpointResolver;
import dev.socketfactory.event.SocketStateEvent;
import dev.socketfactory.event.SocketSuccessEvent;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.EventRecorder;
import dev.socketfactory.testing.LeakCheck;
import dev.socketfactory.testing.Parallel;
import dev.socketfactory.testing.Peer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for clients that time out or are stopped: cases 46 to 48.
 */
@ExtendWith(LeakCheck.class)
@EnabledOnOs(OS.LINUX)
class ClientStoppingTests {

	/**
	 * Much longer than a stop takes that waits for nothing, even on a busy machine.
	 */
	private static final Duration PATIENCE = Duration.ofSeconds(15);

	@ParameterizedTest
	@CsvSource({ "AF_INET, INLINE", "AF_INET, EXECUTOR", "AF_INET6, INLINE", "AF_INET6, EXECUTOR" })
	@DisplayName("Case 46: nobody answers: connect ETIMEDOUT at connect-timeout, no success after it, nothing leaked")
	void whenNobodyAnswersThenTimedOut(SocketDomain domain, DispatchMode dispatch) {
		try (Peer peer = Peer.silent(domain); ClientHarness harness = ClientHarness.of(dispatch)) {
			long sockets = LeakCheck.countSockets();
			long begin = System.nanoTime();
			ClientSocketFactory factory = harness
				.start(ClientConnectingTests.client(domain, peer.address()).connectTimeout(Duration.ofMillis(300)));
			ClientConnectingTests.assertFailure(harness.awaitFailure(1), "connect", "ETIMEDOUT",
					ClientConnectingTests.text(peer.address()) + ": no answer within 300ms");
			assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(Duration.ofMillis(300),
					Duration.ofMillis(2000));
			assertThat(LeakCheck.countSockets()).isEqualTo(sockets);
			assertThat(factory.getState()).isEqualTo(SocketState.FAILED);
			harness.assertAllPermitsReleased();
			while (peer.acceptNow()) {
				assertThat(harness.getSuccesses()).isEmpty();
			}
			Await.during(1200, () -> assertThat(harness.getSuccesses()).isEmpty());
			harness.assertEvents(0, 1);
		}
	}

	@ParameterizedTest
	@EnumSource(DispatchMode.class)
	@DisplayName("Case 46: a lookup that takes too long: getaddrinfo ETIMEDOUT, whatever it finds afterwards")
	void whenLookUpTakesTooLongThenTimedOut(DispatchMode dispatch) {
		CountDownLatch answer = new CountDownLatch(1);
		try (Peer peer = Peer.listening(); ClientHarness harness = ClientHarness.hosts(slow(answer))) {
			ClientSocketFactory factory = harness.start(SocketSpec.client("test")
				.remote("slow.example:" + peer.port())
				.dispatch(dispatch)
				.connectTimeout(Duration.ofMillis(200)));
			ClientConnectingTests.assertFailure(harness.awaitFailure(1), "getaddrinfo", "ETIMEDOUT",
					"slow.example:%d: the lookup took longer than 200ms".formatted(peer.port()));
			harness.assertAllPermitsReleased();
			answer.countDown();
			harness.assertEvents(0, 1);
			assertThat(peer.acceptNow()).isFalse();
			assertThat(factory.getState()).isEqualTo(SocketState.FAILED);
			assertThat(harness.getStates("test")).containsExactly("RESOLVING", "FAILED");
		}
	}

	@ParameterizedTest
	@EnumSource(DispatchMode.class)
	@DisplayName("Case 47: stopped while connecting: no event, the channel is closed when stop() returns")
	void whenStoppedWhileConnectingThenNothing(DispatchMode dispatch) {
		try (Peer peer = Peer.silent(); ClientHarness harness = ClientHarness.of(dispatch)) {
			long sockets = LeakCheck.countSockets();
			ClientSocketFactory factory = harness.start(ClientConnectingTests.text(peer.address()));
			Await.await().until(() -> LeakCheck.countSockets() == sockets + 1);
			assertThat(factory.getState()).isEqualTo(SocketState.CONNECTING);
			assertThat(factory.isRunning()).isTrue();
			factory.stop();
			assertThat(LeakCheck.countSockets()).isEqualTo(sockets);
			assertThat(factory.getState()).isEqualTo(SocketState.STOPPED);
			harness.assertAllPermitsReleased();
			while (peer.acceptNow()) {
				assertThat(harness.getSuccesses()).isEmpty();
			}
			harness.assertEvents(0, 0);
			assertThat(harness.getStates("test")).containsExactly("RESOLVING", "CONNECTING", "STOPPED");
			factory.start();
			harness.awaitSuccess(1);
		}
	}

	@ParameterizedTest
	@EnumSource(DispatchMode.class)
	@DisplayName("Case 47: stopped while the name is looked up: no event")
	void whenStoppedWhileLookingUpThenNothing(DispatchMode dispatch) {
		CountDownLatch answer = new CountDownLatch(1);
		try (Peer peer = Peer.listening(); ClientHarness harness = ClientHarness.hosts(slow(answer))) {
			ClientSocketFactory factory = harness
				.start(SocketSpec.client("test").remote("slow.example:" + peer.port()).dispatch(dispatch));
			assertThat(factory.getState()).isEqualTo(SocketState.RESOLVING);
			factory.stop();
			assertThat(factory.getState()).isEqualTo(SocketState.STOPPED);
			harness.assertAllPermitsReleased();
			factory.start();
			answer.countDown();
			harness.awaitSuccess(1);
			harness.assertEvents(1, 0);
			peer.accept();
			assertThat(peer.acceptNow()).isFalse();
		}
	}

	@ParameterizedTest
	@EnumSource(DispatchMode.class)
	@DisplayName("Case 47: at the end of the application listeners do not wait for a client that is still connecting")
	void whenClientIsConnectingThenListenersStopAtOnce(DispatchMode dispatch) throws Exception {
		try (Peer peer = Peer.silent(); EventRecorder recorder = new EventRecorder(dispatch)) {
			recorder.open(SocketSpec.listener("listener").bind("127.0.0.1"), SocketState.LISTENING);
			recorder.open(
					ClientConnectingTests.client("client", peer.address()).connectTimeout(PATIENCE.multipliedBy(2)),
					SocketState.CONNECTING);
			long begin = System.nanoTime();
			recorder.getFactories().stop(PATIENCE, null, null);
			assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(PATIENCE.dividedBy(2));
			assertThat(recorder.getStates()).filteredOn((event) -> event.getState() == SocketState.STOPPED)
				.extracting(SocketStateEvent::getFactoryName)
				.containsExactly("listener", "client");
		}
	}

	@ParameterizedTest
	@EnumSource(DispatchMode.class)
	@DisplayName("Case 48: a claimed channel survives stop() and start(); the end of the application closes it")
	void whenClaimedThenStopLeavesItAlone(DispatchMode dispatch) throws IOException {
		SocketChannel first;
		try (Peer peer = Peer.listening(); ClientHarness harness = ClientHarness.of(dispatch)) {
			ClientSocketFactory factory = harness.start(ClientConnectingTests.text(peer.address()));
			first = ClientConnectingTests.channelOf(harness.awaitSuccess(1));
			SocketChannel server = peer.accept();
			factory.stop();
			assertThat(factory.getState()).isEqualTo(SocketState.STOPPED);
			assertThat(factory.getLocalAddress()).isNull();
			Peer.write(first, "a");
			assertThat(Peer.read(server, 1)).isEqualTo("a");
			factory.start();
			harness.awaitSuccess(2);
			SocketChannel second = peer.accept();
			Peer.write(server, "b");
			assertThat(Peer.read(first, 1)).isEqualTo("b");
			assertThat(factory.getStatus().connections().active()).isEqualTo(2);
			first.close();
			Await.during(100, () -> assertThat(factory.getState()).isEqualTo(SocketState.CONNECTED));
			second.close();
			first = SocketChannel.open(peer.address());
			factory.stop();
			factory.start();
			harness.awaitSuccess(3);
			first.close();
			first = ClientConnectingTests.channelOf(harness.getSuccesses().get(2));
		}
		assertThat(first.isOpen()).isFalse();
	}

	@Test
	@DisplayName("Case 48: a channel that is claimed after stop() can be claimed, and is open")
	void whenStoppedBeforeTheClaimThenStillClaimable() {
		CountDownLatch stopped = new CountDownLatch(1);
		try (Peer peer = Peer.listening();
				ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR).handle((event) -> {
					Await.latch(stopped);
					event.claimChannel();
				})) {
			ClientSocketFactory factory = harness.start(ClientConnectingTests.text(peer.address()));
			SocketSuccessEvent event = harness.awaitSuccess(1);
			factory.stop();
			stopped.countDown();
			assertThat(ClientConnectingTests.channelOf(event).isOpen()).isTrue();
		}
	}

	@Test
	@DisplayName("A handler may stop and start its own client, inline")
	void whenHandlerStopsAndStartsThenNewConnection() {
		try (Peer peer = Peer.listening(); ClientHarness harness = ClientHarness.of(DispatchMode.INLINE)) {
			harness.handle((event) -> {
				event.claimChannel();
				event.getSource().stop();
				if (harness.getSuccesses().size() < 3) {
					event.getSource().start();
				}
			});
			ClientSocketFactory factory = harness.start(ClientConnectingTests.text(peer.address()));
			harness.awaitSuccess(3);
			harness.assertEvents(3, 0);
			assertThat(factory.getState()).isEqualTo(SocketState.STOPPED);
		}
	}

	@ParameterizedTest
	@EnumSource(DispatchMode.class)
	@DisplayName("Starts and stops from several threads at once leave nothing behind")
	void whenStartedAndStoppedAtOnceThenNothingIsLeft(DispatchMode dispatch) throws Exception {
		try (Peer peer = Peer.listening(); ClientHarness harness = ClientHarness.of(dispatch)) {
			harness.handle((event) -> Peer.close(event.claimChannel()));
			long sockets = LeakCheck.countSockets();
			ClientSocketFactory reachable = harness.make(ClientConnectingTests.client("a", peer.address()));
			ClientSocketFactory refused = harness.make(ClientConnectingTests.client("b", Peer.nobody()));
			ClientSocketFactory named = harness.make(SocketSpec.client("c").remote("localhost:" + peer.port()));
			List<ClientSocketFactory> factories = List.of(reachable, refused, named);
			Parallel.run(4, (thread) -> {
				for (int i = 0; i < 300; i++) {
					for (ClientSocketFactory factory : factories) {
						if ((i + thread) % 2 == 0) {
							factory.start();
						}
						else {
							factory.stop();
						}
					}
				}
			});
			factories.forEach(ManagedSocketFactory::stop);
			assertThat(factories).extracting(ManagedSocketFactory::getState).containsOnly(SocketState.STOPPED);
			harness.assertAllPermitsReleased();
			while (peer.acceptNow()) {
				assertThat(harness.getEngine().getLoop()).isNotNull();
			}
			peer.closeAccepted();
			Await.await().untilAsserted(() -> assertThat(LeakCheck.countSockets()).isEqualTo(sockets));
		}
	}

	private static EndpointResolver.HostLookup slow(CountDownLatch answer) {
		return (host) -> {
			Await.latch(answer);
			return new InetAddress[] { InetAddress.getLoopbackAddress() };
		};
	}

}
