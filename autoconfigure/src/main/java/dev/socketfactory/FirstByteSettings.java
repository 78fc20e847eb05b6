package dev.socketfactory;

import java.time.Duration;

import org.springframework.util.Assert;

/**
 * How connections of a listener wait for the first byte of the client, which takes no
 * thread.
 *
 * @param timeout how long a client may say nothing
 * @param maxPending how many may wait at once; the oldest is refused when there are more
 * @since 0.1.0
 */
public record FirstByteSettings(Duration timeout, int maxPending) {

	/**
	 * How many connections may wait by default.
	 */
	public static final int DEFAULT_MAX_PENDING = 500;

	public FirstByteSettings {
		Assert.notNull(timeout, "'timeout' must not be null");
	}

	/**
	 * Return settings with the default number of waiting connections.
	 * @param timeout how long a client may say nothing
	 * @return the settings
	 */
	public static FirstByteSettings of(Duration timeout) {
		return new FirstByteSettings(timeout, DEFAULT_MAX_PENDING);
	}

}
