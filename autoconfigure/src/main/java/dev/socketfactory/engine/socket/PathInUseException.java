package dev.socketfactory.engine.socket;

import java.net.BindException;

/**
 * A UNIX socket cannot be bound because there is something at its path that is not
 * replaced.
 *
 * @since 0.1.0
 */
@SuppressWarnings("serial")
public final class PathInUseException extends BindException {

	PathInUseException() {
		super("Address already in use");
	}

}
