package dev.socketfactory.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.RetrySettings;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketState;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.LeakCheck;
import dev.socketfactory.testing.Parallel;
import dev.socketfactory.testing.Peer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for clients that wait for a place on the executor before they connect.
 */
@ExtendWith({ LeakCheck.class, OutputCaptureExtension.class })
@Timeout(30)
class ClientPermitsTests {

	private final Semaphore handlersMayEnd = new Semaphore(0);

	private final Peer peer = Peer.listening();

	private final ClientHarness harness = ClientHarness.permits(1).handle((event) -> {
		event.claimBlockingChannel();
		this.handlersMayEnd.acquireUninterruptibly();
	});

	@AfterEach
	void close() {
		this.handlersMayEnd.release(1_000_000);
		this.harness.close();
		this.peer.close();
	}

	@Test
	@DisplayName("A client connects when the place is free, not before, and the log says what it waits for")
	void whenPlaceIsTakenThenConnectsWhenItIsFree(CapturedOutput output) {
		start("first");
		this.harness.awaitSuccess(1);
		this.peer.accept();
		ClientSocketFactory second = start("second");
		Await.during(100, () -> assertThat(second.getState()).isEqualTo(SocketState.RESOLVING));
		assertThat(this.peer.acceptNow()).isFalse();
		assertThat(output)
			.containsOnlyOnce("client 'second' waits for a handler to end: the executor has no free thread");
		this.handlersMayEnd.release();
		assertThat(this.harness.awaitSuccess(2).getSource()).isSameAs(second);
		this.handlersMayEnd.release();
		this.harness.assertAllPermitsReleased();
	}

	@Test
	@DisplayName("Several wait: one place, one connects; the event loop goes on")
	void whenSeveralWaitThenOneAfterTheOther() throws Exception {
		start("first");
		this.harness.awaitSuccess(1);
		List<ClientSocketFactory> waiting = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			waiting.add(start("waiting-" + i));
		}
		for (int i = 2; i <= 6; i++) {
			this.handlersMayEnd.release();
			this.harness.awaitSuccess(i);
			assertThat(this.harness.getAcquiredPermits()).isOne();
			Semaphore looped = new Semaphore(0);
			this.harness.getEngine().getLoop().execute(looped::release);
			assertThat(looped.tryAcquire(5, TimeUnit.SECONDS)).isTrue();
		}
		assertThat(waiting).extracting(ManagedSocketFactory::getState).containsOnly(SocketState.CONNECTED);
		this.handlersMayEnd.release();
		this.harness.assertAllPermitsReleased();
	}

	@Test
	@DisplayName("Several wait for the place of one that fails")
	void whenSeveralWaitForOneThatFailsThenTheyConnect() {
		this.harness.start(ClientConnectingTests.client("failing", Peer.nobody())
			.retry(RetrySettings.NONE.withMaxRetries(20).withDelay(Duration.ofMillis(1))));
		this.handlersMayEnd.release(100);
		for (int i = 0; i < 10; i++) {
			start("waiting-" + i);
		}
		this.harness.awaitSuccess(10);
		this.harness.assertAllPermitsReleased();
	}

	@Test
	@DisplayName("Stopped while waiting: nothing happens when the place is free, and every place comes back")
	void whenStoppedWhileWaitingThenNothing() {
		start("first");
		this.harness.awaitSuccess(1);
		this.peer.accept();
		ClientSocketFactory second = start("second");
		second.stop();
		assertThat(second.getState()).isEqualTo(SocketState.STOPPED);
		this.handlersMayEnd.release();
		this.harness.assertAllPermitsReleased();
		this.harness.assertEvents(1, 0);
		assertThat(this.peer.acceptNow()).isFalse();
	}

	@Test
	@DisplayName("Stopped and started many times while waiting: one connection, every place comes back")
	void whenStoppedAndStartedOftenWhileWaitingThenOneConnection() {
		start("first");
		this.harness.awaitSuccess(1);
		ClientSocketFactory second = start("second");
		for (int i = 0; i < 20_000; i++) {
			second.stop();
			second.start();
		}
		this.handlersMayEnd.release();
		this.harness.awaitSuccess(2);
		this.handlersMayEnd.release();
		this.harness.assertAllPermitsReleased();
		this.harness.assertEvents(2, 0);
	}

	@Test
	@DisplayName("Clients that stop while others wait do not lock each other out")
	void whenStoppedByManyThreadsWhileOthersWaitThenNoDeadlock() throws Exception {
		this.handlersMayEnd.release(1_000_000);
		List<ClientSocketFactory> factories = new ArrayList<>();
		try (Peer silent = Peer.silent()) {
			for (int i = 0; i < 4; i++) {
				factories.add(this.harness.make(ClientConnectingTests.client("client-" + i, silent.address())));
			}
			Parallel.run(4, (thread) -> {
				for (int i = 0; i < 2000; i++) {
					factories.get(thread).start();
					factories.get(thread).stop();
				}
			});
			this.harness.assertAllPermitsReleased();
		}
	}

	@Test
	@DisplayName("An inline client needs no place")
	void whenInlineThenNoPlaceIsNeeded() {
		start("first");
		this.harness.awaitSuccess(1);
		this.handlersMayEnd.release();
		this.harness.start(SocketSpec.client("inline").remote(this.peer.address()).dispatch(DispatchMode.INLINE));
		this.harness.awaitSuccess(2);
	}

	private ClientSocketFactory start(String name) {
		return this.harness.start(ClientConnectingTests.client(name, this.peer.address()));
	}

}
