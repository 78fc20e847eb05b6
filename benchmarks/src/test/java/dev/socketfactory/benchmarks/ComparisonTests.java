package dev.socketfactory.benchmarks;

import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Comparison}.
 */
class ComparisonTests {

	private final Comparison comparison = new Comparison("test", "A test", "two");

	@Test
	void medianAndExtremesAreThoseOfTheRounds() {
		add("one", 3, 1, 2);
		assertThat(this.comparison.get("one", Metric.CPU)).contains(new Spread(2, 1, 3));
	}

	@Test
	void medianOfAnEvenNumberLiesBetweenTheTwoInTheMiddle() {
		add("one", 4, 1, 2, 9);
		assertThat(this.comparison.get("one", Metric.CPU)).contains(new Spread(3, 1, 9));
	}

	@Test
	void ratioIsTakenRoundByRound() {
		add("one", 2, 40, 6);
		add("two", 1, 10, 2);
		assertThat(this.comparison.ratio("one", "two", Metric.CPU)).contains(new Spread(3, 2, 4));
	}

	@Test
	void whatWasNotMeasuredHasNoRatio() {
		add("one", 1);
		assertThat(this.comparison.ratio("one", "two", Metric.CPU)).isEmpty();
		assertThat(this.comparison.ratio("one", "one", Metric.RATE)).isEmpty();
	}

	private void add(String peer, double... values) {
		for (double value : values) {
			this.comparison.add(peer, Map.of(Metric.CPU, value), false);
		}
	}

}
