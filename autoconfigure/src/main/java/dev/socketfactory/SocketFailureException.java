package dev.socketfactory;

import java.io.IOException;

/**
 * A {@link SocketFailure} as an exception, for those who asked for a connection and wait
 * for it.
 *
 * @since 0.1.0
 */
@SuppressWarnings("serial")
public class SocketFailureException extends IOException {

	private final transient SocketFailure failure;

	/**
	 * Create an exception.
	 * @param factory name of the factory
	 * @param failure what failed
	 */
	public SocketFailureException(String factory, SocketFailure failure) {
		super("'%s': %s failed: %s".formatted(factory, failure.operation(), failure.describe()), failure.cause());
		this.failure = failure;
	}

	/**
	 * Return what failed.
	 * @return the failure
	 */
	public SocketFailure getFailure() {
		return this.failure;
	}

}
