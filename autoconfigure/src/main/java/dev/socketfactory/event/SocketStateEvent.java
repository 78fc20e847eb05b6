package dev.socketfactory.event;

import java.util.Set;

import dev.socketfactory.PauseReason;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketState;

/**
 * Published when the state or the pause reasons of a factory have changed: it listens, it
 * was paused or resumed, it was stopped. State and failure events of all factories are
 * published in order, by one thread of their own. The name of the event is that of the
 * factory with the suffix {@code .state}.
 *
 * @since 0.1.0
 */
@SuppressWarnings("serial")
public class SocketStateEvent extends SocketEvent {

	private final SocketState previousState;

	private final SocketState state;

	private final Set<PauseReason> pauseReasons;

	/**
	 * Create an event.
	 * @param factory the factory that changed
	 * @param previousState the state before
	 * @param state the state since then, the same if only the pause reasons changed
	 * @param pauseReasons the reasons since then
	 */
	public SocketStateEvent(SocketFactory factory, SocketState previousState, SocketState state,
			Set<PauseReason> pauseReasons) {
		super(factory, factory.getName() + ".state");
		this.previousState = previousState;
		this.state = state;
		this.pauseReasons = pauseReasons;
	}

	/**
	 * Return the state before the change.
	 * @return the state
	 */
	public SocketState getPreviousState() {
		return this.previousState;
	}

	/**
	 * Return the state after the change.
	 * @return the state, the same as before if only the pause reasons changed
	 */
	public SocketState getState() {
		return this.state;
	}

	/**
	 * Return the pause reasons after the change.
	 * @return an unmodifiable set, empty if nothing speaks against accepting
	 */
	public Set<PauseReason> getPauseReasons() {
		return this.pauseReasons;
	}

	@Override
	public String toString() {
		return toString("state=%s, previousState=%s, pauseReasons=%s".formatted(this.state, this.previousState,
				this.pauseReasons));
	}

}
