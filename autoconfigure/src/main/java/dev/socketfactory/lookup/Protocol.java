package dev.socketfactory.lookup;

import org.springframework.util.Assert;

/**
 * Internet protocol, as in protocols(5).
 *
 * @param name the official name, such as {@code tcp}
 * @param number the number that the IP header carries (RFC 791), not negative
 * @since 0.1.0
 */
public record Protocol(String name, int number) {

	/**
	 * Create a protocol.
	 * @param name the official name
	 * @param number the number, not negative
	 */
	public Protocol {
		Assert.notNull(name, "'name' must not be null");
		Assert.isTrue(number >= 0, "'number' must not be negative");
	}

}
