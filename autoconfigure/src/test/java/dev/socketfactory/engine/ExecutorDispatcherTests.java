package dev.socketfactory.engine;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.Parallel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link ExecutorDispatcher}.
 */
class ExecutorDispatcherTests {

	private final EventLoop loop;

	private final Queue<Runnable> queued = new ArrayDeque<>();

	private final List<String> log = new CopyOnWriteArrayList<>();

	ExecutorDispatcherTests() throws Exception {
		this.loop = new EventLoop("socket-factory-test");
	}

	@AfterEach
	void closeLoop() {
		this.loop.close();
	}

	@Test
	void whenAllPlacesAreTakenThenNoneIsReserved() {
		ExecutorDispatcher dispatcher = new ExecutorDispatcher(this.queued::add, 2, this.loop);
		assertThat(dispatcher.isInline()).isFalse();
		assertThat(dispatcher.tryAcquire()).isTrue();
		assertThat(dispatcher.tryAcquire()).isTrue();
		assertThat(dispatcher.tryAcquire()).isFalse();
		assertThat(dispatcher.getAcquired()).isEqualTo(2);
		dispatcher.release();
		assertThat(dispatcher.getAcquired()).isOne();
		assertThat(dispatcher.tryAcquire()).isTrue();
	}

	@Test
	void whenPlacesAreUnlimitedThenAlwaysReserved() {
		ExecutorDispatcher dispatcher = new ExecutorDispatcher(this.queued::add, Integer.MAX_VALUE, this.loop);
		for (int i = 0; i < 10_000; i++) {
			assertThat(dispatcher.tryAcquire()).isTrue();
		}
	}

	@Test
	void whenManyReserveAtOnceThenEachGetsAPlaceThatIsFree() throws Exception {
		int times = 1_000_000;
		ExecutorDispatcher dispatcher = new ExecutorDispatcher(this.queued::add, 4 * times, this.loop);
		AtomicInteger refusals = new AtomicInteger();
		Parallel.run(4, (thread) -> {
			for (int i = 0; i < times; i++) {
				refusals.addAndGet(dispatcher.tryAcquire() ? 0 : 1);
			}
		});
		assertThat(refusals).hasValue(0);
		assertThat(dispatcher.tryAcquire()).isFalse();
	}

	@Test
	void whenDeliveryHasEndedThenItsPlaceIsFree() {
		ExecutorDispatcher dispatcher = new ExecutorDispatcher(this.queued::add, 1, this.loop);
		assertThat(dispatcher.tryAcquire()).isTrue();
		dispatcher.dispatch(delivery(dispatcher, () -> this.log.add("delivered " + dispatcher.tryAcquire())));
		dispatcher.whenAvailable(() -> this.log.add("free " + dispatcher.tryAcquire()));
		assertThat(this.log).isEmpty();
		this.queued.remove().run();
		assertThat(this.log).containsExactly("delivered false", "free true");
	}

	@Test
	void whenDeliveryThrowsThenItsPlaceIsFree() {
		ExecutorDispatcher dispatcher = new ExecutorDispatcher(this.queued::add, 1, this.loop);
		assertThat(dispatcher.tryAcquire()).isTrue();
		dispatcher.dispatch(delivery(dispatcher, () -> {
			throw new IllegalStateException("no");
		}));
		assertThatIllegalStateException().isThrownBy(() -> this.queued.remove().run());
		assertThat(dispatcher.tryAcquire()).isTrue();
	}

	@Test
	void whenAPlaceIsFreeAlreadyThenWaiterRunsAtOnceAndOnce() {
		ExecutorDispatcher dispatcher = new ExecutorDispatcher(this.queued::add, 1, this.loop);
		dispatcher.whenAvailable(() -> this.log.add("free"));
		assertThat(this.log).containsExactly("free");
		dispatcher.tryAcquire();
		dispatcher.release();
		assertThat(this.log).containsExactly("free");
	}

