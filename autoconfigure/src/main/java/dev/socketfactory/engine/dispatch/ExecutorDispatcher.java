package dev.socketfactory.engine.dispatch;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketfactory.engine.loop.EventLoop;

/**
 * Publishes on an executor that runs a limited number of deliveries at once.
 *
 * @since 0.1.0
 */
public final class ExecutorDispatcher implements Dispatcher {

	private static final Duration RETRY = Duration.ofMillis(5);

	private final Executor executor;

	private final int places;

	private final EventLoop loop;

	private final AtomicInteger used = new AtomicInteger();

	private final Queue<Runnable> waiters = new ConcurrentLinkedQueue<>();

	/**
	 * Deliveries that the executor has refused in spite of a free place: it may be
	 * shared, or a thread that has just finished is not back yet.
	 */
	private final Queue<Delivery> refused = new ConcurrentLinkedQueue<>();

	private final AtomicBoolean retryScheduled = new AtomicBoolean();

	/**
	 * Create a dispatcher.
	 * @param executor what runs the deliveries
	 * @param places how many it runs at once, {@link Integer#MAX_VALUE} for any number
	 * @param loop where to try again what the executor has refused
	 */
	public ExecutorDispatcher(Executor executor, int places, EventLoop loop) {
		this.executor = executor;
		this.places = places;
		this.loop = loop;
	}

	@Override
	public boolean tryReserve() {
		int taken = this.used.get();
		while (taken < this.places && this.refused.isEmpty()) {
			if (this.used.compareAndSet(taken, taken + 1)) {
				return true;
			}
			taken = this.used.get();
		}
		return false;
	}

	@Override
	public void release() {
		this.used.decrementAndGet();
		wakeWaiters();
	}

	@Override
	public void whenFree(Runnable waiter) {
		this.waiters.add(waiter);
		if (this.used.get() < this.places) {
			wakeWaiters();
		}
	}

	@Override
	public void dispatch(Delivery delivery) {
		if (!execute(delivery)) {
			this.refused.add(delivery);
			scheduleRetry();
		}
	}

	@Override
	public boolean isInline() {
		return false;
	}

	@Override
	public int getRunning() {
		return this.used.get();
	}

	/**
	 * Hand a delivery to the executor.
	 * @return whether it is settled, {@code false} if it has to be tried again
	 */
	private boolean execute(Delivery delivery) {
		try {
			this.executor.execute(delivery);
			return true;
		}
		catch (RejectedExecutionException | OutOfMemoryError ex) {
			// The latter when no thread can be made
			return false;
		}
		catch (RuntimeException | Error ex) {
			delivery.failed(ex);
			return true;
		}
	}

	private void scheduleRetry() {
		if (this.retryScheduled.compareAndSet(false, true)) {
			this.loop.schedule(RETRY, this::retryRefused);
		}
	}

	private void retryRefused() {
		this.retryScheduled.set(false);
		try {
			boolean settled = true;
			while (settled && !this.refused.isEmpty()) {
				settled = retryFirst(this.refused.element());
			}
		}
		finally {
			if (!this.refused.isEmpty()) {
				scheduleRetry();
			}
		}
		wakeWaiters();
	}

	private boolean retryFirst(Delivery delivery) {
		boolean settled = true;
		try {
			settled = execute(delivery);
			return settled;
		}
		finally {
			if (settled) {
				this.refused.remove();
			}
		}
	}

	/**
	 * Tell waiters as long as there are places: those that are left are told when the
	 * next one is given back.
	 */
	private void wakeWaiters() {
		while (this.refused.isEmpty() && this.used.get() < this.places) {
			Runnable waiter = this.waiters.poll();
			if (waiter == null) {
				return;
			}
			waiter.run();
		}
	}

}
