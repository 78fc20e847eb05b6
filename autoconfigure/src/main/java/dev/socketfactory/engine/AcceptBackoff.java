package dev.socketfactory.engine;

import java.time.Duration;
import java.util.function.LongSupplier;

import dev.socketfactory.engine.loop.EventLoop;
import dev.socketfactory.engine.loop.Timers;
import org.jspecify.annotations.Nullable;

/**
 * When to try again after accepting has failed for lack of a resource: after a delay that
 * doubles from 5 ms to 1 s, or as soon as a connection of the same factory was closed.
 * Used by the event loop's thread only, except for {@link #end()}.
 */
final class AcceptBackoff {

	private static final long FIRST_MILLIS = 5;

	private static final long LONGEST_MILLIS = 1000;

	private static final Duration POLL = Duration.ofMillis(10);

	private final EventLoop loop;

	/**
	 * Counts the connections that have been closed.
	 */
	private final LongSupplier closed;

	private final Runnable retry;

	private final Runnable poll = this::poll;

	private long delayMillis;

	private long dueNanos;

	private long closedSeen;

	private volatile Timers.@Nullable Timer timer;

	AcceptBackoff(EventLoop loop, LongSupplier closed, Runnable retry) {
		this.loop = loop;
		this.closed = closed;
		this.retry = retry;
	}

	/**
	 * Wait for the next try.
	 */
	void begin() {
		this.delayMillis = nextDelay(this.delayMillis);
		this.dueNanos = System.nanoTime() + Duration.ofMillis(this.delayMillis).toNanos();
		schedule();
	}

	/**
	 * Forget the past: accepting works, or the listener is being closed.
	 */
	void end() {
		this.delayMillis = 0;
		Timers.Timer current = this.timer;
		if (current != null) {
			current.cancel();
			this.timer = null;
		}
	}

	static long nextDelay(long millis) {
		return (millis == 0) ? FIRST_MILLIS : Math.min(2 * millis, LONGEST_MILLIS);
	}

	private void schedule() {
		Duration left = Duration.ofNanos(Math.max(0, this.dueNanos - System.nanoTime()));
		this.timer = this.loop.schedule((left.compareTo(POLL) < 0) ? left : POLL, this.poll);
	}

	private void poll() {
		long closedNow = this.closed.getAsLong();
		if (closedNow != this.closedSeen) {
			// Somebody else may take the descriptor first, so the delay starts anew too
			this.closedSeen = closedNow;
			this.delayMillis = 0;
			this.retry.run();
		}
		else if (this.dueNanos - System.nanoTime() <= 0) {
			this.retry.run();
		}
		else {
			schedule();
		}
	}

}
