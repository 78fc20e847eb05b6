package dev.socketfactory.engine.state;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

import dev.socketfactory.RetrySettings;
import org.jspecify.annotations.Nullable;

import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * The delays between the attempts of one factory. Not thread-safe.
 *
 * @since 0.1.0
 */
public final class RetrySchedule {

	private final ExponentialBackOff backOff;

	private final int maxRetries;

	private final long maxDelay;

	private final long jitter;

	private BackOffExecution execution;

	private int retries;

	public RetrySchedule(RetrySettings settings) {
		this.maxRetries = settings.maxRetries();
		this.maxDelay = settings.maxDelay().toMillis();
		this.jitter = settings.jitter().toMillis();
		this.backOff = new ExponentialBackOff(settings.delay().toMillis(), settings.multiplier());
		this.backOff.setMaxInterval(this.maxDelay);
		this.execution = this.backOff.start();
	}

	/**
	 * Return the delay before the next attempt.
	 * @return the delay, or {@code null} if there is to be none
	 */
	public @Nullable Duration next() {
		if (this.maxRetries >= 0 && this.retries >= this.maxRetries) {
			return null;
		}
		this.retries++;
		return Duration.ofMillis(applyJitter(this.execution.nextBackOff()));
	}

	/**
	 * Vary a delay. The jitter of {@link ExponentialBackOff} would grow with the delay.
	 */
	private long applyJitter(long delay) {
		long shortest = Math.max(1, delay - this.jitter);
		long longest = Math.min(this.maxDelay, delay + this.jitter);
		return ThreadLocalRandom.current().nextLong(shortest, longest + 1);
	}

	/**
	 * Start from the beginning.
	 */
	public void reset() {
		this.retries = 0;
		this.execution = this.backOff.start();
	}

}
