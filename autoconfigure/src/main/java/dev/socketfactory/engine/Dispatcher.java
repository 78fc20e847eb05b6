package dev.socketfactory.engine;

/**
 * Decides on which thread the handlers of created sockets run, and how many of them at
 * once: a permit is acquired before a socket is created, and released when its handlers
 * have returned. Safe for use by any thread.
 */
interface Dispatcher {

	/**
	 * Acquire a permit, if there is one.
	 * @return whether there was one
	 */
	boolean tryAcquire();

	/**
	 * Acquire a permit although there may be none, for a socket that cannot be left to
	 * the system any longer: its handlers wait for a thread then.
	 */
	void acquireBeyondLimit();

	/**
	 * Give a permit back.
	 */
	void release();

	/**
	 * Run something once when there may be a permit again.
	 * @param waiter what to run, on any thread
	 */
	void whenAvailable(Runnable waiter);

	/**
	 * Acquire a permit, now or as soon as there is one.
	 * @param next what to do with the permit, on any thread
	 */
	default void acquire(Runnable next) {
		if (tryAcquire()) {
			next.run();
		}
		else {
			whenAvailable(() -> acquire(next));
		}
	}

	/**
	 * Run the handlers of a socket that has a permit, which it releases when they have
	 * returned. If they cannot run now they will later, and no other socket gets a permit
	 * before.
	 * @param socket the socket
	 */
	void dispatch(CreatedSocket socket);

	/**
	 * Return whether handlers may run at once when the event loop's own thread has
	 * created a socket.
	 * @return {@code true} for {@code inline}
	 */
	boolean isInline();

}
