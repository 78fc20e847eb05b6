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
	 * Reserve a place for one event although there may be none: then it waits for one.
	 * For sockets that cannot be left to the system any longer.
	 */
	void reserveAnyway();

	/**
	 * Give a place back.
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
	 * Run a delivery in the reserved place. If it cannot run now it will later, and
	 * nobody gets a place before.
	 * @param delivery what to run; it gives its place back when it has ended
	 */
	void dispatch(Delivery delivery);

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

	/**
	 * What is to be run. Only the first call of any of its methods counts.
	 */
	interface Delivery extends Runnable {

		/**
		 * Called instead of {@link #run()} if it cannot run at all.
		 * @param cause why not
		 */
		void failed(Throwable cause);

	}

}