	@Test
	void whenSeveralWaitThenAllAreTold() {
		ExecutorDispatcher dispatcher = new ExecutorDispatcher(this.queued::add, 1, this.loop);
		dispatcher.tryAcquire();
		dispatcher.whenAvailable(() -> this.log.add("first"));
		dispatcher.whenAvailable(() -> this.log.add("second"));
		dispatcher.release();
		assertThat(this.log).containsExactly("first", "second");
	}

	@Test
	void whenTheFirstWaiterTakesThePlaceThenTheNextIsToldOfTheNext() {
		ExecutorDispatcher dispatcher = new ExecutorDispatcher(this.queued::add, 1, this.loop);
		dispatcher.tryAcquire();
		dispatcher.whenAvailable(() -> this.log.add("first " + dispatcher.tryAcquire()));
		dispatcher.whenAvailable(() -> this.log.add("second " + dispatcher.tryAcquire()));
		dispatcher.release();
		assertThat(this.log).containsExactly("first true");
		dispatcher.release();
		assertThat(this.log).containsExactly("first true", "second true");
	}

	@Test
	void whenExecutorRefusesThenDeliveryRunsLaterAndNobodyGetsAPlaceBefore() {
		AtomicBoolean refusing = new AtomicBoolean(true);
		ExecutorDispatcher dispatcher = refusingWhile(refusing);
		assertThat(dispatcher.tryAcquire()).isTrue();
		dispatcher.dispatch(delivery(dispatcher, () -> this.log.add("delivered")));
		assertThat(this.log).isEmpty();
		assertThat(dispatcher.tryAcquire()).isFalse();
		dispatcher.whenAvailable(() -> this.log.add("free " + dispatcher.tryAcquire()));
		assertThat(dispatcher.getAcquired()).isOne();
		refusing.set(false);
		Await.await().until(() -> this.log.size() == 2);
		assertThat(this.log).containsExactly("delivered", "free true");
	}

	@Test
	void whenReservedWithoutAPlaceThenDeliveryWaitsForOne() throws Exception {
		int places = 3;
		ExecutorService threads = Executors.newCachedThreadPool();
		AtomicInteger running = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		AtomicInteger done = new AtomicInteger();
		try {
			ExecutorDispatcher dispatcher = new ExecutorDispatcher(threads, places, this.loop);
			for (int i = 0; i < 10 * places; i++) {
				dispatcher.acquireBeyondLimit();
				dispatcher.dispatch(delivery(dispatcher, () -> {
					most.accumulateAndGet(running.incrementAndGet(), Math::max);
					Thread.yield();
					running.decrementAndGet();
					done.incrementAndGet();
				}));
			}
			assertThat(dispatcher.getAcquired()).isPositive();
			Await.await().until(() -> done.get() == 10 * places);
			assertThat(most).hasValueLessThanOrEqualTo(places);
			Await.await().until(() -> dispatcher.getAcquired() == 0);
			assertThat(dispatcher.tryAcquire()).isTrue();
		}
		finally {
			Parallel.end(threads);
		}
	}

	@Test
	void whenExecutorRefusesForAWhileThenOrderIsKept() {
		AtomicInteger refusals = new AtomicInteger();
		ExecutorDispatcher dispatcher = new ExecutorDispatcher((task) -> {
			if (refusals.incrementAndGet() < 6) {
				throw new RejectedExecutionException("full");
			}
			task.run();
		}, 10, this.loop);
		dispatcher.tryAcquire();
		dispatcher.tryAcquire();
		dispatcher.dispatch(delivery(dispatcher, () -> this.log.add("first")));
		dispatcher.dispatch(delivery(dispatcher, () -> this.log.add("second")));
		Await.await().until(() -> this.log.size() == 2);
		assertThat(this.log).containsExactly("first", "second");
		Await.await().until(() -> dispatcher.getAcquired() == 0);
	}

