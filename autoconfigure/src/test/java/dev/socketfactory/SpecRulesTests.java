package dev.socketfactory;

import java.util.function.UnaryOperator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the {@link SpecRules} of limits and readiness.
 */
class SpecRulesTests {

	@Test
	void whenNothingIsSetThenNoLimit() {
		SocketSpec spec = SocketSpec.listener("rot13").build();
		assertThat(spec.getMaxConnections()).isNull();
		assertThat(spec.getLowWater()).isNull();
		assertThat(spec.isFollowReadiness()).isFalse();
	}

	@Test
	void whenLimitFitsThenAccepted() {
		SocketSpec spec = SocketSpec.listener("rot13").maxConnections(10).lowWater(9).followReadiness(true).build();
		assertThat(spec.getMaxConnections()).isEqualTo(10);
		assertThat(spec.getLowWater()).isEqualTo(9);
		assertThat(spec.isFollowReadiness()).isTrue();
		assertThat(spec.getWarnings()).isEmpty();
		assertThat(spec.toBuilder().build()).usingRecursiveComparison().isEqualTo(spec);
		assertThat(SocketSpec.listener("rot13").maxConnections(0).build().getMaxConnections()).isZero();
	}

	@Test
	void whenMaxConnectionsIsNegativeThenRefused() {
		assertRefused("max-connections", (spec) -> spec.maxConnections(-1),
				"max-connections '-1': it is negative. Write a number of connections, or 0 to accept nothing.");
	}

	@Test
	void whenLowWaterIsAloneThenRefused() {
		assertRefused("low-water", (spec) -> spec.lowWater(5),
				"low-water '5': there is no max-connections. Write max-connections too.");
	}

	@ParameterizedTest
	@CsvSource({ "10, 10", "10, 11", "10, -1" })
	void whenLowWaterDoesNotFitThenRefused(int max, int low) {
		assertRefused("low-water", (spec) -> spec.maxConnections(max).lowWater(low),
				"low-water '%d': it is not from 0 to less than max-connections (%d). Write a number from 0 to %d."
					.formatted(low, max, max - 1));
	}

	@Test
	void whenNothingIsAcceptedThenLowWaterIsRefused() {
		assertRefused("low-water", (spec) -> spec.maxConnections(0).lowWater(0),
				"low-water '0': it is not from 0 to less than max-connections (0). Leave the key out.");
	}

	@Test
	void whenNothingIsAcceptedByTheKindThenWarned() {
		UnaryOperator<SocketSpecBuilder> all = (spec) -> spec.maxConnections(10).lowWater(9).followReadiness(true);
		assertThat(all.apply(SocketSpec.client("upstream").remote("127.0.0.1:1")).build().getWarnings())
			.containsExactly(
					"'follow-readiness' does not apply to a client of type SOCK_STREAM in AF_INET and is ignored",
					"'max-connections' does not apply to a client of type SOCK_STREAM in AF_INET and is ignored",
					"'low-water' does not apply to a client of type SOCK_STREAM in AF_INET and is ignored");
		assertThat(all.apply(SocketSpec.listener("log").type(SocketType.SOCK_DGRAM)).build().getWarnings())
			.containsExactly(
					"'follow-readiness' does not apply to a listener of type SOCK_DGRAM in AF_INET and is ignored",
					"'max-connections' does not apply to a listener of type SOCK_DGRAM in AF_INET and is ignored",
					"'low-water' does not apply to a listener of type SOCK_DGRAM in AF_INET and is ignored");
	}

	private static void assertRefused(String key, UnaryOperator<SocketSpecBuilder> change, String message) {
		assertThatExceptionOfType(InvalidSocketSpecException.class)
			.isThrownBy(() -> change.apply(SocketSpec.listener("rot13")).build())
			.withMessage("listener 'rot13': " + message)
			.returns(key, InvalidSocketSpecException::getKey);
	}

}
