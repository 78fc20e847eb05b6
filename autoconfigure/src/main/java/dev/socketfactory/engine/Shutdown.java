package dev.socketfactory.engine;

import java.time.Duration;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

import dev.socketfactory.SocketFactories;
import org.jspecify.annotations.Nullable;

/**
 * Lets handlers of stopped factories come to their end, gives them time for it, and
 * closes what is left. All that waits shares one end. A handler that ends the application
 * itself is not waited for: it waits for this.
 */
final class Shutdown {

	private static final SafeLog logger = new SafeLog(SocketFactories.class);

	private static final Duration LONGEST_MARGIN = Duration.ofSeconds(2);

	private static final long POLL_MILLIS = 10;

	private static final long LOOK_FOR_EXITS_NANOS = TimeUnit.SECONDS.toNanos(1);

	/**
	 * How long handlers take to end that have nothing left to do.
	 */
	private static final long UNREMARKABLE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

	private static final long AFTER_CLOSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

	private final long closeNanos;

	private final long endNanos;

	private final @Nullable Thread closer;

	/**
	 * Threads that wait for the JVM to exit, as far as they have been found.
	 */
	private final Set<Thread> exiting = new HashSet<>();

	private long lookedForExitsNanos;

	private Shutdown(Duration untilClose, Duration untilEnd, @Nullable Thread closer) {
		long now = System.nanoTime();
		this.closeNanos = now + untilClose.toNanos();
		this.endNanos = now + untilEnd.toNanos();
		this.lookedForExitsNanos = now - LOOK_FOR_EXITS_NANOS;
		this.closer = closer;
	}

	/**
	 * Begin a shutdown that ends before the container gives up waiting: connections are
	 * closed a tenth of its patience before, at most 2 s, and half of that is left for
	 * what follows from closing them.
	 * @param phaseTimeout how long the container waits
	 * @param gracePeriod how long handlers are given at most, {@code null} for all of it
	 * @param closer the thread that ends the application, {@code null} if it is unknown
	 */
	static Shutdown within(Duration phaseTimeout, @Nullable Duration gracePeriod, @Nullable Thread closer) {
		Duration margin = margin(phaseTimeout);
		Duration longest = phaseTimeout.minus(margin);
		Duration grace = (gracePeriod != null && gracePeriod.compareTo(longest) < 0) ? gracePeriod : longest;
		return new Shutdown(grace, grace.plus(margin.dividedBy(2)), closer);
	}

	/**
	 * Warn of a grace period that the container does not wait for.
	 */
	static void warnIfCut(Duration phaseTimeout, @Nullable Duration gracePeriod) {
		Duration longest = phaseTimeout.minus(margin(phaseTimeout));
		if (gracePeriod != null && gracePeriod.compareTo(longest) > 0) {
			logger.warn("socket-factory.shutdown.grace-period is cut from %d ms to %d ms, because "
				.formatted(gracePeriod.toMillis(), longest.toMillis())
					+ "spring.lifecycle.timeout-per-shutdown-phase is %d ms".formatted(phaseTimeout.toMillis()));
		}
	}

	private static Duration margin(Duration phaseTimeout) {
		Duration tenth = phaseTimeout.dividedBy(10);
		return (tenth.compareTo(LONGEST_MARGIN) < 0) ? tenth : LONGEST_MARGIN;
	}

	/**
	 * Begin a shutdown that gives no handler any time, but for what follows from closing.
	 */
	static Shutdown now() {
		return new Shutdown(Duration.ZERO, Duration.ofSeconds(1), Thread.currentThread());
	}

	/**
	 * Wait until the handlers of factories have returned and their sockets been closed,
	 * and close those that are left when their time is over.
	 * @param factories the factories, which have been stopped
	 */
	void await(List<ManagedSocketFactory> factories) {
		factories.forEach((factory) -> factory.getSockets().endAll());
		if (leftUntilClose() > 0) {
			awaitIdle(factories, Math.min(this.closeNanos, System.nanoTime() + UNREMARKABLE_NANOS));
			logWaiting(factories);
			awaitIdle(factories, this.closeNanos);
		}
		String closed = factories.stream()
			.map(Shutdown::closeSockets)
			.filter((text) -> !text.isEmpty())
			.collect(Collectors.joining(", "));
		if (!closed.isEmpty()) {
			logger.info("Closed what was still open at shutdown: %s".formatted(closed));
		}
		awaitIdle(factories, System.nanoTime() + Math.min(AFTER_CLOSE_NANOS, leftNanos()));
	}

