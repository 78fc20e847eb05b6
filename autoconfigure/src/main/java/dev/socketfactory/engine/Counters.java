package dev.socketfactory.engine;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

import dev.socketfactory.PauseReason;
import dev.socketfactory.SocketFactory;

import org.springframework.util.ObjectUtils;

/**
 * What a factory counts from its making on, and sends to the registries that measure it.
 * A registry that throws changes nothing of what a socket does. Safe for use by any
 * thread.
 */
final class Counters {

	private static final SafeLog logger = new SafeLog(SocketFactory.class);

	/**
	 * Made here, because the first failure may come when no class can be made any more.
	 */
	private static final Function<String, LongAdder> NEW_COUNT = (operation) -> new LongAdder();

	private final String factoryName;

	private final LongAdder unclaimed = new LongAdder();

	private final LongAdder reset = new LongAdder();

	private final LongAdder handlerErrors = new LongAdder();

	private final Map<String, LongAdder> failures = new ConcurrentHashMap<>();

	private final Map<String, LongAdder> refused = new ConcurrentHashMap<>();

	/**
	 * An array, because iterating over it allocates nothing.
	 */
	private volatile FactoryMeters[] meters = {};

	private final LogThrottle throttle = LogThrottle.everySecond();

	Counters(String factoryName) {
		this.factoryName = factoryName;
	}

	String getFactoryName() {
		return this.factoryName;
	}

	synchronized void addMeters(FactoryMeters added) {
		this.meters = ObjectUtils.addObjectToArray(this.meters, added);
	}

	synchronized void removeMeters(FactoryMeters removed) {
		this.meters = Arrays.stream(this.meters).filter((each) -> each != removed).toArray(FactoryMeters[]::new);
	}

	/**
	 * Count a socket that was closed because no handler had claimed it.
	 */
	void socketUnclaimed() {
		this.unclaimed.increment();
	}

	/**
	 * Count connections that were in the listen queue when it was closed.
	 */
	void connectionsReset(int number) {
		this.reset.add(number);
	}

	void handlerFailed() {
		this.handlerErrors.increment();
	}

	// No lambdas below: the first failure may come when no class can be made any more

	/**
	 * Measure how long the handlers of a success event took.
	 */
	void handled(long nanos) {
		for (FactoryMeters each : this.meters) {
			try {
				each.handled(nanos);
			}
			catch (Throwable ex) {
				report(ex);
			}
		}
	}

	/**
	 * Measure how long a client took to connect, from the start of the lookup.
	 */
	void connected(long nanos) {
		for (FactoryMeters each : this.meters) {
			try {
				each.connected(nanos);
			}
			catch (Throwable ex) {
				report(ex);
			}
		}
	}

	/**
	 * Count a failure.
	 * @param operation name of the system call or lookup
	 * @param errnoName symbolic name of the error, empty if it is unknown
	 */
	void failed(String operation, String errnoName) {
		this.failures.computeIfAbsent(operation, NEW_COUNT).increment();
		for (FactoryMeters each : this.meters) {
			try {
				each.failed(operation, errnoName);
			}
			catch (Throwable ex) {
				report(ex);
			}
		}
	}

	/**
	 * Count a connection that was refused.
	 * @param reason why
	 */
	void refused(String reason) {
		this.refused.computeIfAbsent(reason, NEW_COUNT).increment();
		for (FactoryMeters each : this.meters) {
			try {
				each.refused(reason);
			}
			catch (Throwable ex) {
				report(ex);
			}
		}
	}

	/**
	 * Count a handler that ended because its connection did.
	 * @param cause how that ended
	 */
	void ended(String cause) {
		for (FactoryMeters each : this.meters) {
			try {
				each.ended(cause);
			}
			catch (Throwable ex) {
				report(ex);
			}
		}
	}

	/**
	 * Measure how long a TLS handshake took.
	 */
	void handshaken(long nanos) {
		for (FactoryMeters each : this.meters) {
			try {
				each.handshaken(nanos);
			}
			catch (Throwable ex) {
				report(ex);
			}
		}
	}

	/**
	 * Note that there is such a reason to pause, for the meter of it.
	 */
	void paused(PauseReason reason) {
		for (FactoryMeters each : this.meters) {
			try {
				each.paused(reason);
			}
			catch (Throwable ex) {
				report(ex);
			}
		}
	}

	long getUnclaimed() {
		return this.unclaimed.sum();
	}

	long getReset() {
		return this.reset.sum();
	}

	long getHandlerErrors() {
		return this.handlerErrors.sum();
	}

	/**
	 * Return the numbers of failures by operation.
	 * @return a snapshot; operations that have not failed are missing
	 */
	Map<String, Long> getFailures() {
		return sums(this.failures);
	}

	/**
	 * Return the numbers of refused connections by reason.
	 * @return a snapshot; reasons for which none was refused are missing
	 */
	Map<String, Long> getRefused() {
		return sums(this.refused);
	}

	private static Map<String, Long> sums(Map<String, LongAdder> counts) {
		Map<String, Long> sums = new TreeMap<>();
		counts.forEach((key, count) -> sums.put(key, count.sum()));
		return sums;
	}

	private void report(Throwable failure) {
		if (this.throttle.tryPass() >= 0) {
			logger.warn("Measuring '%s' failed".formatted(this.factoryName), failure);
		}
	}

}
