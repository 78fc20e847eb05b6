package dev.socketfactory.engine;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

import dev.socketfactory.PauseReason;

/**
 * What a factory counts, from its making on.
 */
final class Counters {

	/**
	 * Made here, because the first failure may come when no class can be made any more.
	 */
	private static final Function<String, LongAdder> NEW_COUNT = (operation) -> new LongAdder();

	private final LongAdder created = new LongAdder();

	private final LongAdder unclaimed = new LongAdder();

	private final LongAdder reset = new LongAdder();

	private final LongAdder handlerErrors = new LongAdder();

	private final AtomicInteger runningHandlers = new AtomicInteger();

	private final Map<String, LongAdder> failures = new ConcurrentHashMap<>();

	private final GuardedMeters meters;

	/**
	 * Create counters that begin at zero.
	 * @param factoryName name of the factory
	 */
	Counters(String factoryName) {
		this.meters = new GuardedMeters(factoryName);
	}

	GuardedMeters getMeters() {
		return this.meters;
	}

	void socketCreated() {
		this.created.increment();
	}

	void channelUnclaimed() {
		this.unclaimed.increment();
	}

	/**
	 * Count connections that were in the listen queue when it was closed.
	 * @param number how many there were
	 */
	void connectionsReset(int number) {
		this.reset.add(number);
	}

	/**
	 * Begin to measure a handler.
	 * @return the time, to be given to {@link #handlerEnded}
	 */
	long handlerStarted() {
		this.runningHandlers.incrementAndGet();
		return this.meters.isEmpty() ? 0 : System.nanoTime();
	}

	void handlerEnded(long started) {
		this.runningHandlers.decrementAndGet();
		if (started != 0) {
			this.meters.handled(System.nanoTime() - started);
		}
	}

	void handlerFailed() {
		this.handlerErrors.increment();
	}

	void connected(long nanos) {
		this.meters.connected(nanos);
	}

	void operationFailed(String operation, String errnoName) {
		this.failures.computeIfAbsent(operation, NEW_COUNT).increment();
		this.meters.failed(operation, errnoName);
	}

	void paused(PauseReason reason) {
		this.meters.paused(reason);
	}

	long getCreated() {
		return this.created.sum();
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

	int getRunningHandlers() {
		return this.runningHandlers.get();
	}

	Map<String, Long> getFailures() {
		Map<String, Long> sums = new TreeMap<>();
		this.failures.forEach((operation, count) -> sums.put(operation, count.sum()));
		return sums;
	}

}
