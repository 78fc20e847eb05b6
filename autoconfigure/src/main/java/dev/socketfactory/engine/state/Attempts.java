package dev.socketfactory.engine.state;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * The attempts of one factory to open its socket. They have numbers, so that what ends
 * after its attempt was given up is recognized. Safe for use by any thread.
 *
 * @since 0.1.0
 */
public final class Attempts {

	/**
	 * Held while a socket is opened or closed; never while a name is looked up or a
	 * handler runs.
	 */
	private final ReentrantLock lock = new ReentrantLock();

	/**
	 * Written under {@link #lock}.
	 */
	private volatile long current;

	private volatile CompletableFuture<Void> outcome = CompletableFuture.completedFuture(null);

	/**
	 * Return the number of the latest attempt.
	 * @return the number, which may be outdated unless the caller is in a step
	 */
	public long getCurrent() {
		return this.current;
	}

	/**
	 * Return a future that completes when the outcome of the latest start is known.
	 * @return the future, which never fails
	 */
	public CompletableFuture<Void> getOutcome() {
		return this.outcome;
	}

	/**
	 * Run something while nothing is opened or closed.
	 * @param step what to do
	 */
	public void exclusively(Runnable step) {
		this.lock.lock();
		try {
			step.run();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Run a step of an attempt unless that has been given up.
	 * @param attempt number of the attempt
	 * @param step what to do
	 * @return whether the step was run
	 */
	public boolean step(long attempt, Runnable step) {
		return stepAndThen(attempt, () -> {
			step.run();
			return null;
		});
	}

	/**
	 * Run a step of an attempt unless that has been given up, and then, when others may
	 * open and close again, what follows from it.
	 * @param attempt number of the attempt
	 * @param step what to do, and what then
	 * @return whether the step was run
	 */
	public boolean stepAndThen(long attempt, Supplier<@Nullable Runnable> step) {
		if (this.current != attempt) {
			// Without waiting for the lock: numbers never come back
			return false;
		}
		Runnable next;
		this.lock.lock();
		try {
			if (this.current != attempt) {
				return false;
			}
			next = step.get();
		}
		finally {
			this.lock.unlock();
		}
		if (next != null) {
			next.run();
		}
		return true;
	}

	/**
	 * Begin an attempt whose outcome is waited for.
	 * @return its number
	 */
	public long begin() {
		this.outcome = new CompletableFuture<>();
		return next();
	}

	/**
	 * Begin another attempt, or give the latest up.
	 * @return the number from now on
	 */
	public long next() {
		long next = this.current + 1;
		this.current = next;
		return next;
	}

	/**
	 * Tell those who wait that the outcome is known.
	 */
	public void settled() {
		this.outcome.complete(null);
	}

}
