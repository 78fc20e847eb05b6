package dev.socketfactory.engine.dispatch;

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

import dev.socketfactory.engine.loop.EventLoop;
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
		assertThat(dispatcher.tryReserve()).isTrue();
		assertThat(dispatcher.tryReserve()).isTrue();
		assertThat(dispatcher.tryReserve()).isFalse();
		assertThat(dispatcher.getRunning()).isEqualTo(2);
		dispatcher.release();
		assertThat(dispatcher.getRunning()).isOne();
		assertThat(dispatcher.tryReserve()).isTrue();
	}

	@Test
	void whenPlacesAreUnlimitedThenAlwaysReserved() {
		ExecutorDispatcher dispatcher = new ExecutorDispatcher(this.queued::add, Integer.MAX_VALUE, this.loop);
		for (int i = 0; i < 10_000; i++) {
			assertThat(dispatcher.tryReserve()).isTrue();
		}
	}

	@Test
	void whenManyReserveAtOnceThenEachGetsAPlaceThatIsFree() throws Exception {
		int times = 1_000_000;
		ExecutorDispatcher dispatcher = new ExecutorDispatcher(this.queued::add, 4 * times, this.loop);
		AtomicInteger refusals = new AtomicInteger();
		Parallel.run(4, (thread) -> {
			for (int i = 0; i < times; i++) {
				refusals.addAndGet(dispatcher.tryReserve() ? 0 : 1);
			}
		});
		assertThat(refusals).hasValue(0);
		assertThat(dispatcher.tryReserve()).isFalse();
	}

	@Test
	void whenDeliveryHasEndedThenItsPlaceIsFree() {
		ExecutorDispatcher dispatcher = new ExecutorDispatcher(this.queued::add, 1, this.loop);
		assertThat(dispatcher.tryReserve()).isTrue();
		dispatcher.dispatch(delivery(dispatcher, () -> this.log.add("delivered " + dispatcher.tryReserve())));
		dispatcher.whenFree(() -> this.log.add("free " + dispatcher.tryReserve()));
		assertThat(this.log).isEmpty();
		this.queued.remove().run();
		assertThat(this.log).containsExactly("delivered false", "free true");
	}

	@Test
	void whenDeliveryThrowsThenItsPlaceIsFree() {
		ExecutorDispatcher dispatcher = new ExecutorDispatcher(this.queued::add, 1, this.loop);
		assertThat(dispatcher.tryReserve()).isTrue();
		dispatcher.dispatch(delivery(dispatcher, () -> {
			throw new IllegalStateException("no");
		}));
		assertThatIllegalStateException().isThrownBy(() -> this.queued.remove().run());
		assertThat(dispatcher.tryReserve()).isTrue();
	}

	@Test
	void whenAPlaceIsFreeAlreadyThenWaiterRunsAtOnceAndOnce() {
		ExecutorDispatcher dispatcher = new ExecutorDispatcher(this.queued::add, 1, this.loop);
		dispatcher.whenFree(() -> this.log.add("free"));
		assertThat(this.log).containsExactly("free");
		dispatcher.tryReserve();
		dispatcher.release();
		assertThat(this.log).containsExactly("free");
	}

	@Test
	void whenSeveralWaitThenAllAreTold() {
		ExecutorDispatcher dispatcher = new ExecutorDispatcher(this.queued::add, 1, this.loop);
		dispatcher.tryReserve();
		dispatcher.whenFree(() -> this.log.add("first"));
		dispatcher.whenFree(() -> this.log.add("second"));
		dispatcher.release();
		assertThat(this.log).containsExactly("first", "second");
	}

	@Test
	void whenTheFirstWaiterTakesThePlaceThenTheNextIsToldOfTheNext() {
		ExecutorDispatcher dispatcher = new ExecutorDispatcher(this.queued::add, 1, this.loop);
		dispatcher.tryReserve();
		dispatcher.whenFree(() -> this.log.add("first " + dispatcher.tryReserve()));
		dispatcher.whenFree(() -> this.log.add("second " + dispatcher.tryReserve()));
		dispatcher.release();
		assertThat(this.log).containsExactly("first true");
		dispatcher.release();
		assertThat(this.log).containsExactly("first true", "second true");
	}

	@Test
	void whenExecutorRefusesThenDeliveryRunsLaterAndNobodyGetsAPlaceBefore() {
		AtomicBoolean refusing = new AtomicBoolean(true);
		ExecutorDispatcher dispatcher = new ExecutorDispatcher((task) -> {
			if (refusing.get()) {
				throw new RejectedExecutionException("full");
			}
			task.run();
		}, 10, this.loop);
		assertThat(dispatcher.tryReserve()).isTrue();
		dispatcher.dispatch(delivery(dispatcher, () -> this.log.add("delivered")));
		assertThat(this.log).isEmpty();
		assertThat(dispatcher.tryReserve()).isFalse();
		dispatcher.whenFree(() -> this.log.add("free " + dispatcher.tryReserve()));
		assertThat(dispatcher.getRunning()).isOne();
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
				dispatcher.reserveAnyway();
				dispatcher.dispatch(delivery(dispatcher, () -> {
					most.accumulateAndGet(running.incrementAndGet(), Math::max);
					Thread.yield();
					running.decrementAndGet();
					done.incrementAndGet();
				}));
			}
			assertThat(dispatcher.getRunning()).isPositive();
			Await.await().until(() -> done.get() == 10 * places);
			assertThat(most).hasValueLessThanOrEqualTo(places);
			Await.await().until(() -> dispatcher.getRunning() == 0);
			assertThat(dispatcher.tryReserve()).isTrue();
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
		dispatcher.tryReserve();
		dispatcher.tryReserve();
		dispatcher.dispatch(delivery(dispatcher, () -> this.log.add("first")));
		dispatcher.dispatch(delivery(dispatcher, () -> this.log.add("second")));
		Await.await().until(() -> this.log.size() == 2);
		assertThat(this.log).containsExactly("first", "second");
		Await.await().until(() -> dispatcher.getRunning() == 0);
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
		dispatcher.tryReserve();
		assertThatNoException()
			.isThrownBy(() -> dispatcher.dispatch(delivery(dispatcher, () -> this.log.add("delivered"))));
		Await.await().until(() -> this.log.contains("delivered"));
		Await.await().until(() -> dispatcher.getRunning() == 0);
		assertThat(failures).hasValue(4);
	}

	@Test
	void whenExecutorFailsOtherwiseThenDeliveryIsToldAndItsPlaceIsFree() {
		ExecutorDispatcher dispatcher = new ExecutorDispatcher((task) -> {
			throw new IllegalStateException("decorator");
		}, 1, this.loop);
		dispatcher.tryReserve();
		dispatcher.dispatch(delivery(dispatcher, () -> this.log.add("delivered")));
		assertThat(this.log).containsExactly("failed decorator");
		assertThat(dispatcher.tryReserve()).isTrue();
	}

	@Test
	void whenTellingAFailureFailsTooThenTheOthersRun() {
		ExecutorDispatcher dispatcher = refusingTwoAndFailingOne();
		dispatcher.tryReserve();
		dispatcher.tryReserve();
		dispatcher.dispatch(new Dispatcher.Delivery() {

			@Override
			public void run() {
				throw new AssertionError("not run");
			}

			@Override
			public void failed(Throwable cause) {
				throw new IllegalStateException("logging is broken too");
			}

		});
		dispatcher.dispatch(delivery(dispatcher, () -> this.log.add("second")));
		Await.await().until(() -> this.log.contains("second"));
	}

	@Test
	void whenExecutorFailsForOneOfSeveralRefusedThenTheOthersRun() {
		ExecutorDispatcher dispatcher = refusingTwoAndFailingOne();
		dispatcher.tryReserve();
		dispatcher.tryReserve();
		dispatcher.dispatch(delivery(dispatcher, () -> this.log.add("first")));
		dispatcher.dispatch(delivery(dispatcher, () -> this.log.add("second")));
		Await.await().until(() -> dispatcher.getRunning() == 0);
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
					reserve(dispatcher);
					dispatcher.dispatch(delivery(dispatcher, () -> {
						most.accumulateAndGet(running.incrementAndGet(), Math::max);
						running.decrementAndGet();
						delivered.incrementAndGet();
					}));
				}
			});
			Await.await().until(() -> dispatcher.getRunning() == 0);
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
					dispatcher.tryReserve();
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
					dispatcher.tryReserve();
					dispatcher.release();
				}
			}
		});
		assertThat(forgotten).hasValue(0);
	}

	private static void tryOnce(ExecutorDispatcher dispatcher) {
		if (dispatcher.tryReserve()) {
			dispatcher.release();
		}
	}

	private static void tryOrWait(ExecutorDispatcher dispatcher, AtomicBoolean served) {
		if (dispatcher.tryReserve()) {
			served.set(true);
			dispatcher.release();
		}
		else {
			dispatcher.whenFree(() -> served.set(true));
		}
	}

	private static void reserve(ExecutorDispatcher dispatcher) throws Exception {
		while (!dispatcher.tryReserve()) {
			CountDownLatch free = new CountDownLatch(1);
			dispatcher.whenFree(free::countDown);
			assertThat(free.await(Duration.ofSeconds(10).toMillis(), TimeUnit.MILLISECONDS))
				.as("the waiter is told of a free place")
				.isTrue();
		}
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

	private Dispatcher.Delivery delivery(Dispatcher dispatcher, Runnable handler) {
		return new Dispatcher.Delivery() {

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
			public void failed(Throwable cause) {
				ExecutorDispatcherTests.this.log.add("failed " + cause.getMessage());
				dispatcher.release();
			}

		};
	}

}
