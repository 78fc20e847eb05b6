package dev.socketfactory.engine;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Tasks of the event loop that run once, later. May be added and cancelled from any
 * thread.
 */
final class Timers {

	static final long NEVER = -1;

	private final PriorityQueue<Timer> queue = new PriorityQueue<>(
			Comparator.comparingLong((timer) -> timer.dueNanos - Timers.this.originNanos));

	private final long originNanos = System.nanoTime();

	Timer add(Duration delay, Runnable task) {
		Timer timer = new Timer(System.nanoTime() + delay.toNanos(), task);
		synchronized (this.queue) {
			this.queue.add(timer);
		}
		return timer;
	}

	/**
	 * Return the time until the next timer is due.
	 * @return milliseconds, rounded up so that the timer is due after them, {@code 0} if
	 * one is due now, {@link #NEVER} if there is none
	 */
	long millisUntilNext() {
		synchronized (this.queue) {
			Timer next = this.queue.peek();
			if (next == null) {
				return NEVER;
			}
			long nanos = next.dueNanos - System.nanoTime();
			return (nanos > 0) ? TimeUnit.NANOSECONDS.toMillis(nanos) + 1 : 0;
		}
	}

	void runDue(Consumer<Runnable> runner) {
		for (Timer timer = pollDue(); timer != null; timer = pollDue()) {
			runner.accept(timer.task);
		}
	}

	private @Nullable Timer pollDue() {
		synchronized (this.queue) {
			Timer next = this.queue.peek();
			return (next != null && next.dueNanos - System.nanoTime() <= 0) ? this.queue.poll() : null;
		}
	}

	/**
	 * One pending task.
	 */
	final class Timer {

		private final long dueNanos;

		private final Runnable task;

		private Timer(long dueNanos, Runnable task) {
			this.dueNanos = dueNanos;
			this.task = task;
		}

		/**
		 * Keep the task from running, unless it is running already.
		 */
		void cancel() {
			synchronized (Timers.this.queue) {
				Timers.this.queue.remove(this);
			}
		}

	}

}
