package dev.socketfactory.engine.accept;

import java.util.concurrent.locks.ReentrantLock;

import dev.socketfactory.PauseReason;
import dev.socketfactory.engine.delivery.ChannelTable;
import dev.socketfactory.engine.state.FactoryState;

/**
 * Pauses one open listener when its limit is reached, and lets it accept again when
 * enough connections have been closed.
 *
 * @since 0.1.0
 */
public final class LimitGuard {

	private final ReentrantLock acceptLock;

	private final FactoryState state;

	private final ChannelTable channels;

	private final Actions actions;

	/**
	 * Guarded by {@link #acceptLock}, like the rest.
	 */
	private ConnectionLimit limit;

	/**
	 * Whether a refill has begun and not ended. Once at a time: a second one would not
	 * wait for the low-water mark.
	 */
	private boolean refilling;

	/**
	 * Create a guard.
	 * @param limit the limit
	 * @param acceptLock held when connections are accepted and counted in
	 * @param state the state to pause
	 * @param channels the connections that are open
	 * @param actions what to do
	 */
	LimitGuard(ConnectionLimit limit, ReentrantLock acceptLock, FactoryState state, ChannelTable channels,
			Actions actions) {
		this.limit = limit;
		this.acceptLock = acceptLock;
		this.state = state;
		this.channels = channels;
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
			// Whoever has just found one closed may not have seen the reason yet
			refillIfLow();
		}
		return true;
	}

	/**
	 * Change the limit. Called with the accept lock.
	 * @param limit the new limit
	 */
	void setLimit(ConnectionLimit limit) {
		boolean raised = limit.isHigherThan(this.limit);
		this.limit = limit;
		if (!pauseIfFull() && isPaused() && (raised || limit.isLow(this.channels.size()))) {
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
			refillIfLow();
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

	private boolean isPaused() {
		return this.state.getReasons().containsKey(PauseReason.MAX_CONNECTIONS);
	}

	private void refillIfLow() {
		if (this.limit.isLow(this.channels.size())) {
			refill();
		}
	}

	private void refill() {
		if (!this.refilling) {
			this.refilling = true;
			this.actions.refill();
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
