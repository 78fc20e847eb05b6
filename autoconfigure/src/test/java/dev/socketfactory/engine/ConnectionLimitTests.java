package dev.socketfactory.engine;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link ConnectionLimit}.
 */
class ConnectionLimitTests {

	@Test
	void whenThereIsNoMaximumThenItIsTheLargestNumber() {
		assertThat(new ConnectionLimit(null, null).maximum()).isEqualTo(Integer.MAX_VALUE);
		assertThat(new ConnectionLimit(0, null).maximum()).isZero();
		assertThat(new ConnectionLimit(10, 4).maximum()).isEqualTo(10);
	}

	@ParameterizedTest
	@CsvSource({ "10, , 9, true", "10, , 10, false", "10, 4, 4, true", "10, 4, 5, false", "10, 0, 0, true",
			"10, 0, 1, false", "0, , 0, false", "1, 0, 0, true", ", , 1000000, true" })
	void isLowAtTheLowWaterMarkAndBelow(@Nullable Integer max, @Nullable Integer low, int open, boolean isLow) {
		assertThat(new ConnectionLimit(max, low).isLow(open)).isEqualTo(isLow);
	}

	@Test
	void whenMaximumChangesThenKeepsALowWaterMarkThatFits() {
		ConnectionLimit limit = new ConnectionLimit(10, 4);
		assertThat(limit.withMaxConnections(5)).isEqualTo(new ConnectionLimit(5, 4));
		assertThat(limit.withMaxConnections(4)).isEqualTo(new ConnectionLimit(4, null));
		assertThat(limit.withMaxConnections(0)).isEqualTo(new ConnectionLimit(0, null));
		assertThat(limit.withMaxConnections(null)).isEqualTo(new ConnectionLimit(null, null));
	}

	@Test
	void whenLowWaterChangesThenMaximumStays() {
		assertThat(new ConnectionLimit(10, 4).withLowWater(9)).isEqualTo(new ConnectionLimit(10, 9));
		assertThat(new ConnectionLimit(10, 4).withLowWater(null)).isEqualTo(new ConnectionLimit(10, null));
	}

	@Test
	void whenMaximumIsNegativeThenRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> new ConnectionLimit(-1, null))
			.withMessage("'maxConnections' must be null or not negative, not -1");
	}

	@ParameterizedTest
	@CsvSource({ "10, 10", "10, -1", "10, 11", "0, 0", ", 0", ", 5" })
	void whenLowWaterDoesNotFitThenRefused(@Nullable Integer max, int low) {
		assertThatIllegalArgumentException().isThrownBy(() -> new ConnectionLimit(max, low))
			.withMessage("'lowWater' must be null or from 0 to less than maxConnections (%s), not %d", max, low);
	}

}
