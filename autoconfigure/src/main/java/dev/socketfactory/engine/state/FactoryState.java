package dev.socketfactory.engine.state;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import dev.socketfactory.PauseReason;
import dev.socketfactory.SocketState;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * The state machine of a factory: its state and its pause reasons, without any I/O. Every
 * change is told to a listener, in order. Safe for use by any thread; reading takes no
 * lock.
 *
 * @since 0.1.0
 */
public final class FactoryState {

	private static final Map<SocketState, Set<SocketState>> NEXT = new EnumMap<>(Map.of(SocketState.NEW,
			EnumSet.of(SocketState.RESOLVING), SocketState.RESOLVING,
			EnumSet.of(SocketState.LISTENING, SocketState.CONNECTING, SocketState.OPEN, SocketState.FAILED,
					SocketState.STOPPED),
			SocketState.LISTENING, EnumSet.of(SocketState.STOPPING, SocketState.FAILED), SocketState.CONNECTING,
			EnumSet.of(SocketState.CONNECTED, SocketState.FAILED, SocketState.STOPPED), SocketState.CONNECTED,
			EnumSet.of(SocketState.RESOLVING, SocketState.FAILED, SocketState.STOPPED), SocketState.OPEN,
			EnumSet.of(SocketState.STOPPED), SocketState.FAILED, EnumSet.of(SocketState.RESOLVING, SocketState.STOPPED),
			SocketState.STOPPING, EnumSet.of(SocketState.STOPPED), SocketState.STOPPED,
			EnumSet.of(SocketState.RESOLVING)));

	/**
	 * Those who wait for a thread while a listener is stopped wait with the executor
	 * then.
	 */
	private static final Set<PauseReason> DRAINING = Set.of(PauseReason.STOPPING, PauseReason.NOT_READY,
			PauseReason.DISPATCH);

	private final InstantSource clock;

	private final ChangeListener listener;

	private volatile SocketState state = SocketState.NEW;

	private volatile Map<PauseReason, Instant> reasons = Collections.emptyMap();

	public FactoryState(InstantSource clock, ChangeListener listener) {
		this.clock = clock;
		this.listener = listener;
	}

	/**
	 * Return the state.
	 * @return the state at this moment
	 */
	public SocketState get() {
		return this.state;
	}

	/**
	 * Return whether connections may be accepted.
	 * @return whether it is {@code LISTENING} without any reason to pause
	 */
	public boolean isAccepting() {
		return this.reasons.isEmpty() && this.state == SocketState.LISTENING;
	}

	/**
	 * Return whether nothing but the given reason speaks against accepting.
	 * @param reason the reason to leave out of account, if any
	 * @return whether a connection may be accepted
	 */
	public boolean isAcceptingDespite(@Nullable PauseReason reason) {
		Map<PauseReason, Instant> current = this.reasons;
		return this.state == SocketState.LISTENING
				&& (current.isEmpty() || (current.size() == 1 && reason != null && current.containsKey(reason)));
	}

	/**
	 * Return whether what the system has queued may be accepted while stopping.
	 * @return whether it may
	 */
	public boolean isDraining() {
		return this.state == SocketState.STOPPING && DRAINING.containsAll(this.reasons.keySet());
	}

	/**
	 * Return the pause reasons and since when they hold.
	 * @return an unmodifiable snapshot in the order in which they were set
	 */
	public Map<PauseReason, Instant> getReasons() {
		return this.reasons;
	}

	/**
	 * Move on to another state.
	 * @param next the state
	 * @throws IllegalStateException if it cannot follow the present one
	 */
	public synchronized void moveTo(SocketState next) {
		SocketState previous = this.state;
		Assert.state(NEXT.getOrDefault(previous, Collections.emptySet()).contains(next),
				() -> "%s cannot become %s".formatted(previous, next));
		this.state = next;
		this.listener.changed(previous, next, this.reasons.keySet());
	}

	/**
	 * Set a reason to pause.
	 * @param reason the reason
	 * @return whether it was not set before
	 */
	public synchronized boolean pause(PauseReason reason) {
		if (this.reasons.containsKey(reason)) {
			return false;
		}
		Map<PauseReason, Instant> changed = new LinkedHashMap<>(this.reasons);
		changed.put(reason, this.clock.instant());
		setReasons(changed);
		return true;
	}

	/**
	 * Let a reason that still holds begin now, because connections have been accepted
	 * despite it. No change: nobody is told.
	 * @param reason the reason
	 */
	public synchronized void renew(PauseReason reason) {
		if (this.reasons.containsKey(reason)) {
			Map<PauseReason, Instant> renewed = new LinkedHashMap<>(this.reasons);
			renewed.put(reason, this.clock.instant());
			this.reasons = Collections.unmodifiableMap(renewed);
		}
	}

	/**
	 * Clear a reason to pause.
	 * @param reason the reason
	 * @return whether it was set
	 */
	public synchronized boolean resume(PauseReason reason) {
		if (!this.reasons.containsKey(reason)) {
			return false;
		}
		Map<PauseReason, Instant> changed = new LinkedHashMap<>(this.reasons);
		changed.remove(reason);
		setReasons(changed);
		return true;
	}

	private void setReasons(Map<PauseReason, Instant> changed) {
		this.reasons = Collections.unmodifiableMap(changed);
		this.listener.changed(this.state, this.state, this.reasons.keySet());
	}

	/**
	 * Told of every change while the machine is locked: must be quick and must not call
	 * back.
	 */
	public interface ChangeListener {

		void changed(SocketState previous, SocketState current, Set<PauseReason> reasons);

	}

}
