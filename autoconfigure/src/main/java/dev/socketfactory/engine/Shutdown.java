package dev.socketfactory.engine;

import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.socketfactory.SocketFactories;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Gives handlers and claimed channels of stopped factories their time to end, then closes
 * what is left.
 */
final class Shutdown {

	private static final Log logger = LogFactory.getLog(SocketFactories.class);

	private static final long POLL_MILLIS = 10;

	private static final long AFTER_CLOSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

	private final List<AbstractSocketFactory> factories;

	private final ShutdownTimes times;

	Shutdown(List<AbstractSocketFactory> factories, ShutdownTimes times) {
		this.factories = factories;
		this.times = times;
	}

	void await() {
		int open = countOpen();
		int running = countHandlers();
		if (open > 0 || running > 0) {
			logger.info("Waiting for %d open connection(s) and %d running handler(s)".formatted(open, running));
		}
		awaitIdle(this.times.patienceNanos());
		closeRest();
		awaitIdle(Math.min(AFTER_CLOSE_NANOS, this.times.leftNanos()));
	}

	private void awaitIdle(long nanos) {
		long deadlineNanos = System.nanoTime() + nanos;
		try {
			while ((countOpen() > 0 || countHandlers() > 0) && deadlineNanos - System.nanoTime() > 0) {
				Thread.sleep(POLL_MILLIS);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private int countHandlers() {
		return this.factories.stream().mapToInt((factory) -> factory.getCounters().getRunningHandlers()).sum();
	}

	private int countOpen() {
		int open = 0;
		for (AbstractSocketFactory factory : this.factories) {
			factory.getChannels().removeClosed();
			open += factory.getChannels().size();
		}
		return open;
	}

	private void closeRest() {
		int closed = 0;
		for (AbstractSocketFactory factory : this.factories) {
			closed += factory.closeChannels();
		}
		if (closed > 0) {
			logger.info("Closed %d connection(s) that were still open at shutdown".formatted(closed));
		}
	}

}
