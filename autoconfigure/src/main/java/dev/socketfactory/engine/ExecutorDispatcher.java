package dev.socketfactory.engine;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs handlers on an executor, a limited number at once.
 */
final class ExecutorDispatcher implements Dispatcher {

	/**
	 * Turns of the event loop in a row that try a refused socket again: a thread of a
	 * pool without a queue takes some microseconds from the return of a handler until it
	 * can be handed the next one.
	 */
	private static final int PROMPT_RETRIES = 64;

	private static final Duration RETRY = Duration.ofMillis(1);

	private final Executor executor;

	private final int limit;

	private final EventLoop loop;

	private final AtomicInteger acquired = new AtomicInteger();

	private final Queue<Runnable> waiters = new ConcurrentLinkedQueue<>();

	/**
	 * Sockets beyond the limit, and those that the executor has refused although they
	 * have a permit: it may be shared.
	 */
	private final Queue<CreatedSocket> waiting = new ConcurrentLinkedQueue<>();

	private final AtomicInteger waitingCount = new AtomicInteger();

	private final AtomicBoolean retryScheduled = new AtomicBoolean();

	/**
	 * Refusals since the executor has taken a socket last.
	 */
	private volatile int refusals;

	/**
	 * Create a dispatcher.
	 * @param executor what runs the handlers
	 * @param limit how many sockets it takes at once, {@link Integer#MAX_VALUE} for any
	 * number
	 * @param loop where to try again what the executor has refused
	 */
	ExecutorDispatcher(Executor executor, int limit, EventLoop loop) {
		this.executor = executor;
		this.limit = limit;
		this.loop = loop;
	}

	@Override
	public boolean tryAcquire() {
		int current = this.acquired.get();
		while (current < this.limit && this.waiting.isEmpty()) {
			if (this.acquired.compareAndSet(current, current + 1)) {
				return true;
			}
			current = this.acquired.get();
		}
		return false;
	}

	@Override
	public void acquireBeyondLimit() {
		this.acquired.incrementAndGet();
	}

	@Override
	public void release() {
		this.acquired.decrementAndGet();
		if (!this.waiting.isEmpty()) {
			scheduleRetry();
		}
		wakeWaiters();
	}

	@Override
	public void whenAvailable(Runnable waiter) {
		this.waiters.add(waiter);
		if (this.acquired.get() < this.limit) {
			wakeWaiters();
		}
	}

	@Override
	public void dispatch(CreatedSocket socket) {
		if (!this.waiting.isEmpty() || countRunning() > this.limit || !execute(socket)) {
			this.waiting.add(socket);
			this.waitingCount.incrementAndGet();
			scheduleRetry();
		}
	}

	@Override
	public boolean isInline() {
		return false;
	}

	/**
	 * Return how many permits have been acquired.
	 */
	int getAcquired() {
		return this.acquired.get();
	}

	/**
	 * Return how many sockets are with the executor, or about to be.
	 */
	private int countRunning() {
		return this.acquired.get() - this.waitingCount.get();
	}

	/**
	 * Hand a socket to the executor.
	 * @return whether that is settled, {@code false} if it has to be tried again
	 */
	private boolean execute(CreatedSocket socket) {
		try {
			this.executor.execute(socket);
		}
		catch (RejectedExecutionException | OutOfMemoryError ex) {
			// The latter when no thread can be made
			return false;
		}
		catch (RuntimeException | Error ex) {
			socket.fail(ex);
		}
		this.refusals = 0;
		return true;
	}

	private void scheduleRetry() {
		if (!this.retryScheduled.compareAndSet(false, true)) {
			return;
		}
		boolean scheduled = false;
		try {
			if (this.refusals < PROMPT_RETRIES) {
				this.loop.execute(this::retryWaiting);
			}
			else {
				this.loop.schedule(RETRY, this::retryWaiting);
			}
			scheduled = true;
		}
		finally {
			if (!scheduled) {
				// Nothing else would try, and nothing would be accepted any more
				this.retryScheduled.set(false);
			}
		}
	}

	private void retryWaiting() {
		this.retryScheduled.set(false);
		try {
			boolean settled = true;
			while (settled && !this.waiting.isEmpty() && countRunning() < this.limit) {
				settled = retryFirst(this.waiting.element());
			}
		}
		finally {
			// Without a permit the next one that is released is what to wait for
			if (!this.waiting.isEmpty() && countRunning() < this.limit) {
				scheduleRetry();
			}
		}
		wakeWaiters();
	}

	private boolean retryFirst(CreatedSocket socket) {
		boolean settled = true;
		try {
			settled = execute(socket);
			return settled;
		}
		finally {
			if (settled) {
				this.waiting.remove();
				this.waitingCount.decrementAndGet();
			}
			else {
				this.refusals++;
				// The thread that is on its way back may need this processor
				Thread.yield();
			}
		}
	}

	/**
	 * Tell waiters as long as there are permits: those that are left are told when the
	 * next one is released.
	 */
	private void wakeWaiters() {
		while (this.waiting.isEmpty() && this.acquired.get() < this.limit) {
			Runnable waiter = this.waiters.poll();
			if (waiter == null) {
				return;
			}
			waiter.run();
		}
	}

}
