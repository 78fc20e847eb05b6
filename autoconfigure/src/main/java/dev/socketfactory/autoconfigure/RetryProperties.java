package dev.socketfactory.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Properties that say when to try again what has failed: the keys below {@code retry}.
 * {@code null} stands for the default of the specification.
 *
 * @since 0.1.0
 */
public class RetryProperties {

	/**
	 * Number of retries; -1 for ever.
	 */
	private @Nullable Integer maxRetries;

	/**
	 * Delay before the first retry.
	 */
	private @Nullable Duration delay;

	/**
	 * Factor from one delay to the next.
	 */
	private @Nullable Double multiplier;

	/**
	 * Longest delay.
	 */
	private @Nullable Duration maxDelay;

	/**
	 * How much a delay may differ at random.
	 */
	private @Nullable Duration jitter;

	public @Nullable Integer getMaxRetries() {
		return this.maxRetries;
	}

	public void setMaxRetries(@Nullable Integer maxRetries) {
		this.maxRetries = maxRetries;
	}

	public @Nullable Duration getDelay() {
		return this.delay;
	}

	public void setDelay(@Nullable Duration delay) {
		this.delay = delay;
	}

	public @Nullable Double getMultiplier() {
		return this.multiplier;
	}

	public void setMultiplier(@Nullable Double multiplier) {
		this.multiplier = multiplier;
	}

	public @Nullable Duration getMaxDelay() {
		return this.maxDelay;
	}

	public void setMaxDelay(@Nullable Duration maxDelay) {
		this.maxDelay = maxDelay;
	}

	public @Nullable Duration getJitter() {
		return this.jitter;
	}

	public void setJitter(@Nullable Duration jitter) {
		this.jitter = jitter;
	}

}
