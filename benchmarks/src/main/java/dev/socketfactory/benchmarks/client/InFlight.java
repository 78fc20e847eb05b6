package dev.socketfactory.benchmarks.client;

import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Keeps a number of asynchronous attempts going.
 */
final class InFlight {

	private final int limit;

	private final Semaphore free;

	private volatile @Nullable Throwable failure;

	InFlight(int limit) {
		this.limit = limit;
		this.free = new Semaphore(limit);
	}

	/**
	 * Begin that many attempts, each when one before it has ended, and wait for the last.
	 * @param count the number
	 * @param attempt begins one, and calls {@link #ended}
	 */
	void run(int count, Consumer<InFlight> attempt) throws Exception {
		for (int i = 0; i < count; i++) {
			this.free.acquire();
			attempt.accept(this);
		}
		this.free.acquire(this.limit);
		this.free.release(this.limit);
		Throwable thrown = this.failure;
		if (thrown != null) {
			throw new IllegalStateException(thrown);
		}
	}

	void ended(@Nullable Throwable thrown) {
		if (thrown != null) {
			this.failure = thrown;
		}
		this.free.release();
	}

}
