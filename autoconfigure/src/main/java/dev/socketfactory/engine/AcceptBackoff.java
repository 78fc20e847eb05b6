package dev.socketfactory.engine;

import java.time.Duration;
import java.util.function.LongSupplier;

import dev.socketfactory.engine.loop.EventLoop;
import dev.socketfactory.engine.loop.Timers;
import org.jspecify.annotations.Nullable;

/**
 * When to try again after accepting has failed for lack of a resource: after a delay that
 * doubles from 5 ms to 1 s, or as soon as a connection of the same factory was closed.
 * Used by the event loop's thread only, unless a method says otherwise.
 */
final class AcceptBackoff {

	private static final long FIRST_MILLIS = 5;

	private static final long LONGEST_MILLIS = 1000;

	private final EventLoop loop;

	/**
	 * Counts the connections that have been closed.
	 */
	private final LongSupplier closed;

	private final Runnable retry;

	// Made here, because no class may be needed for the first time when it is used

	private final Runnable retryWhenDue = this::retry;

	private final Runnable retryEarly = this::retryIfClosed;

	private long delayMillis;

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
		this.timer = this.loop.schedule(Duration.ofMillis(this.delayMillis), this.retryWhenDue);
		if (this.closed.getAsLong() != this.closedSeen) {
			// While nobody seemed to wait for that
			connectionClosed();
		}
	}

	/**
	 * Try again soon if a connection was closed. Callable from any thread.
	 */
	void connectionClosed() {
		if (this.timer != null) {
			this.loop.execute(this.retryEarly);
		}
	}

	/**
	 * Forget the past: accepting works, or the listener is being closed. Callable from
	 * any thread that holds the accept lock.
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

	private void retryIfClosed() {
		long closedNow = this.closed.getAsLong();
		Timers.Timer current = this.timer;
		if (current != null && closedNow != this.closedSeen) {
			this.closedSeen = closedNow;
			// Somebody else may take the descriptor first, so the delay starts anew too
			this.delayMillis = 0;
			current.cancel();
			retry();
		}
	}

	private void retry() {
		this.timer = null;
		this.retry.run();
	}

}
