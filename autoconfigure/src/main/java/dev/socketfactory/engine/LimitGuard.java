package dev.socketfactory.engine;

import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

import dev.socketfactory.PauseReason;
import dev.socketfactory.engine.loop.EventLoop;

/**
 * Pauses one open listener when its limit is reached, and lets it accept again when
 * enough connections have been closed.
 */
final class LimitGuard {

	/**
	 * How often to look for closed connections while the limit is reached.
	 */
	private static final Duration POLL = Duration.ofMillis(10);

	private final ReentrantLock acceptLock;

	private final FactoryState state;

	private final ChannelTable channels;

	private final EventLoop loop;

	private final Actions actions;

	/**
	 * Guarded by {@link #acceptLock}, like the rest.
	 */
	private ConnectionLimit limit;

	private boolean polling;

	/**
	 * Whether a refill has begun and not ended. Once at a time: a second one would not
	 * wait for the low-water mark.
	 */
	private boolean refilling;

	private boolean closed;

	/**
	 * Create a guard.
	 * @param limit the limit
	 * @param acceptLock held when connections are accepted and counted in
	 * @param state the state to pause
	 * @param channels the connections that are open
	 * @param loop where to look for closed connections
	 * @param actions what to do
	 */
	LimitGuard(ConnectionLimit limit, ReentrantLock acceptLock, FactoryState state, ChannelTable channels,
			EventLoop loop, Actions actions) {
		this.limit = limit;
		this.acceptLock = acceptLock;
		this.state = state;
		this.channels = channels;
		this.loop = loop;
		this.actions = actions;
	}

	/**
	 * Return whether the limit is reached. Called with the accept lock.
	 */
	boolean isFull() {
		return this.limit.isLimited() && this.limit.isReached(this.channels.size());
	}

	/**
	 * Pause if the limit is reached. Called with the accept lock.
	 * @return whether it is
	 */
	boolean pauseIfFull() {
		if (!isFull()) {
			return false;
		}
		if (this.state.pause(PauseReason.MAX_CONNECTIONS)) {
			this.actions.reasonsChanged();
		}
		if (!this.polling) {
			this.polling = true;
			this.loop.schedule(POLL, this::poll);
		}
		return true;
	}

	/**
	 * Change the limit. Called with the accept lock.
	 * @param limit the new limit
	 */
	void setLimit(ConnectionLimit limit) {
		this.limit = limit;
		if (!pauseIfFull() && isPaused()) {
			refill();
		}
	}

	/**
	 * Begin to accept again if the limit was reached and enough connections have been
	 * closed since. Called without the accept lock, on any thread.
	 */
	void connectionClosed() {
		if (!isPaused()) {
			return;
		}
		this.acceptLock.lock();
		try {
			if (this.limit.isLow(this.channels.size())) {
				refill();
			}
		}
		finally {
			this.acceptLock.unlock();
		}
	}

	/**
	 * End a refill. Called with the accept lock.
	 */
	void refilled() {
		this.refilling = false;
	}

	/**
	 * Look for closed connections no more. Called with the accept lock.
	 */
	void close() {
		this.closed = true;
	}

	private boolean isPaused() {
		return this.state.getReasons().containsKey(PauseReason.MAX_CONNECTIONS);
	}

	private void refill() {
		if (!this.refilling) {
			this.refilling = true;
			this.actions.refill();
		}
	}

	private void poll() {
		try {
			this.channels.removeClosed();
			// A connection may have been found closed just before the reason was set
			connectionClosed();
		}
		finally {
			pollAgain();
		}
	}

	private void pollAgain() {
		this.acceptLock.lock();
		try {
			this.polling = isPaused() && !this.closed;
			if (this.polling) {
				this.loop.schedule(POLL, this::poll);
			}
		}
		finally {
			this.acceptLock.unlock();
		}
	}

	/**
	 * What a guard makes the listener do.
	 */
	interface Actions {

		/**
		 * Accept or not, as the pause reasons say now.
		 */
		void reasonsChanged();

		/**
		 * Accept up to the limit, soon, and call {@link LimitGuard#refilled()} then.
		 */
		void refill();

	}

}
