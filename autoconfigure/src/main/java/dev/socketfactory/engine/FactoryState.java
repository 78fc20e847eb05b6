package dev.socketfactory.engine;

import java.time.InstantSource;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

import dev.socketfactory.PauseReason;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketState;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * The state machine of a factory: its state and its pause reasons, without any I/O. Every
 * change is told to a listener, in order. Safe for use by any thread; reading takes no
 * lock.
 */
final class FactoryState {

	private static final SafeLog logger = new SafeLog(SocketFactory.class);

	private static final Map<SocketState, Set<SocketState>> NEXT = new EnumMap<>(Map.of(SocketState.NEW,
			EnumSet.of(SocketState.RESOLVING), SocketState.RESOLVING,
			EnumSet.of(SocketState.LISTENING, SocketState.CONNECTING, SocketState.OPEN, SocketState.FAILED,
					SocketState.STOPPED),
			SocketState.LISTENING, EnumSet.of(SocketState.STOPPING, SocketState.FAILED), SocketState.CONNECTING,
			EnumSet.of(SocketState.CONNECTED, SocketState.FAILED, SocketState.STOPPED), SocketState.CONNECTED,
			EnumSet.of(SocketState.RESOLVING, SocketState.FAILED, SocketState.STOPPED), SocketState.OPEN,
			EnumSet.of(SocketState.FAILED, SocketState.STOPPED), SocketState.FAILED,
			EnumSet.of(SocketState.RESOLVING, SocketState.STOPPED), SocketState.STOPPING,
			EnumSet.of(SocketState.STOPPED), SocketState.STOPPED, EnumSet.of(SocketState.RESOLVING)));

	/**
	 * Those who wait for a thread while a listener is stopped wait with the executor
	 * then.
	 */
	private static final Set<PauseReason> DRAINING = Set.of(PauseReason.STOPPING, PauseReason.NOT_READY,
			PauseReason.DISPATCH);

	private final InstantSource clock;

	/**
	 * Told the previous and the present state after every change, while the machine is
	 * locked: must be quick and must not call back.
	 */
	private final BiConsumer<SocketState, SocketState> listener;

	private volatile SocketState state = SocketState.NEW;

	private volatile Map<PauseReason, SocketFactoryStatus.Pause> reasons = Collections.emptyMap();

	FactoryState(InstantSource clock, BiConsumer<SocketState, SocketState> listener) {
		this.clock = clock;
		this.listener = listener;
	}

	/**
	 * Return the state.
	 * @return the state at this moment
	 */
	SocketState get() {
		return this.state;
	}

	/**
	 * Return whether connections may be accepted.
	 * @return whether it is {@code LISTENING} without any reason to pause
	 */
	boolean isAccepting() {
		return this.reasons.isEmpty() && this.state == SocketState.LISTENING;
	}

	/**
	 * Return whether connections may be accepted apart from one reason to pause.
	 * @param reason the reason to leave out of account
	 * @return whether it is {@code LISTENING} without any other reason to pause
	 */
	boolean isAcceptingApartFrom(PauseReason reason) {
		Map<PauseReason, SocketFactoryStatus.Pause> current = this.reasons;
		return this.state == SocketState.LISTENING
				&& (current.isEmpty() || (current.size() == 1 && current.containsKey(reason)));
	}

	/**
	 * Return whether what the system has queued may be accepted while stopping.
	 * @return whether it may
	 */
	boolean isDraining() {
		return this.state == SocketState.STOPPING && DRAINING.containsAll(this.reasons.keySet());
	}

	/**
	 * Return the pause reasons and since when they hold.
	 * @return an unmodifiable snapshot in the order in which they were set
	 */
	Map<PauseReason, SocketFactoryStatus.Pause> getReasons() {
		return this.reasons;
	}

	/**
	 * Move on to another state.
	 * @param next the state
	 * @throws IllegalStateException if it cannot follow the present one
	 */
	synchronized void moveTo(SocketState next) {
		SocketState previous = this.state;
		Assert.state(NEXT.getOrDefault(previous, Collections.emptySet()).contains(next),
				() -> "%s cannot become %s".formatted(previous, next));
		this.state = next;
		tell(previous, next);
	}

	/**
	 * Set a reason to pause.
	 * @param reason the reason
	 * @return whether it was not set before
	 */
	boolean pause(PauseReason reason) {
		return pause(reason, null);
	}

	/**
	 * Set a reason to pause.
	 * @param reason the reason
	 * @param by who sets it, {@code null} if that is not known
	 * @return whether it was not set before
	 */
	synchronized boolean pause(PauseReason reason, @Nullable String by) {
		if (this.reasons.containsKey(reason)) {
			return false;
		}
		Map<PauseReason, SocketFactoryStatus.Pause> changed = new LinkedHashMap<>(this.reasons);
		changed.put(reason, new SocketFactoryStatus.Pause(this.clock.instant(), by));
		setReasons(changed);
		return true;
	}

	/**
	 * Let a reason that still holds begin now, because connections have been accepted
	 * since it was set. That is no change, so the listener is not told.
	 * @param reason the reason
	 */
	synchronized void renew(PauseReason reason) {
		if (this.reasons.containsKey(reason)) {
			Map<PauseReason, SocketFactoryStatus.Pause> renewed = new LinkedHashMap<>(this.reasons);
			renewed.put(reason, new SocketFactoryStatus.Pause(this.clock.instant(), null));
			this.reasons = Collections.unmodifiableMap(renewed);
		}
	}

	/**
	 * Clear a reason to pause.
	 * @param reason the reason
	 * @return whether it was set
	 */
	synchronized boolean resume(PauseReason reason) {
		if (!this.reasons.containsKey(reason)) {
			return false;
		}
		Map<PauseReason, SocketFactoryStatus.Pause> changed = new LinkedHashMap<>(this.reasons);
		changed.remove(reason);
		setReasons(changed);
		return true;
	}

	private void setReasons(Map<PauseReason, SocketFactoryStatus.Pause> changed) {
		this.reasons = Collections.unmodifiableMap(changed);
		tell(this.state, this.state);
	}

	/**
	 * Tell of a change, which has happened whatever the listener throws.
	 */
	private void tell(SocketState previous, SocketState current) {
		try {
			this.listener.accept(previous, current);
		}
		catch (Throwable ex) {
			logger.error("A change of state could not be told", ex);
		}
	}

}
