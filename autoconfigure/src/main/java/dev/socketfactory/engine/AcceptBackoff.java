package dev.socketfactory.engine;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * When to try again after accepting has failed for lack of a resource: after a delay that
 * doubles from 5 ms to 1 s, or as soon as a socket of any factory was closed. Tries are
 * made on the event loop.
 */
final class AcceptBackoff {

	private static final long FIRST_MILLIS = 5;

	private static final long LONGEST_MILLIS = 1000;

	private final EventLoop loop;

	private final ClosingSignal closings;

	private final Runnable retry;

	// Made here, because no class may be needed for the first time when it is used

	private final Runnable retryWhenDue = this::retry;

	private final Runnable retryEarly = this::retryIfClosed;

	private final Runnable closed = this::socketClosed;

	private long delayMillis;

	private long closedSeen;

	private volatile Timers.@Nullable Timer timer;

	AcceptBackoff(EventLoop loop, ClosingSignal closings, Runnable retry) {
		this.loop = loop;
		this.closings = closings;
		this.retry = retry;
	}

	/**
	 * Wait for the next try.
	 */
	void begin() {
		this.delayMillis = nextDelay(this.delayMillis);
		this.timer = this.loop.schedule(Duration.ofMillis(this.delayMillis), this.retryWhenDue);
		this.closings.add(this.closed);
		if (this.closings.getCount() != this.closedSeen) {
			// One that was closed before there was a waiter for it
			socketClosed();
		}
	}

	/**
	 * Forget the past: accepting works, or the listener is being closed. Callable from
	 * any thread that holds the lock of the acceptor.
	 */
	void end() {
		this.closings.remove(this.closed);
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

	private void socketClosed() {
		if (this.timer != null) {
			this.loop.execute(this.retryEarly);
		}
	}

	private void retryIfClosed() {
		long closedNow = this.closings.getCount();
		Timers.Timer current = this.timer;
		if (current != null && closedNow != this.closedSeen) {
			this.closedSeen = closedNow;
			// Another process may take the descriptor first, so the delay starts anew too
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
