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
	 * Deliveries without a place, and those that the executor has refused in spite of
	 * one: it may be shared, or a thread that has just finished is not back yet.
	 */
	private final Queue<Delivery> waiting = new ConcurrentLinkedQueue<>();

	private final AtomicInteger waitingCount = new AtomicInteger();

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
		while (taken < this.places && this.waiting.isEmpty()) {
			if (this.used.compareAndSet(taken, taken + 1)) {
				return true;
			}
			taken = this.used.get();
		}
		return false;
	}

	@Override
	public void reserveAnyway() {
		this.used.incrementAndGet();
	}

	@Override
	public void release() {
		this.used.decrementAndGet();
		if (!this.waiting.isEmpty()) {
			scheduleRetry();
		}
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
		if (countRunning() > this.places || !execute(delivery)) {
			this.waiting.add(delivery);
			this.waitingCount.incrementAndGet();
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
	 * Return how many deliveries run or are about to, those that wait left out.
	 */
	private int countRunning() {
		return this.used.get() - this.waitingCount.get();
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
		if (!this.retryScheduled.compareAndSet(false, true)) {
			return;
		}
		boolean scheduled = false;
		try {
			this.loop.schedule(RETRY, this::retryWaiting);
			scheduled = true;
		}
		finally {
			if (!scheduled) {
				// Nobody else would try, and nothing would be accepted any more
				this.retryScheduled.set(false);
			}
		}
	}

	private void retryWaiting() {
		this.retryScheduled.set(false);
		try {
			boolean settled = true;
			while (settled && !this.waiting.isEmpty() && countRunning() < this.places) {
				settled = retryFirst(this.waiting.element());
			}
		}
		finally {
			// Without a place the next one that is given back is what to wait for
			if (!this.waiting.isEmpty() && countRunning() < this.places) {
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
				this.waiting.remove();
				this.waitingCount.decrementAndGet();
			}
		}
	}

	/**
	 * Tell waiters as long as there are places: those that are left are told when the
	 * next one is given back.
	 */
	private void wakeWaiters() {
		while (this.waiting.isEmpty() && this.used.get() < this.places) {
			Runnable waiter = this.waiters.poll();
			if (waiter == null) {
				return;
			}
			waiter.run();
		}
	}

}
