package dev.socketfactory;

import java.time.Duration;

import org.springframework.util.Assert;

/**
 * When to try again what has failed: after a delay that grows with every failure and
 * starts from the beginning after a success. The numbers are checked when a specification
 * is {@linkplain SocketSpecBuilder#build() built}.
 *
 * @param maxRetries number of retries, {@code 0} for none, {@code -1} for ever
 * @param delay delay before the first retry, longer than zero
 * @param multiplier factor from one delay to the next, at least 1
 * @param maxDelay longest delay, not shorter than {@code delay}
 * @param jitter how much a delay may differ at random, so that clients do not all come
 * back at once
 * @since 0.1.0
 */
public record RetrySettings(int maxRetries, Duration delay, double multiplier, Duration maxDelay, Duration jitter) {

	/**
	 * Nothing is tried again. With retries: first delay of a second, doubled up to 30
	 * seconds, jitter of 200 milliseconds.
	 */
	public static final RetrySettings NONE = new RetrySettings(0, Duration.ofSeconds(1), 2, Duration.ofSeconds(30),
			Duration.ofMillis(200));

	public RetrySettings {
		Assert.notNull(delay, "'delay' must not be null");
		Assert.notNull(maxDelay, "'maxDelay' must not be null");
		Assert.notNull(jitter, "'jitter' must not be null");
	}

	/**
	 * Return the same settings with another number of retries.
	 * @param maxRetries number of retries, {@code 0} for none, {@code -1} for ever
	 * @return the settings
	 */
	public RetrySettings withMaxRetries(int maxRetries) {
		return new RetrySettings(maxRetries, this.delay, this.multiplier, this.maxDelay, this.jitter);
	}

	/**
	 * Return the same settings with another delay before the first retry.
	 * @param delay the delay, longer than zero
	 * @return the settings
	 */
	public RetrySettings withDelay(Duration delay) {
		return new RetrySettings(this.maxRetries, delay, this.multiplier, this.maxDelay, this.jitter);
	}

}
