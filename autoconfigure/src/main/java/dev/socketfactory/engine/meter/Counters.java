package dev.socketfactory.engine.meter;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

import dev.socketfactory.PauseReason;

/**
 * What a factory counts, from its making on.
 *
 * @since 0.1.0
 */
public final class Counters {

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
	public Counters(String factoryName) {
		this.meters = new GuardedMeters(factoryName);
	}

	/**
	 * Return where measurements are sent.
	 * @return the meters of all registries
	 */
	public GuardedMeters getMeters() {
		return this.meters;
	}

	/**
	 * Count a connection that was accepted or made, or a socket that was opened.
	 */
	public void socketCreated() {
		this.created.increment();
	}

	/**
	 * Count a channel that was closed because nobody had claimed it.
	 */
	public void channelUnclaimed() {
		this.unclaimed.increment();
	}

	/**
	 * Count connections that were in the listen queue when it was closed.
	 * @param number how many there were
	 */
	public void connectionsReset(int number) {
		this.reset.add(number);
	}

	/**
	 * Begin to measure a handler.
	 * @return the time, to be given to {@link #handlerEnded}
	 */
	public long handlerStarted() {
		this.runningHandlers.incrementAndGet();
		return this.meters.isEmpty() ? 0 : System.nanoTime();
	}

	/**
	 * Count the end of the handlers of a success event.
	 * @param started what {@link #handlerStarted} has returned
	 */
	public void handlerEnded(long started) {
		this.runningHandlers.decrementAndGet();
		if (started != 0) {
			this.meters.handled(System.nanoTime() - started);
		}
	}

	/**
	 * Count a handler that has thrown an exception.
	 */
	public void handlerFailed() {
		this.handlerErrors.increment();
	}

	/**
	 * Measure how long a client took to connect.
	 * @param nanos nanoseconds from the start of the look-up
	 */
	public void connected(long nanos) {
		this.meters.connected(nanos);
	}

	/**
	 * Count a failure.
	 * @param operation name of the system call or look-up
	 * @param errnoName symbolic name of the error, empty if it is unknown
	 */
	public void operationFailed(String operation, String errnoName) {
		this.failures.computeIfAbsent(operation, NEW_COUNT).increment();
		this.meters.failed(operation, errnoName);
	}

	/**
	 * Note that there is such a reason, for the meter of it.
	 * @param reason the reason
	 */
	public void paused(PauseReason reason) {
		this.meters.paused(reason);
	}

	/**
	 * Return how many sockets have been created.
	 * @return their number since the application started
	 */
	public long getCreated() {
		return this.created.sum();
	}

	/**
	 * Return how many channels were closed because nobody had claimed them.
	 * @return their number since the application started
	 */
	public long getUnclaimed() {
		return this.unclaimed.sum();
	}

	/**
	 * Return how many connections were reset because they were still in the listen queue
	 * when it was closed.
	 * @return their number since the application started
	 */
	public long getReset() {
		return this.reset.sum();
	}

	/**
	 * Return how many handlers have thrown an exception.
	 * @return their number since the application started
	 */
	public long getHandlerErrors() {
		return this.handlerErrors.sum();
	}

	/**
	 * Return how many success events are with their handlers at present.
	 * @return their number
	 */
	public int getRunningHandlers() {
		return this.runningHandlers.get();
	}

	/**
	 * Return the numbers of failures by operation.
	 * @return a snapshot; operations that have not failed are missing
	 */
	public Map<String, Long> getFailures() {
		Map<String, Long> sums = new TreeMap<>();
		this.failures.forEach((operation, count) -> sums.put(operation, count.sum()));
		return sums;
	}

}
