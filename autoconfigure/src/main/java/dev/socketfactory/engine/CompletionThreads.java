package dev.socketfactory.engine;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;

/**
 * Hands connections made on demand to those who asked for them: what they do with one may
 * take as long as they like, so it is not done on the event loop if there is any other
 * thread.
 */
final class CompletionThreads implements Executor, AutoCloseable {

	private final ExecutorService threads;

	CompletionThreads(ThreadFactory factory) {
		this.threads = Executors.newCachedThreadPool(factory);
	}

	@Override
	public void execute(Runnable task) {
		try {
			this.threads.execute(task);
		}
		catch (RejectedExecutionException | OutOfMemoryError ex) {
			// The engine is closed, or no thread can be made
			task.run();
		}
	}

	@Override
	public void close() {
		this.threads.shutdownNow();
	}

}
