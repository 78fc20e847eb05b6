package dev.socketfactory.engine.delivery;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Tells listeners that are short of descriptors that a channel of any factory of the
 * application has been closed. Safe for use by any thread.
 *
 * @since 0.1.0
 */
public final class Closings {

	private final AtomicLong count = new AtomicLong();

	private final Set<Runnable> waiters = ConcurrentHashMap.newKeySet();

	/**
	 * A channel has been found closed.
	 */
	public void happened() {
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
	public long getCount() {
		return this.count.get();
	}

	/**
	 * Tell of every channel that is closed from now on.
	 * @param waiter run for each, on the thread that has found it closed
	 */
	public void add(Runnable waiter) {
		this.waiters.add(waiter);
	}

	/**
	 * Tell no more.
	 * @param waiter what has been added, or not
	 */
	public void remove(Runnable waiter) {
		this.waiters.remove(waiter);
	}

}
