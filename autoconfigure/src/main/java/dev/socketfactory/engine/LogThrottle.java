package dev.socketfactory.engine;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Lets at most one line a second pass, and counts those it holds back.
 */
final class LogThrottle {

	private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final LongSupplier nanoClock;

	private long lastNanos;

	private long heldBack;

	LogThrottle(LongSupplier nanoClock) {
		this.nanoClock = nanoClock;
		this.lastNanos = nanoClock.getAsLong() - INTERVAL_NANOS;
	}

	/**
	 * Ask for one line.
	 * @return how many have been held back since the last one that passed, {@code -1} if
	 * this one is to be held back too
	 */
	synchronized long tryPass() {
		long now = this.nanoClock.getAsLong();
		if (now - this.lastNanos < INTERVAL_NANOS) {
			this.heldBack++;
			return -1;
		}
		long count = this.heldBack;
		this.lastNanos = now;
		this.heldBack = 0;
		return count;
	}

}
