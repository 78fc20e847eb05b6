package dev.socketfactory.engine.meter;

import java.util.Arrays;

import dev.socketfactory.PauseReason;
import dev.socketfactory.SocketFactory;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.util.ObjectUtils;

/**
 * The meters of a factory in all registries that measure it. Keeps a registry that throws
 * from changing what a socket does. Safe for use by any thread.
 *
 * @since 0.1.0
 */
public final class GuardedMeters implements FactoryMeters {

	private static final Log logger = LogFactory.getLog(SocketFactory.class);

	private final String factoryName;

	/**
	 * An array, because iterating over it allocates nothing.
	 */
	private volatile FactoryMeters[] all = {};

	private final LogThrottle throttle = LogThrottle.everySecond();

	GuardedMeters(String factoryName) {
		this.factoryName = factoryName;
	}

	/**
	 * Send measurements somewhere, too.
	 * @param meters takes the measurements; what it throws is logged
	 */
	public synchronized void add(FactoryMeters meters) {
		this.all = ObjectUtils.addObjectToArray(this.all, meters);
	}

	/**
	 * Send measurements somewhere no longer.
	 * @param meters what took the measurements
	 */
	public synchronized void remove(FactoryMeters meters) {
		this.all = Arrays.stream(this.all).filter((each) -> each != meters).toArray(FactoryMeters[]::new);
	}

	boolean isEmpty() {
		return this.all.length == 0;
	}

	// No lambdas: the first failure may come when no class can be made any more

	@Override
	public void handled(long nanos) {
		for (FactoryMeters meters : this.all) {
			try {
				meters.handled(nanos);
			}
			catch (RuntimeException ex) {
				report(ex);
			}
		}
	}

	@Override
	public void connected(long nanos) {
		for (FactoryMeters meters : this.all) {
			try {
				meters.connected(nanos);
			}
			catch (RuntimeException ex) {
				report(ex);
			}
		}
	}

	@Override
	public void failed(String operation, String errnoName) {
		for (FactoryMeters meters : this.all) {
			try {
				meters.failed(operation, errnoName);
			}
			catch (RuntimeException ex) {
				report(ex);
			}
		}
	}

	@Override
	public void paused(PauseReason reason) {
		for (FactoryMeters meters : this.all) {
			try {
				meters.paused(reason);
			}
			catch (RuntimeException ex) {
				report(ex);
			}
		}
	}

	private void report(RuntimeException failure) {
		if (this.throttle.tryPass() >= 0) {
			logger.warn("Measuring '%s' failed".formatted(this.factoryName), failure);
		}
	}

}
