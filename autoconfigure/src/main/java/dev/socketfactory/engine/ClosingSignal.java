package dev.socketfactory.engine;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Tells listeners that are short of descriptors that a socket of any factory of the
 * application was closed. Safe for use by any thread.
 */
final class ClosingSignal {

	private final AtomicLong count = new AtomicLong();

	private final Set<Runnable> waiters = ConcurrentHashMap.newKeySet();

	/**
	 * A socket has been found closed.
	 */
	void raise() {
		this.count.incrementAndGet();
		if (!this.waiters.isEmpty()) {
			for (Runnable waiter : this.waiters) {
				waiter.run();
			}
		}
	}

	/**
	 * Return how many sockets have been closed so far.
	 */
	long getCount() {
		return this.count.get();
	}

	/**
	 * Tell of every socket that is closed from now on.
	 * @param waiter run for each, on the thread that has found it closed
	 */
	void add(Runnable waiter) {
		this.waiters.add(waiter);
	}

	void remove(Runnable waiter) {
		this.waiters.remove(waiter);
	}

}
