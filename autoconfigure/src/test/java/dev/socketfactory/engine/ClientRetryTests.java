package dev.socketfactory.engine;

import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Objects;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.RetrySettings;
import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketFailure;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketSpecBuilder;
import dev.socketfactory.SocketState;
import dev.socketfactory.event.SocketFailureEvent;
import dev.socketfactory.event.SocketSuccessEvent;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.LeakCheck;
import dev.socketfactory.testing.Peer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for clients that try again and connect again: case 49.
 */
@ExtendWith({ OutputCaptureExtension.class, LeakCheck.class })
@Timeout(60)
class ClientRetryTests {

	@ParameterizedTest
	@EnumSource(DispatchMode.class)
	@DisplayName("Case 49: a failure event per attempt, with growing getRetryIn() that is kept, and none after the last")
	void whenRetriesAreLimitedThenAnEventPerAttempt(DispatchMode dispatch) {
		try (ClientHarness harness = ClientHarness.of(dispatch)) {
			ClientSocketFactory factory = harness.start(client(Peer.nobody(), 3, 40));
			harness.awaitFailure(4);
			assertThat(harness.getFailures()).extracting((event) -> event.getFailure().retryIn())
				.containsExactly(Duration.ofMillis(40), Duration.ofMillis(80), Duration.ofMillis(160), null);
			for (int i = 0; i < 3; i++) {
				SocketFailure failure = harness.getFailures().get(i).getFailure();
				Duration between = Duration.between(failure.time(),
						harness.getFailures().get(i + 1).getFailure().time());
				assertThat(between).isBetween(Objects.requireNonNull(failure.retryIn()).minusMillis(5),
						failure.retryIn().plusMillis(500));
			}
			harness.assertEvents(0, 4);
			assertThat(factory.getState()).isEqualTo(SocketState.FAILED);
			assertThat(factory.getStatus().failures()).containsEntry("connect", 4L);
			harness.assertAllPermitsReleased();
		}
	}

	@Test
	@DisplayName("Case 49: the delay starts from the beginning after a success")
	void whenConnectedThenDelayStartsFromTheBeginning() throws Exception {
		InetSocketAddress address = Peer.nobody();
		try (ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			ClientSocketFactory factory = harness.start(client(address, 5, 30).reconnect(true));
			harness.awaitFailure(2);
			try (Peer peer = Peer.listening(address.getPort())) {
				harness.awaitSuccess(1);
				peer.accept();
			}
			int before = harness.getFailures().size();
			assertThat(factory.getLastFailure()).isNotNull();
			ClientConnectingTests.channelOf(harness.getSuccesses().get(0)).close();
			Await.await().until(() -> harness.getFailures().size() > before + 1);
			assertThat(harness.getFailures().get(before).getFailure().retryIn()).isEqualTo(Duration.ofMillis(30));
			assertThat(harness.getFailures().get(before + 1).getFailure().retryIn()).isEqualTo(Duration.ofMillis(60));
		}
	}

