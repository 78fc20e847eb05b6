package dev.socketfactory.engine;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;

import dev.socketfactory.testing.Await;
import org.junit.jupiter.api.Test;

import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link AcceptBackoff}.
 */
class AcceptBackoffTests {

	/**
	 * Far from both the first delay, 5 ms, and the longest.
	 */
	private static final Duration SOON = Duration.ofMillis(500);

	@Test
	void whenRepeatedThenDoublesFromFiveMillisToOneSecond() {
		assertThat(LongStream.iterate(AcceptBackoff.nextDelay(0), AcceptBackoff::nextDelay).limit(11))
			.containsExactly(5L, 10L, 20L, 40L, 80L, 160L, 320L, 640L, 1000L, 1000L, 1000L);
	}

	@Test
	void whenItHasFailedOftenThenTriesASecondLater() throws Exception {
		try (EventLoop loop = new EventLoop("socket-factory-test")) {
			Backoff backoff = new Backoff(loop);
			backoff.failOften();
			assertThat(backoff.awaitTry()).isGreaterThanOrEqualTo(Duration.ofMillis(1000));
		}
	}

	@Test
	void whenResourceIsFreedThenTriesBeforeTheDelayIsOver() throws Exception {
		try (EventLoop loop = new EventLoop("socket-factory-test")) {
			Backoff backoff = new Backoff(loop);
			backoff.failOften();
			backoff.closings.raise();
			assertThat(backoff.awaitTry()).isLessThan(SOON);
			assertThat(backoff.tries).hasValue(1);
			backoff.run(backoff.tested::begin);
			assertThat(backoff.awaitTry()).as("the delay starts anew").isLessThan(SOON);
			backoff.failOften();
			assertThat(backoff.awaitTry()).as("nothing was freed since").isGreaterThan(SOON);
		}
	}

	@Test
	void whenResourceIsFreedDuringATryThatFailsThenTriesAtOnce() throws Exception {
		try (EventLoop loop = new EventLoop("socket-factory-test")) {
			Backoff backoff = new Backoff(loop);
			backoff.duringNextTry = () -> {
				backoff.closings.raise();
				backoff.tested.begin();
			};
			backoff.failOften();
			assertThat(backoff.awaitTry()).isGreaterThan(SOON);
			assertThat(backoff.awaitTry()).isLessThan(SOON);
		}
	}

	@Test
	void whenEndedThenTheNextDelayIsTheFirstAgain() throws Exception {
		try (EventLoop loop = new EventLoop("socket-factory-test")) {
			Backoff backoff = new Backoff(loop);
			backoff.failOften();
			backoff.run(backoff.tested::end);
			backoff.run(backoff.tested::begin);
			assertThat(backoff.awaitTry()).isLessThan(SOON);
		}
	}

	@Test
	void whenEndedThenNoTry() throws Exception {
		AtomicInteger tries = new AtomicInteger();
		try (EventLoop loop = new EventLoop("socket-factory-test")) {
			AcceptBackoff backoff = new AcceptBackoff(loop, new ClosingSignal(), tries::incrementAndGet);
			AtomicBoolean done = new AtomicBoolean();
			loop.execute(() -> {
				backoff.begin();
				backoff.end();
				loop.schedule(Duration.ofMillis(50), () -> done.set(true));
			});
			Await.await().untilTrue(done);
		}
		assertThat(tries).hasValue(0);
	}

	/**
	 * What is tested, on its loop.
	 */
	private static final class Backoff {

		private final ClosingSignal closings = new ClosingSignal();

		private final AtomicInteger tries = new AtomicInteger();

		private final EventLoop loop;

		private final AcceptBackoff tested;

		private volatile Runnable duringNextTry = () -> {
		};

		private int triesSeen;

		private long begin;

		private Backoff(EventLoop loop) {
			this.loop = loop;
			this.tested = new AcceptBackoff(loop, this.closings, this::tryToAccept);
		}

		private void tryToAccept() {
			Runnable during = this.duringNextTry;
			this.duringNextTry = () -> {
			};
			during.run();
			this.tries.incrementAndGet();
		}

		/**
		 * Fail as often as it takes until the delay is the longest, without waiting for
		 * those before it.
		 */
		private void failOften() {
			run(() -> {
				for (int i = 0; i < 9; i++) {
					this.tested.begin();
					cancelTimer();
				}
				this.tested.begin();
			});
		}

		private void run(Runnable step) {
			AtomicBoolean done = new AtomicBoolean();
			this.begin = System.nanoTime();
			this.loop.execute(() -> {
				step.run();
				done.set(true);
			});
			Await.await().untilTrue(done);
		}

		/**
		 * Return how long the next try came after the last step, or the try before.
		 */
		private Duration awaitTry() {
			this.triesSeen++;
			Await.await().untilAsserted(() -> assertThat(this.tries).hasValueGreaterThanOrEqualTo(this.triesSeen));
			Duration waited = Duration.ofNanos(System.nanoTime() - this.begin);
			this.begin = System.nanoTime();
			return waited;
		}

		private void cancelTimer() {
			((Timers.Timer) Objects.requireNonNull(ReflectionTestUtils.getField(this.tested, "timer"))).cancel();
		}

	}

}
