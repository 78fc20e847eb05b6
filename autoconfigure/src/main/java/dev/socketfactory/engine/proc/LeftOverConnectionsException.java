package dev.socketfactory.engine.proc;

import java.net.BindException;

/**
 * A port cannot be bound because the system keeps it for the connections that an earlier
 * listener has left behind.
 *
 * @since 0.1.0
 */
@SuppressWarnings("serial")
public final class LeftOverConnectionsException extends BindException {

	/**
	 * Create an exception.
	 * @param cause what the JDK threw
	 */
	public LeftOverConnectionsException(Throwable cause) {
		super(cause.getMessage());
		initCause(cause);
	}

}
