package dev.socketfactory.actuate;

import java.util.Locale;
import java.util.function.BiConsumer;

import dev.socketfactory.PauseReason;
import dev.socketfactory.SocketKind;
import dev.socketfactory.SocketType;
import dev.socketfactory.engine.ManagedSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * What an operator can do with a factory.
 *
 * @since 0.1.0
 */
public enum SocketAction {

	/**
	 * Stop accepting, for the reason {@code USER}.
	 */
	PAUSE(true, (factory, by) -> factory.pauseAccept(PauseReason.USER, by)),

	/**
	 * Clear the reason {@code USER}.
	 */
	RESUME(true, (factory, by) -> factory.resumeAccept()),

	/**
	 * Open the socket.
	 */
	START(false, (factory, by) -> factory.start()),

	/**
	 * Close the socket.
	 */
	STOP(false, (factory, by) -> factory.stop());

	private final boolean accepting;

	private final BiConsumer<ManagedSocketFactory, @Nullable String> method;

	SocketAction(boolean accepting, BiConsumer<ManagedSocketFactory, @Nullable String> method) {
		this.accepting = accepting;
		this.method = method;
	}

	boolean isApplicableTo(ManagedSocketFactory factory) {
		return !this.accepting || (factory.getSpec().getKind() == SocketKind.LISTENER
				&& factory.getSpec().getType() == SocketType.SOCK_STREAM);
	}

	/**
	 * Do it.
	 * @param by the user who wants it, {@code null} if that is not known
	 */
	void applyTo(ManagedSocketFactory factory, @Nullable String by) {
		this.method.accept(factory, by);
	}

	/**
	 * Return the action with the given name.
	 * @param name the word in the path of the request, in any case
	 * @return the action, or {@code null} if there is none
	 */
	static @Nullable SocketAction find(String name) {
		for (SocketAction action : values()) {
			if (action.name().equalsIgnoreCase(name)) {
				return action;
			}
		}
		return null;
	}

	/**
	 * Return the word in the path of the request.
	 * @return {@code pause}, {@code resume}, {@code start} or {@code stop}
	 */
	@Override
	public String toString() {
		return name().toLowerCase(Locale.ROOT);
	}

}
