package dev.socketfactory.engine;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.socketfactory.engine.loop.EventLoop;
import dev.socketfactory.testing.Await;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link BlockingThreads}, {@link CompletionThreads} and {@link KeepAlive} when
 * no thread can be made.
 */
class ThreadShortageTests {

	private final ScarceThreads threads = new ScarceThreads();

	private final List<String> log = new CopyOnWriteArrayList<>();

	@Test
	void whenNoThreadCanBeMadeThenLookUpRunsAsSoonAsOneCan() throws IOException {
		try (EventLoop loop = new EventLoop("socket-factory-test");
				BlockingThreads lookups = new BlockingThreads(loop, this.threads)) {
			this.threads.setShort(true);
			lookups.execute(() -> this.log.add("looked up in loop " + loop.inLoop()));
			Await.during(150, () -> assertThat(this.log).isEmpty());
			this.threads.setShort(false);
			Await.await().until(() -> !this.log.isEmpty());
			assertThat(this.log).containsExactly("looked up in loop false");
		}
	}

	@Test
	void whenClosedThenLookUpIsForgotten() throws IOException {
		try (EventLoop loop = new EventLoop("socket-factory-test")) {
			BlockingThreads lookups = new BlockingThreads(loop, this.threads);
			lookups.close();
			lookups.execute(() -> this.log.add("looked up"));
			Await.during(50, () -> assertThat(this.log).isEmpty());
		}
	}

	@Test
	void whenNoThreadCanBeMadeThenConnectionIsHandedOverByTheCaller() {
		try (CompletionThreads completions = new CompletionThreads(this.threads)) {
			this.threads.setShort(true);
			completions.execute(() -> this.log.add(Thread.currentThread().getName()));
			assertThat(this.log).containsExactly(Thread.currentThread().getName());
		}
	}

	@Test
	void whenClosedThenConnectionIsHandedOverByTheCaller() {
		CompletionThreads completions = new CompletionThreads(this.threads);
		completions.close();
		completions.execute(() -> this.log.add(Thread.currentThread().getName()));
		assertThat(this.log).containsExactly(Thread.currentThread().getName());
	}

	@Test
	void whenNoThreadCanBeMadeThenKeepAliveHasNotBegun() {
		KeepAlive keepAlive = new KeepAlive(this.threads);
		this.threads.setShort(true);
		assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> keepAlive.begin("one"));
		this.threads.setShort(false);
		keepAlive.begin("one");
		keepAlive.begin("other");
		assertThat(this.threads.countAlive()).isOne();
		keepAlive.end("one");
		keepAlive.end("one");
		assertThat(this.threads.countAlive()).isOne();
		keepAlive.end("other");
		Await.await().until(() -> this.threads.countAlive() == 0);
	}

}
