package dev.socketfactory.engine;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.SocketConnection;
import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketFailureException;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketSpecBuilder;
import dev.socketfactory.SocketState;
import dev.socketfactory.SocketType;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.LeakCheck;
import dev.socketfactory.testing.Parallel;
import dev.socketfactory.testing.Peer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ConnectionFuture}: {@link SocketFactory#connect()}.
 */
@ExtendWith(LeakCheck.class)
@EnabledOnOs(OS.LINUX)
class ConnectionFutureTests {

	private static final String CLOSED = "java.lang.IllegalStateException: The application context has been closed";

	@ParameterizedTest
	@EnumSource(names = { "AF_INET", "AF_INET6" })
	void whenConnectedThenBlockingAndUnregisteredWithoutEvent(SocketDomain domain) throws Exception {
		try (Peer peer = Peer.listening(domain); ClientHarness harness = ClientHarness.of(DispatchMode.INLINE)) {
			ClientSocketFactory factory = harness.make(ClientConnectingTests.client(domain, peer.address()));
			List<String> threads = new ArrayList<>();
			SocketConnection channel = get(factory.connect().whenComplete((made, failure) -> threads.add(thread())));
			assertThat(channel.getChannel().isBlocking()).isTrue();
			assertThat(channel.getChannel().isRegistered()).isFalse();
			assertThat(channel.getRemoteAddress()).isEqualTo(peer.address());
			SocketChannel server = peer.accept();
			Peer.write(channel.getChannel(), "a");
			assertThat(Peer.read(server, 1)).isEqualTo("a");
			assertThat(factory.getState()).isEqualTo(SocketState.NEW);
			assertThat(factory.getLocalAddress()).isNull();
			assertThat(factory.getStatus().connections()).isEqualTo(new SocketFactoryStatus.Connections(1, 1, 0, 0));
			assertThat(threads).doesNotContain("socket-loop");
			harness.assertEvents(0, 0);
			assertThat(harness.getStates("test")).isEmpty();
		}
	}

	@Test
	void whenSeveralAtOnceThenEachHasItsConnection() throws Exception {
		try (Peer peer = Peer.listening(); ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			ClientSocketFactory factory = harness.start(ClientConnectingTests.text(peer.address()));
			List<CompletableFuture<SocketConnection>> futures = Collections.synchronizedList(new ArrayList<>());
			Parallel.run(4, (thread) -> {
				for (int i = 0; i < 25; i++) {
					futures.add(factory.connect());
				}
			});
			List<SocketConnection> channels = new ArrayList<>();
			for (CompletableFuture<SocketConnection> future : futures) {
				channels.add(get(future));
			}
			assertThat(channels).hasSize(100).doesNotHaveDuplicates().allMatch(SocketConnection::isOpen);
			harness.awaitSuccess(1);
			assertThat(factory.getStatus().connections().active()).isEqualTo(101);
			harness.assertEvents(1, 0);
		}
	}

	@Test
	void whenRefusedThenFailureWithItsPartsAndNoEvent() {
		InetSocketAddress nobody = Peer.nobody();
		try (ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			ClientSocketFactory factory = harness.make(ClientConnectingTests.client(SocketDomain.AF_INET, nobody));
			String message = ClientConnectingTests.text(nobody) + ": Connection refused";
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(factory.connect()))
				.havingCause()
				.isInstanceOfSatisfying(SocketFailureException.class, (ex) -> {
					ClientConnectingTests.assertFailure(ex.getFailure(), "connect", "ECONNREFUSED", message);
					assertThat(ex.getFailure().retryIn()).isNull();
				})
				.withMessage("'test': connect failed: %s (ECONNREFUSED)", message);
			assertThat(factory.getStatus().failures()).containsEntry("connect", 1L);
			assertThat(factory.getState()).isEqualTo(SocketState.NEW);
			harness.assertEvents(0, 0);
		}
	}

	@Test
	void whenCancelledWhileConnectingThenClosed() {
		try (Peer peer = Peer.silent(); ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			long sockets = LeakCheck.countSockets();
			ClientSocketFactory factory = harness
				.make(ClientConnectingTests.client(SocketDomain.AF_INET, peer.address()));
			CompletableFuture<SocketConnection> future = factory.connect();
			Await.await().until(() -> LeakCheck.countSockets() == sockets + 1);
			assertThat(future.cancel(true)).isTrue();
			assertThat(LeakCheck.countSockets()).isEqualTo(sockets);
			assertThatExceptionOfType(CancellationException.class).isThrownBy(() -> get(future));
			assertThat(factory.getStatus().failures()).isEmpty();
		}
	}

	@Test
	void whenCallerGivesUpAfterATimeThenClosed() {
		try (Peer peer = Peer.silent(); ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			long sockets = LeakCheck.countSockets();
			ClientSocketFactory factory = harness
				.make(ClientConnectingTests.client(SocketDomain.AF_INET, peer.address()));
			assertThatExceptionOfType(ExecutionException.class)
				.isThrownBy(() -> get(factory.connect().orTimeout(50, TimeUnit.MILLISECONDS)))
				.withMessage("java.util.concurrent.TimeoutException");
			Await.await()
				.atMost(Duration.ofSeconds(2))
				.untilAsserted(() -> assertThat(LeakCheck.countSockets()).isEqualTo(sockets));
		}
	}

	@Test
	void whenServerAnswersAtOnceThenConnectedWhenTheCallerHasTheFuture() throws Exception {
		try (Peer peer = Peer.listening(); ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			ClientSocketFactory factory = harness
				.make(ClientConnectingTests.client(SocketDomain.AF_INET, peer.address()));
			int atOnce = 0;
			for (int i = 0; i < 100; i++) {
				CompletableFuture<SocketConnection> future = factory.connect();
				atOnce += future.isDone() ? 1 : 0;
				get(future).close();
			}
			// The system may be late with an answer
			assertThat(atOnce).isPositive();
		}
	}

	@Test
	void whenCancelledAtAnyMomentThenEitherConnectedOrClosed() throws Exception {
		try (Peer peer = Peer.listening(); ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			long sockets = LeakCheck.countSockets();
			ClientSocketFactory factory = harness.make(byName(peer));
			int cancelled = 0;
			for (int i = 0; i < 1000; i++) {
				CompletableFuture<SocketConnection> future = factory.connect();
				long until = System.nanoTime() + ThreadLocalRandom.current().nextLong(400_000);
				while (System.nanoTime() < until) {
					Thread.onSpinWait();
				}
				if (future.cancel(false)) {
					cancelled++;
				}
				else {
					get(future).close();
				}
			}
			assertThat(cancelled).isBetween(1, 1000);
			acceptAll(peer);
			peer.closeAccepted();
			Await.await().untilAsserted(() -> assertThat(LeakCheck.countSockets()).isEqualTo(sockets));
			Await.await().untilAsserted(() -> assertThat(factory.getStatus().connections().active()).isZero());
		}
	}

	@Test
	void whenClosedThenForgotten() throws Exception {
		try (Peer peer = Peer.listening(); ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			ClientSocketFactory factory = harness
				.make(ClientConnectingTests.client(SocketDomain.AF_INET, peer.address()));
			for (int i = 0; i < 3; i++) {
				SocketConnection channel = get(factory.connect());
				assertThat(factory.getStatus().connections().active()).isOne();
				channel.close();
				Await.await().untilAsserted(() -> assertThat(factory.getStatus().connections().active()).isZero());
			}
			assertThat(factory.getStatus().connections().total()).isEqualTo(3);
		}
	}

	@Test
	void whenStoppedThenStillConnects() throws Exception {
		try (Peer peer = Peer.listening(); ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			ClientSocketFactory factory = harness.start(ClientConnectingTests.text(peer.address()));
			harness.awaitSuccess(1);
			factory.stop();
			SocketConnection channel = get(factory.connect());
			assertThat(factory.getState()).isEqualTo(SocketState.STOPPED);
			factory.start();
			factory.stop();
			assertThat(channel.isOpen()).isTrue();
		}
	}

	@Test
	void whenPlacesAreTakenThenConnectsAllTheSame() throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		try (Peer peer = Peer.listening(); ClientHarness harness = ClientHarness.permits(1).handle((event) -> {
			event.claimChannel();
			Await.latch(end);
		})) {
			ClientSocketFactory factory = harness.start(ClientConnectingTests.text(peer.address()));
			harness.awaitSuccess(1);
			assertThat(get(factory.connect()).isOpen()).isTrue();
			end.countDown();
		}
	}

	@Test
	void whenNoStreamClientThenFails() {
		try (SocketFactoryHarness listeners = SocketFactoryHarness.inline();
				ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			SocketFactory listener = listeners.listen(SocketFactoryHarness.loopback());
			SocketFactory datagram = harness
				.make(SocketSpec.client("datagram").type(SocketType.SOCK_DGRAM).remote("127.0.0.1:1"));
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(listener.connect()))
				.withMessage("java.lang.IllegalStateException: 'test' is not a stream client: it cannot connect");
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(datagram.connect()))
				.withMessage("java.lang.IllegalStateException: 'datagram' is not a stream client: it cannot connect");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "127.0.0.1", "localhost" })
	void whenContextIsClosedThenFails(String host) {
		SocketFactoryHarness harness = SocketFactoryHarness.executor();
		SocketFactory factory;
		try (harness) {
			factory = harness.open(SocketSpec.client("test").remote(host + ":1").autoStartup(false));
		}
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(factory.connect()))
			.withMessage(CLOSED);
	}

	@Test
	void whenContextIsClosedWhileConnectingThenFailsAndNothingIsLeft() {
		try (Peer peer = Peer.silent()) {
			CompletableFuture<SocketConnection> connecting;
			CompletableFuture<SocketConnection> lookingUp;
			CountDownLatch answer = new CountDownLatch(1);
			try (ClientHarness harness = ClientHarness.hosts((host) -> {
				if (host != null && host.startsWith("slow")) {
					Await.latch(answer);
				}
				return new InetAddress[] { InetAddress.getLoopbackAddress() };
			})) {
				connecting = harness.make(ClientConnectingTests.client("a", peer.address())).connect();
				lookingUp = harness.make(SocketSpec.client("b").remote("slow.example:80")).connect();
				Await.during(50, () -> assertThat(connecting).isNotDone());
			}
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(connecting)).withMessage(CLOSED);
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> get(lookingUp)).withMessage(CLOSED);
			answer.countDown();
		}
	}

	@Test
	void whenContextIsClosedAtAnyMomentThenEveryFutureEnds() throws Exception {
		for (int round = 0; round < 30; round++) {
			List<CompletableFuture<SocketConnection>> futures = new ArrayList<>();
			try (Peer peer = Peer.listening()) {
				try (ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
					ClientSocketFactory factory = harness
						.make(ClientConnectingTests.client(SocketDomain.AF_INET, peer.address()));
					for (int i = 0; i < 40; i++) {
						futures.add(factory.connect());
					}
					TimeUnit.MICROSECONDS.sleep(ThreadLocalRandom.current().nextInt(3000));
				}
				for (CompletableFuture<SocketConnection> future : futures) {
					Await.await().atMost(Duration.ofSeconds(5)).until(future::isDone);
					if (!future.isCompletedExceptionally()) {
						future.get().close();
					}
				}
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "127.0.0.1:1", "localhost:1" })
	void whenContextIsClosedThenClientsDoNotStart(String remote) {
		SocketFactory client;
		SocketFactory listener;
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor()) {
			client = harness.open(SocketSpec.client("test").remote(remote).autoStartup(false));
			listener = harness.open(SocketSpec.listener("listener").bind("127.0.0.1:0").autoStartup(false));
		}
		catch (RuntimeException ex) {
			throw new AssertionError(ex);
		}
		client.start();
		listener.start();
		assertThat(client.getState()).isEqualTo(SocketState.NEW);
		assertThat(listener.getState()).isEqualTo(SocketState.NEW);
		client.stop();
		listener.stop();
	}

	@Test
	void whenContextIsClosedThenNoConnectionOutlivesIt() throws Exception {
		CountDownLatch connected = new CountDownLatch(1);
		CountDownLatch closing = new CountDownLatch(1);
		CompletableFuture<SocketConnection> future;
		try (Peer peer = Peer.listening(); SocketFactoryHarness harness = SocketFactoryHarness.executor()) {
			ManagedSocketFactory client = harness.open(byName(peer).autoStartup(false));
			client.addMeters(new FactoryMeters() {

				@Override
				public void connected(long nanos) {
					// The loop loses its processor here, until everything has been closed
					connected.countDown();
					Await.latch(closing);
				}

			});
			future = client.connect();
			Await.latch(connected);
			Thread closer = new Thread(harness::close);
			closer.start();
			Await.await().until(future::isDone);
			closing.countDown();
			closer.join();
		}
		assertThat(future).isCompletedExceptionally();
	}

	@Test
	void whenFactoryIsClosedByNameThenItConnectsNoMore() {
		try (Peer silent = Peer.silent(); SocketFactoryHarness harness = SocketFactoryHarness.executor()) {
			SocketFactory client = harness.open(SocketSpec.client("test").remote(silent.address()).autoStartup(false));
			CompletableFuture<SocketConnection> pending = client.connect();
			harness.getFactories().close("test");
			assertClosed(pending);
			assertClosed(client.connect());
		}
	}

	private static void assertClosed(CompletableFuture<SocketConnection> future) {
		assertThat(future).failsWithin(Duration.ofSeconds(5))
			.withThrowableOfType(ExecutionException.class)
			.havingCause()
			.isInstanceOf(IllegalStateException.class)
			.withMessage("client 'test' has been closed");
	}

	private static SocketConnection get(CompletableFuture<SocketConnection> future) throws Exception {
		return future.get(10, TimeUnit.SECONDS);
	}

	private static void acceptAll(Peer peer) {
		int accepted = 0;
		while (peer.acceptNow()) {
			accepted++;
		}
		assertThat(accepted).isPositive();
	}

	/**
	 * Return a client that has to look its server up, on another thread than the
	 * caller's.
	 */
	private static SocketSpecBuilder byName(Peer peer) {
		return SocketSpec.client("test").domain(SocketDomain.AF_INET).remote("localhost:" + peer.port());
	}

	private static String thread() {
		return Thread.currentThread().getName();
	}

}
