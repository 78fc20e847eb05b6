package dev.socketfactory.engine;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import dev.socketfactory.engine.loop.EventLoop;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Threads for what may block, beside the event loop: look-ups, or binding that waits for
 * a lock.
 */
final class BlockingThreads implements Executor, AutoCloseable {

	private static final Log logger = LogFactory.getLog(BlockingThreads.class);

	private static final int MOST = 16;

	private static final Duration RETRY = Duration.ofMillis(100);

	private final ThreadPoolExecutor threads;

	private final EventLoop loop;

	BlockingThreads(EventLoop loop, ThreadFactory factory) {
		this.loop = loop;
		this.threads = new ThreadPoolExecutor(MOST, MOST, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
		this.threads.allowCoreThreadTimeOut(true);
	}

	/**
	 * Run a task, now or as soon as a thread can be made for it.
	 * @param task what to run
	 */
	@Override
	public void execute(Runnable task) {
		try {
			this.threads.execute(task);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("The engine is closed, so this is not run", ex);
		}
		catch (OutOfMemoryError ex) {
			// Also when no thread can be made
			this.loop.schedule(RETRY, () -> execute(task));
		}
	}

	@Override
	public void close() {
		this.threads.shutdownNow();
	}

}
