package dev.socketfactory;

import org.jspecify.annotations.Nullable;

/**
 * Thrown when a listener cannot be opened at the start of an application that is to fail
 * fast.
 *
 * @since 0.1.0
 */
@SuppressWarnings("serial")
public class ListenerStartException extends IllegalStateException {

	private final String factoryName;

	private final transient @Nullable SocketFailure failure;

	/**
	 * Create an exception.
	 * @param factoryName name of the listener
	 * @param failure what failed, {@code null} if its names are still being looked up
	 */
	public ListenerStartException(String factoryName, @Nullable SocketFailure failure) {
		super("Listener '%s' could not be opened: %s".formatted(factoryName,
				(failure != null) ? failure.operation() + " " + failure.message() : "its lookups take too long"),
				(failure != null) ? failure.cause() : null);
		this.factoryName = factoryName;
		this.failure = failure;
	}

	/**
	 * Return the name of the listener.
	 * @return the name
	 */
	public String getFactoryName() {
		return this.factoryName;
	}

	/**
	 * Return what failed.
	 * @return the failure, {@code null} if names are still being looked up
	 */
	public @Nullable SocketFailure getFailure() {
		return this.failure;
	}

}