	@Test
	void whenOneWaitsForTheExecutorThenTheNextDoesNotOvertakeIt() {
		AtomicBoolean refusing = new AtomicBoolean(true);
		ExecutorDispatcher dispatcher = refusingWhile(refusing);
		dispatcher.tryAcquire();
		dispatcher.tryAcquire();
		CountDownLatch both = new CountDownLatch(1);
		this.loop.execute(() -> Await.latch(both));
		dispatcher.dispatch(delivery(dispatcher, () -> this.log.add("first")));
		refusing.set(false);
		dispatcher.dispatch(delivery(dispatcher, () -> this.log.add("second")));
		both.countDown();
		Await.await().until(() -> this.log.size() == 2);
		assertThat(this.log).containsExactly("first", "second");
	}

	@Test
	void whenThereIsNoMemoryForAThreadThenDeliveryRunsLater() {
		AtomicInteger failures = new AtomicInteger();
		ExecutorDispatcher dispatcher = new ExecutorDispatcher((task) -> {
			if (failures.incrementAndGet() < 4) {
				throw new OutOfMemoryError("unable to create native thread");
			}
			task.run();
		}, 1, this.loop);
		dispatcher.tryAcquire();
		assertThatNoException()
			.isThrownBy(() -> dispatcher.dispatch(delivery(dispatcher, () -> this.log.add("delivered"))));
		Await.await().until(() -> this.log.contains("delivered"));
		Await.await().until(() -> dispatcher.getAcquired() == 0);
		assertThat(failures).hasValue(4);
	}

	@Test
	void whenExecutorFailsOtherwiseThenDeliveryIsToldAndItsPlaceIsFree() {
		ExecutorDispatcher dispatcher = new ExecutorDispatcher((task) -> {
			throw new IllegalStateException("decorator");
		}, 1, this.loop);
		dispatcher.tryAcquire();
		dispatcher.dispatch(delivery(dispatcher, () -> this.log.add("delivered")));
		assertThat(this.log).containsExactly("failed decorator");
		assertThat(dispatcher.tryAcquire()).isTrue();
	}

	@Test
	void whenTellingAFailureFailsTooThenTheOthersRun() {
		ExecutorDispatcher dispatcher = refusingTwoAndFailingOne();
		dispatcher.tryAcquire();
		dispatcher.tryAcquire();
		CountDownLatch both = new CountDownLatch(1);
		this.loop.execute(() -> Await.latch(both));
		dispatcher.dispatch(new CreatedSocket(null, null, null) {

			@Override
			public void run() {
				throw new AssertionError("not run");
			}

			@Override
			void fail(Throwable cause) {
				throw new IllegalStateException("logging is broken too");
			}

		});
		dispatcher.dispatch(delivery(dispatcher, () -> this.log.add("second")));
		both.countDown();
		Await.await().until(() -> this.log.contains("second"));
	}

	@Test
	void whenExecutorFailsForOneOfSeveralRefusedThenTheOthersRun() {
		ExecutorDispatcher dispatcher = refusingTwoAndFailingOne();
		dispatcher.tryAcquire();
		dispatcher.tryAcquire();
		CountDownLatch both = new CountDownLatch(1);
		this.loop.execute(() -> Await.latch(both));
		dispatcher.dispatch(delivery(dispatcher, () -> this.log.add("first")));
		dispatcher.dispatch(delivery(dispatcher, () -> this.log.add("second")));
		both.countDown();
		Await.await().until(() -> dispatcher.getAcquired() == 0);
		assertThat(this.log).containsExactly("failed decorator", "second");
	}

