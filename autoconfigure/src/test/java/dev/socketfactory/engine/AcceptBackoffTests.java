package dev.socketfactory.engine;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;

import dev.socketfactory.engine.loop.EventLoop;
import dev.socketfactory.engine.loop.Timers;
import dev.socketfactory.testing.Await;
import org.junit.jupiter.api.Test;

import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link AcceptBackoff}.
 */
class AcceptBackoffTests {

	@Test
	void whenRepeatedThenDoublesFromFiveMillisToOneSecond() {
		assertThat(LongStream.iterate(AcceptBackoff.nextDelay(0), AcceptBackoff::nextDelay).limit(11))
			.containsExactly(5L, 10L, 20L, 40L, 80L, 160L, 320L, 640L, 1000L, 1000L, 1000L);
	}

	@Test
	void whenResourceIsFreedThenTriesBeforeTheDelayIsOver() throws Exception {
		AtomicLong closed = new AtomicLong();
		AtomicInteger tries = new AtomicInteger();
		try (EventLoop loop = new EventLoop("socket-factory-test")) {
			AcceptBackoff backoff = new AcceptBackoff(loop, closed::get, tries::incrementAndGet);
			AtomicBoolean waiting = new AtomicBoolean();
			loop.execute(() -> {
				// The delays of the first nine failures are over
				for (int i = 0; i < 9; i++) {
					backoff.begin();
					cancelTimer(backoff);
				}
				backoff.begin();
				waiting.set(true);
			});
			Await.await().untilTrue(waiting);
			long begin = System.nanoTime();
			closed.incrementAndGet();
			Await.await().until(() -> tries.get() > 0);
			assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMillis(500));
		}
		assertThat(tries).hasValue(1);
	}

	@Test
	void whenEndedThenNoTry() throws Exception {
		AtomicInteger tries = new AtomicInteger();
		try (EventLoop loop = new EventLoop("socket-factory-test")) {
			AcceptBackoff backoff = new AcceptBackoff(loop, () -> 0, tries::incrementAndGet);
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

	private static void cancelTimer(AcceptBackoff backoff) {
		((Timers.Timer) Objects.requireNonNull(ReflectionTestUtils.getField(backoff, "timer"))).cancel();
	}

}
