package dev.socketfactory.autoconfigure;

import dev.socketfactory.InvalidSocketSpecException;

/**
 * Thrown for a specification that cannot work because of what the configuration says.
 */
@SuppressWarnings("serial")
class DeclaredSpecException extends InvalidSocketSpecException {

	DeclaredSpecException(InvalidSocketSpecException failure) {
		super(failure.getKind(), failure.getName(), failure.getKey(), failure.getValue(), failure.getReason(),
				failure.getAction());
		initCause(failure);
	}

}
