package dev.socketfactory.engine;

import java.time.Duration;

import dev.socketfactory.RetrySettings;
import org.jspecify.annotations.Nullable;

import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * The delays between the attempts of one factory. Not thread-safe.
 */
final class RetrySchedule {

	private final ExponentialBackOff backOff;

	private final int maxRetries;

	private BackOffExecution execution;

	private int retries;

	RetrySchedule(RetrySettings settings) {
		this.maxRetries = settings.maxRetries();
		this.backOff = new ExponentialBackOff(settings.delay().toMillis(), settings.multiplier());
		this.backOff.setMaxInterval(settings.maxDelay().toMillis());
		this.backOff.setJitter(settings.jitter().toMillis());
		this.execution = this.backOff.start();
	}

	/**
	 * Return the delay before the next attempt.
	 * @return the delay, or {@code null} if there is to be none
	 */
	@Nullable Duration next() {
		if (this.maxRetries >= 0 && this.retries >= this.maxRetries) {
			return null;
		}
		this.retries++;
		return Duration.ofMillis(this.execution.nextBackOff());
	}

	/**
	 * Start from the beginning.
	 */
	void reset() {
		this.retries = 0;
		this.execution = this.backOff.start();
	}

}
