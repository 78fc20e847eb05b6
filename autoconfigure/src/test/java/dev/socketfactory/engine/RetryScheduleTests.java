package dev.socketfactory.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import dev.socketfactory.RetrySettings;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RetrySchedule}.
 */
class RetryScheduleTests {

	@Test
	void whenRetriesAreOffThenNone() {
		assertThat(new RetrySchedule(RetrySettings.NONE).next()).isNull();
	}

	@Test
	void whenDelaysGrowThenUpToTheLongest() {
		assertThat(delays(new RetrySchedule(settings(6, 100, 2, 1000, 0)), 8)).containsExactly(100L, 200L, 400L, 800L,
				1000L, 1000L, null, null);
	}

	@Test
	void whenMultiplierIsOneThenTheSameDelay() {
		assertThat(delays(new RetrySchedule(settings(3, 50, 1, 1000, 0)), 4)).containsExactly(50L, 50L, 50L, null);
	}

	@Test
	void whenMultiplierIsNoWholeNumberThenDelaysGrowByIt() {
		assertThat(delays(new RetrySchedule(settings(3, 100, 1.5, 1000, 0)), 3)).containsExactly(100L, 150L, 225L);
	}

	@Test
	void whenForEverThenNeverEndsNorOverflows() {
		RetrySchedule schedule = new RetrySchedule(settings(-1, 1, 1e300, 30_000, 0));
		assertThat(delays(schedule, 100_000).subList(2, 100_000)).containsOnly(30_000L);
	}

	@Test
	void whenResetThenFromTheBeginning() {
		RetrySchedule schedule = new RetrySchedule(settings(3, 100, 2, 1000, 0));
		assertThat(delays(schedule, 4)).containsExactly(100L, 200L, 400L, null);
		schedule.reset();
		assertThat(delays(schedule, 4)).containsExactly(100L, 200L, 400L, null);
	}

	@Test
	void whenThereIsJitterThenDelaysDifferByItAtMost() {
		RetrySchedule schedule = new RetrySchedule(settings(-1, 1000, 1, 10_000, 200));
		assertThat(delays(schedule, 1000)).allSatisfy((delay) -> assertThat(delay).isBetween(1000L, 1200L));
		assertThat(Stream.generate(() -> delays(schedule, 1).get(0)).limit(1000).distinct().count()).isGreaterThan(10);
	}

	@Test
	void whenDelaysGrowThenJitterDoesTooAndTheLongestStaysTheLongest() {
		for (int i = 0; i < 200; i++) {
			List<@Nullable Long> delays = delays(new RetrySchedule(settings(-1, 1000, 2, 8000, 200)), 5);
			assertThat(delays.get(1)).isBetween(1600L, 2400L);
			assertThat(delays.get(2)).isBetween(3200L, 4800L);
			assertThat(delays.get(3)).isBetween(6400L, 8000L);
			assertThat(delays.get(4)).isBetween(6400L, 8000L);
		}
	}

	@Test
	void whenJitterIsLongerThanTheDelayThenDelayStaysWithinBoth() {
		RetrySchedule schedule = new RetrySchedule(settings(-1, 100, 1, 200, 5000));
		assertThat(delays(schedule, 1000)).allSatisfy((delay) -> assertThat(delay).isBetween(100L, 200L));
	}

	@Test
	void whenTwoStartTogetherThenJitterKeepsThemApart() {
		RetrySettings settings = settings(-1, 1000, 2, 10_000, 500);
		assertThat(delays(new RetrySchedule(settings), 20)).isNotEqualTo(delays(new RetrySchedule(settings), 20));
	}

	@Test
	void whenManyAreDisconnectedAtOnceThenTheyConnectAgainSpreadOverTheJitter() {
		RetrySchedule schedule = new RetrySchedule(settings(-1, 2000, 2, 10_000, 1000));
		List<Long> after = Stream.generate(() -> schedule.afterConnection(Duration.ofHours(1)).toMillis())
			.limit(1000)
			.toList();
		assertThat(after).allSatisfy((delay) -> assertThat(delay).isBetween(0L, 1000L));
		assertThat(after).anyMatch((delay) -> delay < 200).anyMatch((delay) -> delay > 800);
		assertThat(schedule.afterConnection(Duration.ofMillis(500)).toMillis()).isBetween(1500L, 2500L);
	}

	private static RetrySettings settings(int maxRetries, long delay, double multiplier, long maxDelay, long jitter) {
		return new RetrySettings(maxRetries, Duration.ofMillis(delay), multiplier, Duration.ofMillis(maxDelay),
				Duration.ofMillis(jitter));
	}

	private static List<@Nullable Long> delays(RetrySchedule schedule, int count) {
		List<@Nullable Long> delays = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			Duration delay = schedule.next();
			delays.add((delay != null) ? delay.toMillis() : null);
		}
		return delays;
	}

}
