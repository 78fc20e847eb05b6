package dev.socketfactory.engine.accept;

import java.time.Duration;

import dev.socketfactory.engine.delivery.Closings;
import dev.socketfactory.engine.loop.EventLoop;
import dev.socketfactory.engine.loop.Timers;
import org.jspecify.annotations.Nullable;

/**
 * When to try again after accepting has failed for lack of a resource: after a delay that
 * doubles from 5 ms to 1 s, or as soon as a channel of any factory was closed. Tries are
 * made on the event loop.
 *
 * @since 0.1.0
 */
public final class AcceptBackoff {

	private static final long FIRST_MILLIS = 5;

	private static final long LONGEST_MILLIS = 1000;

	private final EventLoop loop;

	private final Closings closings;

	private final Runnable retry;

	// Made here, because no class may be needed for the first time when it is used

	private final Runnable retryWhenDue = this::retry;

	private final Runnable retryEarly = this::retryIfClosed;

	private final Runnable closed = this::channelClosed;

	private long delayMillis;

	private long closedSeen;

	private volatile Timers.@Nullable Timer timer;

	AcceptBackoff(EventLoop loop, Closings closings, Runnable retry) {
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
			// While nobody seemed to wait for that
			channelClosed();
		}
	}

	/**
	 * Forget the past: accepting works, or the listener is being closed. Callable from
	 * any thread that holds the accept lock.
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

	private void channelClosed() {
		if (this.timer != null) {
			this.loop.execute(this.retryEarly);
		}
	}

	private void retryIfClosed() {
		long closedNow = this.closings.getCount();
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
