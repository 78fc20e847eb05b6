package dev.socketfactory.engine;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import dev.socketfactory.testing.Parallel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LogThrottle}.
 */
class LogThrottleTests {

	private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

	@ParameterizedTest
	@ValueSource(longs = { 0, Long.MAX_VALUE - 1, Long.MIN_VALUE, -1 })
	void letsOneLineASecondPassAndCountsTheOthers(long origin) {
		AtomicLong clock = new AtomicLong(origin);
		LogThrottle throttle = new LogThrottle(Duration.ofSeconds(1), clock::get);
		assertThat(throttle.tryPass()).isZero();
		assertThat(throttle.tryPass()).isEqualTo(-1);
		clock.addAndGet(SECOND - 1);
		assertThat(throttle.tryPass()).isEqualTo(-1);
		clock.incrementAndGet();
		assertThat(throttle.tryPass()).isEqualTo(2);
		assertThat(throttle.tryPass()).isEqualTo(-1);
		clock.addAndGet(10 * SECOND);
		assertThat(throttle.tryPass()).isOne();
		clock.addAndGet(SECOND);
		assertThat(throttle.tryPass()).isZero();
	}

	@Test
	void whenAskedByManyThreadsThenNoneIsLost() throws Exception {
		AtomicLong clock = new AtomicLong();
		LogThrottle throttle = new LogThrottle(Duration.ofSeconds(1), clock::get);
		AtomicLong passed = new AtomicLong();
		AtomicLong counted = new AtomicLong();
		Parallel.run(4, (thread) -> {
			for (int i = 0; i < 1000; i++) {
				clock.addAndGet(SECOND / 10);
				long heldBack = throttle.tryPass();
				if (heldBack >= 0) {
					passed.incrementAndGet();
					counted.addAndGet(heldBack);
				}
			}
		});
		clock.addAndGet(SECOND);
		assertThat(passed.get() + counted.get() + throttle.tryPass()).isEqualTo(4000);
	}

}
