package dev.socketfactory;

import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link RetrySettings}.
 */
class RetrySettingsTests {

	private static final Duration SECOND = Duration.ofSeconds(1);

	@Test
	void whenChangedThenTheRestStays() {
		assertThat(RetrySettings.NONE.withMaxRetries(-1).withDelay(SECOND.dividedBy(2)))
			.isEqualTo(new RetrySettings(-1, SECOND.dividedBy(2), 2, Duration.ofSeconds(30), Duration.ofMillis(200)));
	}

	@Test
	void whenTimeIsNullThenRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> new RetrySettings(1, null, 2, SECOND, SECOND))
			.withMessage("'delay' must not be null");
		assertThatIllegalArgumentException().isThrownBy(() -> new RetrySettings(1, SECOND, 2, null, SECOND))
			.withMessage("'maxDelay' must not be null");
		assertThatIllegalArgumentException().isThrownBy(() -> new RetrySettings(1, SECOND, 2, SECOND, null))
			.withMessage("'jitter' must not be null");
	}

}
