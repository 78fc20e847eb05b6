package dev.socketfactory.engine;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import dev.socketfactory.SocketFactory;
import dev.socketfactory.event.SocketEvent;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;

/**
 * Publishes the state and failure events of all factories in order, on one thread of its
 * own, so that they flow whatever the handlers of success events do.
 */
final class OrderedPublisher implements AutoCloseable {

	private static final SafeLog logger = new SafeLog(SocketFactory.class);

	private final ApplicationEventPublisher publisher;

	private final LogThrottle throttle = LogThrottle.everySecond();

	private final ThreadPoolExecutor executor;

	/**
	 * The thread while it publishes.
	 */
	private volatile @Nullable Thread publishing;

	/**
	 * Create a publisher and start its thread, which cannot be made later if threads are
	 * short then.
	 * @param publisher where to publish
	 * @param capacity number of events that wait while a handler takes its time; those
	 * that come then are lost, so that a handler which never returns does not take all
	 * memory
	 */
	OrderedPublisher(ApplicationEventPublisher publisher, int capacity) {
		this.publisher = publisher;
		this.executor = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(capacity),
				OrderedPublisher::newThread);
		this.executor.prestartCoreThread();
	}

	void publish(SocketEvent event) {
		try {
			this.executor.execute(() -> publishGuarded(event));
		}
		catch (RejectedExecutionException | OutOfMemoryError ex) {
			notPublished(event);
		}
	}

	/**
	 * Wait until what has been handed in so far is published.
	 * @param timeout how long to wait at most, in milliseconds
	 * @param ending whether the publishing thread waits for the caller
	 */
	void await(long timeout, Predicate<Thread> ending) {
		Thread publishing = this.publishing;
		if (publishing != null && (publishing == Thread.currentThread() || ending.test(publishing))) {
			return;
		}
		try {
			this.executor.submit(() -> {
			}).get(timeout, TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (Exception ex) {
			logger.debug("Not all state and failure events have been published", ex);
		}
	}

	/**
	 * Return whether handlers run on a thread right now.
	 */
	boolean isPublishing(Thread thread) {
		return this.publishing == thread;
	}

	@Override
	public void close() {
		this.executor.shutdownNow();
	}

	private void notPublished(SocketEvent event) {
		if (this.executor.isShutdown()) {
			logger.debug("Not published, the context is closed: " + event, null);
			return;
		}
		long heldBack = this.throttle.tryPass();
		if (heldBack >= 0) {
			logger.error(
					"Handlers of state and failure events do not keep up, %d events wait: lost one of '%s', and %d since the last line"
						.formatted(this.executor.getQueue().size(), event.getFactoryName(), heldBack),
					null);
		}
	}

	private void publishGuarded(SocketEvent event) {
		this.publishing = Thread.currentThread();
		try {
			this.publisher.publishEvent(event);
		}
		catch (Throwable ex) {
			logger.error(
					"Handler of %s of '%s' failed".formatted(event.getClass().getSimpleName(), event.getFactoryName()),
					ex);
		}
		finally {
			this.publishing = null;
		}
	}

	private static Thread newThread(Runnable task) {
		Thread thread = new Thread(task, "socket-events");
		thread.setDaemon(true);
		return thread;
	}

}
