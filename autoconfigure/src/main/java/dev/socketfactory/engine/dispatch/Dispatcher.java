package dev.socketfactory.engine.dispatch;

/**
 * Decides on which thread success events are published.
 *
 * @since 0.1.0
 */
public interface Dispatcher {

	/**
	 * Reserve a place for one event, before its socket is created.
	 * @return whether there was one
	 */
	boolean tryReserve();

	/**
	 * Give a place back that was reserved but not used by {@link #dispatch}.
	 */
	void release();

	/**
	 * Run something once when a place may be free again.
	 * @param waiter what to run, on any thread
	 */
	void whenFree(Runnable waiter);

	/**
	 * Reserve a place, now or as soon as one is free.
	 * @param next what to do with the place, on any thread
	 */
	default void reserve(Runnable next) {
		if (tryReserve()) {
			next.run();
		}
		else {
			whenFree(() -> reserve(next));
		}
	}

	/**
	 * Run a delivery in the reserved place, which is free again afterwards. If it cannot
	 * run now it will later, and nobody gets a place before.
	 * @param delivery what to run
	 */
	void dispatch(Runnable delivery);

	/**
	 * Return whether a delivery may run at once on the event loop's own thread.
	 * @return {@code true} for {@code inline}
	 */
	boolean isInline();

	/**
	 * Return how many deliveries are running or about to.
	 * @return their number
	 */
	int getRunning();

}
