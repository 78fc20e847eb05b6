package dev.socketfactory.engine;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import dev.socketfactory.SocketFactory;
import dev.socketfactory.engine.meter.LogThrottle;
import dev.socketfactory.event.SocketEvent;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.context.ApplicationEventPublisher;

/**
 * Publishes the state and failure events of all factories in order, on one thread of its
 * own, so that they flow whatever the handlers of success events do.
 */
final class OrderedPublisher implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(SocketFactory.class);

	private final ApplicationEventPublisher publisher;

	private final LogThrottle throttle = LogThrottle.everySecond();

	private final ThreadPoolExecutor executor;

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
				DaemonThreads.named("socket-factory-events"));
		this.executor.prestartCoreThread();
	}

	void publish(SocketEvent event) {
		try {
			this.executor.execute(() -> publishGuarded(event));
		}
		catch (RejectedExecutionException ex) {
			notPublished(event);
		}
	}

	/**
	 * Wait until what has been handed in so far is published.
	 * @param timeout how long to wait at most, in milliseconds
	 */
	void await(long timeout) {
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

	@Override
	public void close() {
		this.executor.shutdownNow();
	}

	private void notPublished(SocketEvent event) {
		if (this.executor.isShutdown()) {
			logger.debug("Not published, the context is closed: " + event);
			return;
		}
		long heldBack = this.throttle.tryPass();
		if (heldBack >= 0) {
			logger.error(
					"Handlers of state and failure events do not keep up, %d events wait: lost one of '%s', and %d since the last line"
						.formatted(this.executor.getQueue().size(), event.getFactoryName(), heldBack));
		}
	}

	private void publishGuarded(SocketEvent event) {
		try {
			this.publisher.publishEvent(event);
		}
		catch (Throwable ex) {
			logger.error(
					"Handler of %s of '%s' failed".formatted(event.getClass().getSimpleName(), event.getFactoryName()),
					ex);
		}
	}

}
