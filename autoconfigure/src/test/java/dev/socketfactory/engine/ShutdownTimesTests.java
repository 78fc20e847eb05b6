package dev.socketfactory.engine;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ShutdownTimes}.
 */
class ShutdownTimesTests {

	@ParameterizedTest
	@CsvSource({ "PT30S, PT28S, PT29S", "PT10S, PT9S, PT9.5S", "PT1S, PT0.9S, PT0.95S", "PT10M, PT9M58S, PT9M59S" })
	void endsBeforeTheContainerGivesUpWaiting(Duration phase, Duration close, Duration end) {
		ShutdownTimes times = ShutdownTimes.within(phase);
		assertThat(Duration.ofNanos(times.patienceNanos())).isBetween(close.minusMillis(900), close);
		assertThat(Duration.ofNanos(times.leftNanos())).isBetween(end.minusMillis(900), end);
	}

	@Test
	void whenThereIsNoTimeThenNothingIsWaitedFor() {
		ShutdownTimes times = ShutdownTimes.within(Duration.ZERO);
		assertThat(times.patienceNanos()).isZero();
		assertThat(times.leftNanos()).isZero();
	}

}
