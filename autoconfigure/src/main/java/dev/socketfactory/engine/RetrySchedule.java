package dev.socketfactory.engine;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

import dev.socketfactory.RetrySettings;
import org.jspecify.annotations.Nullable;

import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * The delays between the attempts of one factory. Not thread-safe.
 */
final class RetrySchedule {

	private final ExponentialBackOff backOff;

	private final RetrySettings settings;

	private BackOffExecution execution;

	private int retries;

	RetrySchedule(RetrySettings settings) {
		this.settings = settings;
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
		if (this.settings.maxRetries() >= 0 && this.retries >= this.settings.maxRetries()) {
			return null;
		}
		this.retries++;
		return Duration.ofMillis(this.execution.nextBackOff());
	}

	/**
	 * Return the delay before a client connects again whose connection was closed: none
	 * that it has not spent connected, but for the jitter, because the server may have
	 * closed those of many clients at once.
	 * @param connected how long it was connected
	 */
	Duration afterConnection(Duration connected) {
		Duration wait = this.settings.delay().minus(connected);
		long jitter = ThreadLocalRandom.current().nextLong(this.settings.jitter().toMillis() + 1);
		return (wait.isNegative() ? Duration.ZERO : wait).plusMillis(jitter);
	}

	/**
	 * Start from the beginning.
	 */
	void reset() {
		this.retries = 0;
		this.execution = this.backOff.start();
	}

}
