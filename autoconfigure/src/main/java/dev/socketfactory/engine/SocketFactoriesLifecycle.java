package dev.socketfactory.engine;

import java.time.Duration;

import org.springframework.context.SmartLifecycle;

/**
 * Starts the factories last and stops them first: {@link SmartLifecycle#DEFAULT_PHASE}.
 *
 * @since 0.1.0
 */
public final class SocketFactoriesLifecycle implements SmartLifecycle {

	private final DefaultSocketFactories factories;

	private final boolean failFast;

	private final Duration phaseTimeout;

	private volatile boolean running;

	/**
	 * Create a lifecycle.
	 * @param factories the factories to start and stop
	 * @param failFast whether a listener that cannot be opened stops the application
	 * @param phaseTimeout how long the container waits for a phase of its shutdown; a
	 * stop ends before
	 */
	public SocketFactoriesLifecycle(DefaultSocketFactories factories, boolean failFast, Duration phaseTimeout) {
		this.factories = factories;
		this.failFast = failFast;
		this.phaseTimeout = phaseTimeout;
	}

	@Override
	public void start() {
		this.factories.start(this.failFast);
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
		this.factories.stop(this.phaseTimeout);
	}

	@Override
	public void stop(Runnable callback) {
		Thread thread = new Thread(() -> {
			try {
				stop();
			}
			finally {
				callback.run();
			}
		}, "socket-factory-shutdown");
		thread.start();
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