	/**
	 * Return the time until nothing is waited for any more.
	 * @return nanoseconds, not negative
	 */
	long leftNanos() {
		return Math.max(0, this.endNanos - System.nanoTime());
	}

	/**
	 * Return whether a thread waits for this shutdown.
	 */
	boolean isEnding(@Nullable Thread thread) {
		return thread != null && (thread == this.closer || this.exiting.contains(thread));
	}

	private long leftUntilClose() {
		return this.closeNanos - System.nanoTime();
	}

	private void logWaiting(List<ManagedSocketFactory> factories) {
		String waiting = factories.stream()
			.map(this::describeBusy)
			.filter((text) -> !text.isEmpty())
			.collect(Collectors.joining(", "));
		if (!waiting.isEmpty()) {
			LocalTime until = LocalTime.now().plusNanos(leftUntilClose()).truncatedTo(ChronoUnit.SECONDS);
			logger.info("Waiting until %s for %s".formatted(until, waiting));
		}
	}

	private String describeBusy(ManagedSocketFactory factory) {
		List<CreatedSocket> busy = busy(factory);
		long open = busy.stream().filter(CreatedSocket::isOpen).count();
		long handlers = busy.stream().filter((socket) -> socket.getHandler() != null).count();
		return busy.isEmpty() ? ""
				: "'%s' (%d open connection(s), %d running handler(s))".formatted(factory.getName(), open, handlers);
	}

	private static String closeSockets(ManagedSocketFactory factory) {
		int closed = factory.closeSockets();
		return (closed > 0) ? "%d connection(s) of '%s'".formatted(closed, factory.getName()) : "";
	}

	private void awaitIdle(List<ManagedSocketFactory> factories, long deadlineNanos) {
		try {
			while (deadlineNanos - System.nanoTime() > 0 && isAnyBusy(factories)) {
				Thread.sleep(POLL_MILLIS);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private boolean isAnyBusy(List<ManagedSocketFactory> factories) {
		lookForExits(factories);
		factories.stream().filter(this::isLoopEnding).forEach((factory) -> factory.getSockets().endConnectionsNow());
		return factories.stream().anyMatch((factory) -> !busy(factory).isEmpty());
	}

	private List<CreatedSocket> busy(ManagedSocketFactory factory) {
		factory.getSockets().removeClosed();
		boolean loopEnding = isLoopEnding(factory);
		return factory.getSockets()
			.snapshot(CreatedSocket.Phase.values())
			.stream()
			.filter((socket) -> !isEnding(socket.getHandler()) && !(loopEnding && socket.isForLoop()))
			.toList();
	}

	/**
	 * Return whether an inline handler ends the application, so that the event loop waits
	 * for this, and does nothing any more.
	 */
	private boolean isLoopEnding(ManagedSocketFactory factory) {
		return isEnding(factory.getEngine().getLoop().getThread());
	}

	/**
	 * Find the handlers that have called {@link System#exit}: they wait until the
	 * shutdown hooks have ended, which includes this.
	 */
	private void lookForExits(List<ManagedSocketFactory> factories) {
		long now = System.nanoTime();
		if (now - this.lookedForExitsNanos < LOOK_FOR_EXITS_NANOS) {
			return;
		}
		this.lookedForExitsNanos = now;
		Set<Thread> handlers = new HashSet<>();
		for (ManagedSocketFactory factory : factories) {
			// It may run handlers of others than these
			handlers.add(factory.getEngine().getLoop().getThread());
			for (CreatedSocket socket : factory.getSockets().snapshot(CreatedSocket.Phase.values())) {
				Thread handler = socket.getHandler();
				if (handler != null) {
					handlers.add(handler);
				}
			}
		}
		handlers.stream()
			.filter((thread) -> thread.getState() != Thread.State.RUNNABLE)
			.filter(Shutdown::isExiting)
			.forEach(this.exiting::add);
	}

	/**
	 * Return whether a thread has called {@link System#exit}.
	 */
	static boolean isExiting(Thread thread) {
		return Arrays.stream(thread.getStackTrace())
			.anyMatch((frame) -> frame.getClassName().equals(Runtime.class.getName())
					&& frame.getMethodName().equals("exit"));
	}

}
