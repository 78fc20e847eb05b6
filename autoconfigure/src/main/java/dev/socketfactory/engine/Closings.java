package dev.socketfactory.engine;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Tells listeners that are short of descriptors that a channel of any factory of the
 * application has been closed. Safe for use by any thread.
 */
final class Closings {

	private final AtomicLong count = new AtomicLong();

	private final Set<Runnable> waiters = ConcurrentHashMap.newKeySet();

	/**
	 * A channel has been found closed.
	 */
	void happened() {
		this.count.incrementAndGet();
		if (!this.waiters.isEmpty()) {
			for (Runnable waiter : this.waiters) {
				waiter.run();
			}
		}
	}

	/**
	 * Return how many channels have been closed so far.
	 * @return their number
	 */
	long getCount() {
		return this.count.get();
	}

	/**
	 * Tell of every channel that is closed from now on.
	 * @param waiter run for each, on the thread that has found it closed
	 */
	void add(Runnable waiter) {
		this.waiters.add(waiter);
	}

	/**
	 * Tell no more.
	 * @param waiter what has been added, or not
	 */
	void remove(Runnable waiter) {
		this.waiters.remove(waiter);
	}

}
