package dev.socketfactory.engine;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadPoolExecutor;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.testing.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the threads of {@link Engine}, and for when none can be made.
 */
class EngineThreadsTests {

	private static final int MOST_THREADS = 16;

	private final ScarceThreads threads = new ScarceThreads();

	private final List<String> log = new CopyOnWriteArrayList<>();

	private final Engine engine = new Engine((event) -> {
	}, new EngineSettings(Runnable::run, 1, DispatchMode.INLINE, (name, address) -> {
	}));

	@AfterEach
	void close() {
		this.engine.close();
	}

	@Test
	void whenThereIsAnIdleThreadThenNoOtherIsMade() {
		makeScarce("blockingThreads");
		for (int i = 1; i <= MOST_THREADS; i++) {
			int count = i;
			this.engine.runBlocking(() -> this.log.add("run"));
			Await.await().until(() -> this.log.size() == count && pool("blockingThreads").getActiveCount() == 0);
		}
		// One that has just run something may not be idle yet
		assertThat(this.threads.countAlive()).isLessThan(MOST_THREADS / 2);
	}

	@Test
	void whenAllThreadsAreTakenThenTheRestWaits() {
		CountDownLatch begun = new CountDownLatch(MOST_THREADS);
		CountDownLatch free = new CountDownLatch(1);
		makeScarce("lookupThreads");
		for (int i = 0; i < 3 * MOST_THREADS; i++) {
			this.engine.runLookup(() -> {
				begun.countDown();
				Await.latch(free);
				this.log.add("looked up");
			});
		}
		Await.latch(begun);
		assertThat(this.threads.countAlive()).isEqualTo(MOST_THREADS);
		free.countDown();
		Await.await().until(() -> this.log.size() == 3 * MOST_THREADS);
		assertThat(this.threads.countAlive()).isEqualTo(MOST_THREADS);
	}

	@Test
	void whenNoThreadCanBeMadeThenLookupRunsAsSoonAsOneCan() {
		makeScarce("blockingThreads");
		this.threads.setShort(true);
		this.engine.runBlocking(() -> this.log.add("looked up in loop " + this.engine.getLoop().inLoop()));
		Await.during(150, () -> assertThat(this.log).isEmpty());
		this.threads.setShort(false);
		Await.await().until(() -> !this.log.isEmpty());
		assertThat(this.log).containsExactly("looked up in loop false");
	}

	@Test
	void whenClosedThenLookupIsForgotten() {
		this.engine.close();
		this.engine.runBlocking(() -> this.log.add("looked up"));
		Await.during(50, () -> assertThat(this.log).isEmpty());
	}

	@Test
	void whenNoThreadCanBeMadeThenConnectionIsHandedOverByTheCaller() {
		makeScarce("completionThreads");
		this.threads.setShort(true);
		this.engine.runCompletion(() -> this.log.add(Thread.currentThread().getName()));
		assertThat(this.log).containsExactly(Thread.currentThread().getName());
	}

	@Test
	void whenClosedThenConnectionIsHandedOverByTheCaller() {
		this.engine.close();
		this.engine.runCompletion(() -> this.log.add(Thread.currentThread().getName()));
		assertThat(this.log).containsExactly(Thread.currentThread().getName());
	}

	@Test
	void whenNoThreadCanBeMadeThenNothingKeepsTheJvmAlive() {
		ReflectionTestUtils.setField(this.engine, "keepAliveThreads", this.threads);
		this.threads.setShort(true);
		assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> this.engine.keepAlive("one"));
		this.threads.setShort(false);
		this.engine.keepAlive("one");
		this.engine.keepAlive("other");
		assertThat(this.threads.countAlive()).isOne();
		this.engine.letEnd("one");
		this.engine.letEnd("one");
		assertThat(this.threads.countAlive()).isOne();
		this.engine.letEnd("other");
		Await.await().until(() -> this.threads.countAlive() == 0);
	}

	private void makeScarce(String name) {
		pool(name).setThreadFactory(this.threads);
	}

	private ThreadPoolExecutor pool(String name) {
		return (ThreadPoolExecutor) Objects.requireNonNull(ReflectionTestUtils.getField(this.engine, name));
	}

}
