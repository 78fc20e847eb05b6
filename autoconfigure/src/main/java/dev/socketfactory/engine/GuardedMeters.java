package dev.socketfactory.engine;

import dev.socketfactory.PauseReason;
import dev.socketfactory.SocketFactory;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Keeps a registry that throws from changing what a socket does.
 */
final class GuardedMeters implements FactoryMeters {

	private static final Log logger = LogFactory.getLog(SocketFactory.class);

	private final String factoryName;

	private final FactoryMeters meters;

	private final LogThrottle throttle = LogThrottle.everySecond();

	GuardedMeters(String factoryName, FactoryMeters meters) {
		this.factoryName = factoryName;
		this.meters = meters;
	}

	@Override
	public void handled(long nanos) {
		try {
			this.meters.handled(nanos);
		}
		catch (RuntimeException ex) {
			report(ex);
		}
	}

	@Override
	public void connected(long nanos) {
		try {
			this.meters.connected(nanos);
		}
		catch (RuntimeException ex) {
			report(ex);
		}
	}

	@Override
	public void failed(String operation, String errnoName) {
		try {
			this.meters.failed(operation, errnoName);
		}
		catch (RuntimeException ex) {
			report(ex);
		}
	}

	@Override
	public void paused(PauseReason reason) {
		try {
			this.meters.paused(reason);
		}
		catch (RuntimeException ex) {
			report(ex);
		}
	}

	private void report(RuntimeException failure) {
		if (this.throttle.tryPass() >= 0) {
			logger.warn("Measuring '%s' failed".formatted(this.factoryName), failure);
		}
	}

}
