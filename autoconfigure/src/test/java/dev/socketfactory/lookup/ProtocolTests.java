package dev.socketfactory.lookup;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Protocol}.
 */
class ProtocolTests {

	@Test
	void whenNumberIsZeroThenCreated() {
		assertThat(new Protocol("ip", 0).number()).isZero();
	}

	@Test
	@SuppressWarnings("NullAway")
	void whenNameIsNullThenThrows() {
		assertThatIllegalArgumentException().isThrownBy(() -> new Protocol(null, 6))
			.withMessage("'name' must not be null");
	}

	@Test
	void whenNumberIsNegativeThenThrows() {
		assertThatIllegalArgumentException().isThrownBy(() -> new Protocol("tcp", -1))
			.withMessage("'number' must not be negative");
	}

}
