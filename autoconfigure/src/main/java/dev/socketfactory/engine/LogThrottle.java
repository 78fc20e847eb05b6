package dev.socketfactory.engine;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Lets at most one line pass in a time, and counts those it holds back.
 */
final class LogThrottle {

	private final long intervalNanos;

	private final LongSupplier nanoClock;

	private long lastNanos;

	private long heldBack;

	LogThrottle(Duration interval, LongSupplier nanoClock) {
		this.intervalNanos = interval.toNanos();
		this.nanoClock = nanoClock;
		this.lastNanos = nanoClock.getAsLong() - this.intervalNanos;
	}

	/**
	 * Make a throttle for one line a second.
	 * @return the throttle
	 */
	static LogThrottle everySecond() {
		return new LogThrottle(Duration.ofSeconds(1), System::nanoTime);
	}

	/**
	 * Ask for one line.
	 * @return how many have been held back since the last one that passed, {@code -1} if
	 * this one is to be held back too
	 */
	synchronized long tryPass() {
		long now = this.nanoClock.getAsLong();
		if (now - this.lastNanos < this.intervalNanos) {
			this.heldBack++;
			return -1;
		}
		long count = this.heldBack;
		this.lastNanos = now;
		this.heldBack = 0;
		return count;
	}

}