	@Test
	void whenEarlierConnectionHoldsTheFixedPortThenFailureNamesReuse() throws Exception {
		int port = Peer.nobody().getPort();
		try (ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR); Peer peer = Peer.listening()) {
			SocketSpecBuilder client = SocketSpec.client("upstream").remote(peer.address()).bind("127.0.0.1:" + port);
			ClientSocketFactory factory = harness.start(client);
			harness.awaitSuccess(1);
			SocketChannel accepted = peer.accept();
			ClientConnectingTests.channelOf(harness.getSuccesses().get(0)).close();
			ClientHarness.awaitState(factory, SocketState.STOPPED);
			accepted.close();
			factory.start();
			assertThat(harness.awaitFailure(1)).satisfies((failure) -> {
				assertThat(failure.operation()).isEqualTo("bind");
				assertThat(failure.errnoName()).isEqualTo("EADDRINUSE");
				assertThat(failure.message())
					.endsWith("nothing listens on the port, but connections of an earlier client"
							+ " hold it: 'reuse: on', there and here, would help");
			});
		}
	}

	@Test
	@DisplayName("Case 49: -1 is for ever, and stop() ends it")
	void whenForEverThenStopEndsIt() {
		try (ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			ClientSocketFactory factory = harness.start(client(Peer.nobody(), -1, 1)
				.retry(new RetrySettings(-1, Duration.ofMillis(1), 1, Duration.ofMillis(1), Duration.ZERO)));
			Await.await().until(() -> harness.getFailures().size() > 200);
			factory.stop();
			assertThat(factory.getState()).isEqualTo(SocketState.STOPPED);
			harness.getEngine().getOrderedPublisher().await(1000, (thread) -> false);
			int failures = harness.getFailures().size();
			assertThat(harness.getFailures()).extracting(SocketFailureEvent::getFailure)
				.extracting(SocketFailure::retryIn)
				.containsOnly(Duration.ofMillis(1));
			harness.assertEvents(0, failures);
			harness.assertAllPermitsReleased();
		}
	}

	@Test
	@DisplayName("Case 49: started by hand while it waits: tries at once, and the delay starts from the beginning")
	void whenStartedWhileWaitingThenTriesAtOnce() {
		try (ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			ClientSocketFactory factory = harness.start(client(Peer.nobody(), 3, 10_000));
			harness.awaitFailure(1);
			ClientHarness.awaitState(factory, SocketState.FAILED);
			factory.start();
			assertThat(harness.awaitFailure(2).retryIn()).isEqualTo(Duration.ofSeconds(10));
			harness.assertEvents(0, 2);
		}
	}

	@Test
	@DisplayName("Case 49: a failed lookup is tried again too")
	void whenHostIsUnknownThenTriedAgain() {
		try (ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			harness.start(client(Peer.nobody(), 1, 10).remote("no-such-host.invalid:80"));
			assertThat(harness.awaitFailure(2).operation()).isEqualTo("getaddrinfo");
		}
	}

	@ParameterizedTest
	@EnumSource(DispatchMode.class)
	@DisplayName("Case 49: reconnect: connects again when the claimed channel was closed, without a failure")
	void whenClaimedChannelIsClosedThenConnectsAgain(DispatchMode dispatch, CapturedOutput output) throws Exception {
		try (Peer peer = Peer.listening(); ClientHarness harness = ClientHarness.of(dispatch)) {
			ClientSocketFactory factory = harness.start(client(peer.address(), 0, 20).reconnect(true));
			for (int i = 1; i <= 4; i++) {
				SocketSuccessEvent event = harness.awaitSuccess(i);
				Await.await().until(() -> event.getClaimant() != null);
				Await.during(20, () -> assertThat(factory.getState()).isEqualTo(SocketState.CONNECTED));
				ClientConnectingTests.channelOf(event).close();
			}
			harness.awaitSuccess(5);
			ClientHarness.awaitState(factory, SocketState.CONNECTED);
			harness.assertEvents(5, 0);
			assertThat(factory.getStatus().connections()).isEqualTo(new SocketFactoryStatus.Connections(1, 5, 0, 0));
		}
		assertThat(output).contains("client 'test' connects again, its connection was closed");
	}

	@ParameterizedTest
	@EnumSource(DispatchMode.class)
	@DisplayName("Case 49: a handler that closes at once gives no hot loop")
	void whenHandlerClosesAtOnceThenReconnectsWithDelay(DispatchMode dispatch) {
		try (Peer peer = Peer.listening(); ClientHarness harness = ClientHarness.of(dispatch)) {
			harness.handle((event) -> Peer.close(event.claimChannel()));
			harness.start(client(peer.address(), 0, 100).reconnect(true));
			long begin = System.nanoTime();
			Await.await().until(() -> harness.getSuccesses().size() >= 5);
			assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(Duration.ofMillis(390),
					Duration.ofSeconds(3));
		}
	}

	@ParameterizedTest
	@EnumSource(DispatchMode.class)
	@DisplayName("Case 49: reconnect: connects again also if the handler failed before it had claimed the channel")
	void whenHandlerFailsThenConnectsAgain(DispatchMode dispatch) {
		try (Peer peer = Peer.listening(); ClientHarness harness = ClientHarness.of(dispatch)) {
			harness.handle((event) -> {
				throw new IllegalStateException("on purpose");
			});
			harness.start(client(peer.address(), 0, 20).reconnect(true));
			Await.await().until(() -> harness.getSuccesses().size() >= 3);
		}
	}

	@Test
	@DisplayName("Case 49: no reconnect if the handler turns the server away")
	void whenHandlerTurnsServerAwayThenStopped() {
		try (Peer peer = Peer.listening(); ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			harness.handle((event) -> event.closeUnclaimed("it is not on the list"));
			ClientSocketFactory factory = harness.start(client(peer.address(), 0, 20).reconnect(true));
			ClientHarness.awaitState(factory, SocketState.STOPPED);
			harness.assertEvents(1, 0);
		}
	}

	@Test
	@DisplayName("Case 49: no reconnect if nobody is to be told")
	void whenThereAreNoSuccessEventsThenStopped() {
		try (Peer peer = Peer.listening(); ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			ClientSocketFactory factory = harness
				.start(client(peer.address(), 0, 20).reconnect(true).successEvent(null));
			ClientHarness.awaitState(factory, SocketState.STOPPED);
			Await.during(100, () -> assertThat(factory.getStatus().connections().total()).isOne());
		}
	}

	@Test
	@DisplayName("Case 49: reconnect off: stopped when the claimed channel was closed")
	void whenReconnectIsOffThenStopped() throws Exception {
		try (Peer peer = Peer.listening(); ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			ClientSocketFactory factory = harness.start(client(peer.address(), -1, 1));
			SocketChannel channel = ClientConnectingTests.channelOf(harness.awaitSuccess(1));
			channel.close();
			ClientHarness.awaitState(factory, SocketState.STOPPED);
			assertThat(factory.getLocalAddress()).isNull();
			harness.assertEvents(1, 0);
			factory.start();
			harness.awaitSuccess(2);
		}
	}

	@Test
	@DisplayName("Case 49: stopped between a close and the reconnect: no reconnect")
	void whenStoppedBeforeTheReconnectThenNone() throws Exception {
		try (Peer peer = Peer.listening(); ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			ClientSocketFactory factory = harness.start(client(peer.address(), 0, 300).reconnect(true));
			ClientConnectingTests.channelOf(harness.awaitSuccess(1)).close();
			ClientHarness.awaitState(factory, SocketState.RESOLVING);
			assertThat(factory.isRunning()).isTrue();
			factory.stop();
			assertThat(factory.getState()).isEqualTo(SocketState.STOPPED);
			Await.during(500, () -> assertThat(harness.getSuccesses()).hasSize(1));
		}
	}

	@Test
	@DisplayName("Case 49: reconnect and nobody there any more: retried as configured, then connected")
	void whenReconnectFailsThenRetried() throws Exception {
		InetSocketAddress address;
		try (ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			try (Peer peer = Peer.listening()) {
				address = peer.address();
				harness.start(client(address, -1, 20).reconnect(true).reuse(true));
				harness.awaitSuccess(1);
				peer.accept();
			}
			ClientConnectingTests.channelOf(harness.getSuccesses().get(0)).close();
			Await.await().until(() -> harness.getFailures().size() >= 2);
			try (Peer peer = Peer.listening(address.getPort())) {
				harness.awaitSuccess(2);
				assertThat(peer.accept().isConnected()).isTrue();
			}
		}
	}

	@Test
	@DisplayName("Case 49: a listener that could not bind tries again until it can, or is stopped")
	void whenListenerCannotBindThenTriesAgain() {
		try (ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			ManagedSocketFactory listener;
			try (Peer busy = Peer.listening()) {
				RetrySettings retry = new RetrySettings(-1, Duration.ofMillis(10), 2, Duration.ofMillis(40),
						Duration.ZERO);
				listener = harness.startAny(SocketSpec.listener("test").bind(busy.address()).retry(retry).build());
				Await.await().until(() -> harness.getFailures().size() >= 4);
				assertThat(harness.getFailures()).extracting((event) -> event.getFailure().retryIn())
					.startsWith(Duration.ofMillis(10), Duration.ofMillis(20), Duration.ofMillis(40),
							Duration.ofMillis(40));
				ManagedSocketFactory stopped = harness
					.startAny(SocketSpec.listener("stopped").bind(busy.address()).retry(retry).build());
				stopped.stop();
				assertThat(stopped.getState()).isEqualTo(SocketState.STOPPED);
			}
			ClientHarness.awaitState(listener, SocketState.LISTENING);
			assertThat(harness.getFailures()).extracting(SocketFailureEvent::getFactoryName)
				.filteredOn("stopped"::equals)
				.hasSize(1);
		}
	}

	private static SocketSpecBuilder client(InetSocketAddress remote, int maxRetries, long delay) {
		return ClientConnectingTests.client(SocketDomain.AF_INET, remote)
			.retry(new RetrySettings(maxRetries, Duration.ofMillis(delay), 2, Duration.ofSeconds(30), Duration.ZERO));
	}

}
