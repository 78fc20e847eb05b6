package dev.socketfactory.engine;

import java.util.List;

import dev.socketfactory.SocketFailure;
import dev.socketfactory.event.SocketFailureEvent;

/**
 * The classes that are needed when accepting fails. A process without descriptors cannot
 * load them any more, so this is done before.
 */
final class FailurePath {

	private static final List<Class<?>> CLASSES = List.of(AcceptError.class, AttemptFailure.class, SocketFailure.class,
			SocketFailureEvent.class);

	private FailurePath() {
	}

	static void initialize() {
		for (Class<?> type : CLASSES) {
			try {
				Class.forName(type.getName(), true, type.getClassLoader());
			}
			catch (ClassNotFoundException ex) {
				throw new IllegalStateException(ex);
			}
		}
	}

}
