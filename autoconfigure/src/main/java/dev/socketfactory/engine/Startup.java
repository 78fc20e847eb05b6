package dev.socketfactory.engine;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.socketfactory.ListenerStartException;
import dev.socketfactory.SocketFactories;
import dev.socketfactory.SocketState;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Starts listeners and waits until the outcome of each is known, but not for ever:
 * look-ups that take too long go on.
 */
final class Startup {

	private static final Log logger = LogFactory.getLog(SocketFactories.class);

	private static final long LIMIT_SECONDS = 5;

	private final List<AbstractSocketFactory> listeners;

	Startup(List<AbstractSocketFactory> listeners) {
		this.listeners = listeners;
	}

	/**
	 * Start them.
	 * @param failFast whether a listener that is not open then is an error
	 * @throws ListenerStartException if it is
	 */
	void run(boolean failFast) {
		this.listeners.forEach(AbstractSocketFactory::start);
		boolean known = awaitOutcome();
		if (failFast) {
			this.listeners.forEach(Startup::requireOpen);
		}
		else if (!known) {
			logger.warn("Look-ups take longer than %d s: the application starts without waiting for them"
				.formatted(LIMIT_SECONDS));
		}
	}

	private boolean awaitOutcome() {
		CompletableFuture<?>[] outcomes = this.listeners.stream()
			.map((listener) -> listener.getAttempts().getOutcome())
			.toArray(CompletableFuture<?>[]::new);
		try {
			CompletableFuture.allOf(outcomes).get(LIMIT_SECONDS, TimeUnit.SECONDS);
			return true;
		}
		catch (TimeoutException ex) {
			return false;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return true;
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void requireOpen(AbstractSocketFactory listener) {
		if (listener.getState() == SocketState.FAILED) {
			throw new ListenerStartException(listener.getName(), listener.getLastFailure());
		}
		if (listener.getState() == SocketState.RESOLVING) {
			throw new ListenerStartException(listener.getName(), null);
		}
	}

}
