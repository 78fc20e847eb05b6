package dev.socketfactory.engine;

import java.time.Duration;

/**
 * How long the end of an application may take: all that waits shares one end.
 */
final class ShutdownTimes {

	private static final Duration LONGEST_MARGIN = Duration.ofSeconds(2);

	private final long closeNanos;

	private final long endNanos;

	private ShutdownTimes(Duration untilClose, Duration untilEnd) {
		long now = System.nanoTime();
		this.closeNanos = now + untilClose.toNanos();
		this.endNanos = now + untilEnd.toNanos();
	}

	/**
	 * Begin a shutdown that ends before the container gives up waiting: connections are
	 * closed a tenth of its patience before, at most 2 s, and half of that is left for
	 * what follows from closing them.
	 * @param phaseTimeout how long the container waits
	 */
	static ShutdownTimes within(Duration phaseTimeout) {
		Duration tenth = phaseTimeout.dividedBy(10);
		Duration margin = (tenth.compareTo(LONGEST_MARGIN) < 0) ? tenth : LONGEST_MARGIN;
		return new ShutdownTimes(phaseTimeout.minus(margin), phaseTimeout.minus(margin.dividedBy(2)));
	}

	/**
	 * Begin a shutdown that gives nobody any time, but for what follows from closing.
	 */
	static ShutdownTimes now() {
		return new ShutdownTimes(Duration.ZERO, Duration.ofSeconds(1));
	}

	/**
	 * Return the time until connections that are still open are closed.
	 * @return nanoseconds, not negative
	 */
	long patienceNanos() {
		return Math.max(0, this.closeNanos - System.nanoTime());
	}

	/**
	 * Return the time until nothing is waited for any more.
	 * @return nanoseconds, not negative
	 */
	long leftNanos() {
		return Math.max(0, this.endNanos - System.nanoTime());
	}

}
