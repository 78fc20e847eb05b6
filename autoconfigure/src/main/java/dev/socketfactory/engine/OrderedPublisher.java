package dev.socketfactory.engine;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import dev.socketfactory.event.SocketEvent;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.context.ApplicationEventPublisher;

/**
 * Publishes the state and failure events of all factories in order, on one thread of its
 * own, so that they flow whatever the handlers of success events do.
 */
final class OrderedPublisher implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(OrderedPublisher.class);

	private final ApplicationEventPublisher publisher;

	private final ThreadPoolExecutor executor;

	OrderedPublisher(ApplicationEventPublisher publisher) {
		this.publisher = publisher;
		this.executor = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
				DaemonThreads.named("socket-factory-events"));
	}

	void publish(SocketEvent event) {
		try {
			this.executor.execute(() -> publishGuarded(event));
		}
		catch (RejectedExecutionException ex) {
			logger.debug("Not published, the context is closed: " + event);
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
