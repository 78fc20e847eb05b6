package dev.socketfactory.engine;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import org.springframework.context.SmartLifecycle;

/**
 * Starts the factories last and stops them first: {@link SmartLifecycle#DEFAULT_PHASE}.
 *
 * @since 0.1.0
 */
public final class SocketFactoriesLifecycle implements SmartLifecycle {

	private static final long POLL_MILLIS = 10;

	private final DefaultSocketFactories factories;

	private final Predicate<ManagedSocketFactory> required;

	private final Duration phaseTimeout;

	private final @Nullable Duration gracePeriod;

	private final BooleanSupplier up;

	private volatile boolean running;

	/**
	 * Create a lifecycle.
	 * @param factories the factories to start and stop
	 * @param required whether a listener that cannot be opened stops the application
	 * @param phaseTimeout how long the container waits for a phase of its shutdown; a
	 * stop ends before
	 * @param gracePeriod how long a stop waits for handlers at most, {@code null} for as
	 * long as the container waits
	 * @param up whether the application has come up; before that no handler is waited for
	 */
	public SocketFactoriesLifecycle(DefaultSocketFactories factories, Predicate<ManagedSocketFactory> required,
			Duration phaseTimeout, @Nullable Duration gracePeriod, BooleanSupplier up) {
		this.factories = factories;
		this.required = required;
		this.phaseTimeout = phaseTimeout;
		this.gracePeriod = gracePeriod;
		this.up = up;
	}

	@Override
	public void start() {
		Shutdown.warnIfCut(this.phaseTimeout, this.gracePeriod);
		this.factories.start(this.required);
		this.running = true;
	}

	@Override
	public void stop() {
		stop(Thread.currentThread());
	}

	private void stop(Thread closer) {
		this.running = false;
		if (this.up.getAsBoolean()) {
			this.factories.stop(this.phaseTimeout, this.gracePeriod, closer);
		}
		else {
			this.factories.stopNow();
		}
	}

	@Override
	public void stop(Runnable callback) {
		Thread closer = Thread.currentThread();
		Thread thread = new Thread(() -> {
			try {
				stop(closer);
			}
			finally {
				callback.run();
				awaitReturn(closer);
			}
		}, "socket-shutdown");
		// A handler that ends the application makes it, and may be on a daemon
		thread.setDaemon(false);
		thread.start();
	}

	/**
	 * Keep the JVM alive until a handler has returned that ends the application: it may
	 * have an exit code to give, and its thread is a daemon.
	 */
	private void awaitReturn(Thread closer) {
		long end = System.nanoTime() + this.phaseTimeout.toNanos();
		try {
			while (this.factories.isHandling(closer) && end - System.nanoTime() > 0) {
				Thread.sleep(POLL_MILLIS);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	/**
	 * Return {@code false}: a test that pauses its context keeps its ports, like those of
	 * the web server.
	 */
	@Override
	public boolean isPauseable() {
		return false;
	}

}
