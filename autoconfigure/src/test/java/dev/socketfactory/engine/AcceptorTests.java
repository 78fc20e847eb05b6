package dev.socketfactory.engine;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketfactory.PauseReason;
import dev.socketfactory.SocketFailure;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketState;
import dev.socketfactory.SocketType;
import dev.socketfactory.engine.socket.SocketOptions;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.LeakCheck;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Acceptor}, with accept(2) held or broken.
 */
@ExtendWith(LeakCheck.class)
class AcceptorTests {

	@Test
	void whenPausedBetweenCheckAndAcceptThenPauseReturnsAfterTheAccept() throws Exception {
		CountDownLatch entered = new CountDownLatch(1);
		CountDownLatch go = new CountDownLatch(1);
		AtomicBoolean past = new AtomicBoolean();
		try (SocketFactoryHarness harness = SocketFactoryHarness.inline()) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback());
			ScriptedServer.install(factory, (server) -> {
				entered.countDown();
				Await.latch(go);
				SocketChannel channel = server.accept();
				past.set(true);
				return channel;
			});
			harness.connect(factory);
			assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
			AtomicBoolean acceptedAtReturn = new AtomicBoolean();
			Thread pauser = new Thread(() -> {
				factory.pauseAccept();
				acceptedAtReturn.set(past.get());
			});
			pauser.start();
			Await.await()
				.until(() -> pauser.getState() == Thread.State.WAITING || pauser.getState() == Thread.State.TERMINATED);
			assertThat(pauser.isAlive()).as("the pause waits for the accept that is under way").isTrue();
			go.countDown();
			pauser.join();
			assertThat(acceptedAtReturn).isTrue();
			harness.connect(factory);
			Await.during(30, () -> assertThat(factory.getStatus().connections().total()).isLessThanOrEqualTo(1));
			assertThat(factory.getStatus().connections().total()).isOne();
		}
	}

	@Test
	void whenAcceptThrowsUncheckedThenBacksOffAndTriesAgain() {
		AtomicInteger calls = new AtomicInteger();
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor(1)) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback());
			ScriptedServer.install(factory, (server) -> {
				calls.incrementAndGet();
				throw new IllegalStateException("on purpose");
			});
			harness.connect(factory);
			Await.await().until(() -> calls.get() > 2);
			assertThat(factory.getPauseReasons()).containsExactly(PauseReason.BACKOFF);
			SocketFailure failure = Objects.requireNonNull(factory.getLastFailure());
			assertThat(failure.operation()).isEqualTo("accept");
			assertThat(failure.cause()).isInstanceOf(IllegalStateException.class);
			Await.await().untilAsserted(() -> assertThat(harness.getFailures()).hasSize(1));
		}
	}

	@Test
	void whenAcceptThrowsUncheckedWhileDrainingThenTriesTheOthers() {
		AtomicInteger calls = new AtomicInteger();
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor(1)) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback().listenQueue(2));
			factory.pauseAccept();
			harness.connect(factory);
			ScriptedServer.install(factory, (server) -> {
				if (calls.incrementAndGet() < 3) {
					throw new IllegalStateException("on purpose");
				}
				return server.accept();
			});
			// Ends the pause and the listener at once
			CountDownLatch go = new CountDownLatch(1);
			factory.getEngine().getLoop().execute(() -> Await.latch(go));
			factory.resumeAccept();
			Thread stopper = new Thread(factory::stop);
			stopper.start();
			Await.await().until(() -> factory.getState() != SocketState.LISTENING);
			go.countDown();
			Await.await().until(() -> factory.getState() == SocketState.STOPPED);
			assertThat(calls).hasValue(3);
			harness.awaitAccepted(1);
			assertThat(factory.getStatus().failures()).containsEntry("accept", 2L);
		}
	}

	@Test
	void whenAnOptionCannotBeSetThenTheConnectionIsClosedAndThatIsAFailure() throws IOException {
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor(1)) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback());
			SocketOptions unknown = SocketOptions.of(SocketSpec.listener("other")
				.type(SocketType.SOCK_DGRAM)
				.options(Map.of("IP_MULTICAST_TTL", 1))
				.build());
			ReflectionTestUtils.setField(ScriptedServer.acceptorOf(factory), "options", unknown);
			for (int i = 1; i <= 3; i++) {
				assertClosed(harness.connect(factory));
				SocketFailure failure = Objects.requireNonNull(factory.getLastFailure());
				assertThat(failure.operation()).isEqualTo("setsockopt");
				assertThat(failure.message()).contains("IP_MULTICAST_TTL 1: Invalid argument");
				Await.await().until(() -> factory.getStatus().connections().active() == 0);
				assertThat(factory.getStatus().failures()).containsEntry("setsockopt", (long) i);
			}
			assertThat(harness.getAccepted()).isEmpty();
		}
	}

	@Test
	void whenTheEventCannotBeMadeThenTheConnectionIsClosedAndItsPermitIsReleased() throws IOException {
		AtomicBoolean failing = new AtomicBoolean(true);
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor(1)) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback());
			harness.handle(ConnectionAcceptedEvent::claimChannel);
			ScriptedServer.install(factory, (server) -> {
				SocketChannel channel = server.accept();
				return (channel != null && failing.get()) ? new UndecodableChannel(channel) : channel;
			});
			assertClosed(harness.connect(factory));
			assertClosed(harness.connect(factory));
			failing.set(false);
			harness.connect(factory);
			harness.awaitAccepted(1);
			Await.await().until(() -> factory.getStatus().connections().active() == 1);
		}
	}

	private static void assertClosed(SocketChannel client) throws IOException {
		assertThat(client.socket().getInputStream().read()).isEqualTo(-1);
	}

}
