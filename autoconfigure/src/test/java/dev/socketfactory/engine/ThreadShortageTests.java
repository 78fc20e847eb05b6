package dev.socketfactory.engine;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadPoolExecutor;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.testing.Await;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Engine} when no thread can be made.
 */
class ThreadShortageTests {

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

	private void makeScarce(String pool) {
		ThreadPoolExecutor executor = (ThreadPoolExecutor) ReflectionTestUtils.getField(this.engine, pool);
		Objects.requireNonNull(executor).setThreadFactory(this.threads);
	}

}