	@Test
	void whenManyReserveAtOnceThenNeverMoreThanThePlacesAndNoWaiterIsForgotten() throws Exception {
		int places = 2;
		ExecutorService executor = Executors.newFixedThreadPool(2);
		try {
			ExecutorDispatcher dispatcher = new ExecutorDispatcher(executor, places, this.loop);
			AtomicInteger running = new AtomicInteger();
			AtomicInteger most = new AtomicInteger();
			AtomicInteger delivered = new AtomicInteger();
			Parallel.run(4, (thread) -> {
				for (int i = 0; i < 20_000; i++) {
					acquire(dispatcher);
					dispatcher.dispatch(delivery(dispatcher, () -> {
						most.accumulateAndGet(running.incrementAndGet(), Math::max);
						running.decrementAndGet();
						delivered.incrementAndGet();
					}));
				}
			});
			Await.await().until(() -> dispatcher.getAcquired() == 0);
			assertThat(delivered).hasValue(80_000);
			assertThat(most).hasValueLessThanOrEqualTo(places);
		}
		finally {
			Parallel.end(executor);
		}
	}

	@Test
	void whenAPlaceIsReleasedWhileOthersTryThenWaiterIsNotForgotten() throws Exception {
		ExecutorDispatcher dispatcher = new ExecutorDispatcher(this.queued::add, 1, this.loop);
		CyclicBarrier round = new CyclicBarrier(3);
		AtomicBoolean served = new AtomicBoolean();
		AtomicInteger forgotten = new AtomicInteger();
		Parallel.run(3, (thread) -> {
			for (int i = 0; i < 20_000; i++) {
				if (thread == 0) {
					served.set(false);
					dispatcher.tryAcquire();
				}
				round.await(10, TimeUnit.SECONDS);
				if (thread == 0) {
					dispatcher.release();
				}
				else if (thread == 1) {
					tryOnce(dispatcher);
				}
				else {
					tryOrWait(dispatcher, served);
				}
				round.await(10, TimeUnit.SECONDS);
				if (thread == 0 && !served.get()) {
					forgotten.incrementAndGet();
					dispatcher.tryAcquire();
					dispatcher.release();
				}
			}
		});
		assertThat(forgotten).hasValue(0);
	}

	private static void tryOnce(ExecutorDispatcher dispatcher) {
		if (dispatcher.tryAcquire()) {
			dispatcher.release();
		}
	}

	private static void tryOrWait(ExecutorDispatcher dispatcher, AtomicBoolean served) {
		if (dispatcher.tryAcquire()) {
			served.set(true);
			dispatcher.release();
		}
		else {
			dispatcher.whenAvailable(() -> served.set(true));
		}
	}

	private static void acquire(ExecutorDispatcher dispatcher) throws Exception {
		while (!dispatcher.tryAcquire()) {
			CountDownLatch free = new CountDownLatch(1);
			dispatcher.whenAvailable(free::countDown);
			assertThat(free.await(Duration.ofSeconds(10).toMillis(), TimeUnit.MILLISECONDS))
				.as("the waiter is told of a free place")
				.isTrue();
		}
	}

	private ExecutorDispatcher refusingWhile(AtomicBoolean refusing) {
		return new ExecutorDispatcher((task) -> {
			if (refusing.get()) {
				throw new RejectedExecutionException("full");
			}
			task.run();
		}, 10, this.loop);
	}

	private ExecutorDispatcher refusingTwoAndFailingOne() {
		AtomicInteger calls = new AtomicInteger();
		return new ExecutorDispatcher((task) -> {
			switch (calls.incrementAndGet()) {
				case 1, 2 -> throw new RejectedExecutionException("full");
				case 3 -> throw new IllegalStateException("decorator");
				default -> task.run();
			}
		}, 10, this.loop);
	}

	private CreatedSocket delivery(Dispatcher dispatcher, Runnable handler) {
		return new CreatedSocket(null, null, null) {

			@Override
			public void run() {
				try {
					handler.run();
				}
				finally {
					dispatcher.release();
				}
			}

			@Override
			void fail(Throwable cause) {
				ExecutorDispatcherTests.this.log.add("failed " + cause.getMessage());
				dispatcher.release();
			}

		};
	}

}
