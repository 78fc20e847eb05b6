package dev.socketfactory.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.Parallel;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Timers}.
 */
class TimersTests {

	private final Timers timers = new Timers();

	private final List<String> ran = new ArrayList<>();

	@Test
	void whenThereIsNoTimerThenNever() {
		assertThat(this.timers.millisUntilNext()).isEqualTo(Timers.NEVER);
		this.timers.runDue(Runnable::run);
	}

	@Test
	void whenTimerIsNotDueThenTimeUntilItIsRoundedUp() {
		this.timers.add(Duration.ofMinutes(2), () -> this.ran.add("late"));
		this.timers.add(Duration.ofMinutes(1), () -> this.ran.add("soon"));
		assertThat(this.timers.millisUntilNext()).isBetween(30_000L, 60_001L);
		this.timers.runDue(Runnable::run);
		assertThat(this.ran).isEmpty();
	}

	@Test
	void whenTimerIsDueThenRunsOnce() {
		this.timers.add(Duration.ZERO, () -> this.ran.add("now"));
		assertThat(this.timers.millisUntilNext()).isZero();
		this.timers.runDue(Runnable::run);
		this.timers.runDue(Runnable::run);
		assertThat(this.ran).containsExactly("now");
		assertThat(this.timers.millisUntilNext()).isEqualTo(Timers.NEVER);
	}

	@Test
	void whenSeveralAreDueThenInOrderOfTheirTimes() {
		List<Integer> order = new ArrayList<>();
		new Random(13).ints(100, 0, 1000)
			.forEach((seconds) -> this.timers.add(Duration.ofSeconds(-seconds), () -> order.add(-seconds)));
		this.timers.runDue(Runnable::run);
		assertThat(order).hasSize(100).isSorted();
	}

	@Test
	void whenCancelledThenDoesNotRun() {
		Timers.Timer timer = this.timers.add(Duration.ZERO, () -> this.ran.add("cancelled"));
		this.timers.add(Duration.ZERO, () -> this.ran.add("other"));
		timer.cancel();
		timer.cancel();
		this.timers.runDue(Runnable::run);
		assertThat(this.ran).containsExactly("other");
	}

	@Test
	void whenTaskAddsAndCancelsTimersThenTheyAreHeeded() {
		Timers.Timer cancelled = this.timers.add(Duration.ofMinutes(-1), () -> this.ran.add("cancelled"));
		this.timers.add(Duration.ofMinutes(-2), () -> {
			this.ran.add("first");
			cancelled.cancel();
			this.timers.add(Duration.ZERO, () -> this.ran.add("added"));
		});
		this.timers.runDue(Runnable::run);
		assertThat(this.ran).containsExactly("first", "added");
	}

	@Test
	void whenTimeHasPassedThenDue() {
		this.timers.add(Duration.ofMillis(20), () -> this.ran.add("due"));
		Await.await().until(() -> this.timers.millisUntilNext() == 0);
		this.timers.runDue(Runnable::run);
		assertThat(this.ran).containsExactly("due");
	}

	@Test
	void whenManyThreadsAddAndCancelThenTheRestRuns() throws Exception {
		AtomicInteger count = new AtomicInteger();
		Parallel.run(4, (thread) -> {
			for (int i = 0; i < 1000; i++) {
				Timers.Timer timer = this.timers.add(Duration.ofMillis(-i), count::incrementAndGet);
				if (i % 2 == 0) {
					timer.cancel();
				}
			}
		});
		this.timers.runDue(Runnable::run);
		assertThat(count).hasValue(2000);
	}

}
