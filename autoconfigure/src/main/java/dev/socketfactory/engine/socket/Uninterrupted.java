package dev.socketfactory.engine.socket;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;

/**
 * Runs code on threads that may be interrupted, where the channels of the JDK close
 * themselves instead of doing what they are asked to.
 */
final class Uninterrupted {

	private Uninterrupted() {
	}

	/**
	 * Run code as if the thread was not interrupted. Its interrupt status is for whoever
	 * waits further on, who will find it as it was.
	 * @param code what to run, again if an interrupt comes in between
	 * @param <T> type of the result
	 * @return the result of the code
	 * @throws IOException if the code throws it for any other reason
	 */
	static <T> T call(Code<T> code) throws IOException {
		boolean interrupted = Thread.interrupted();
		try {
			while (true) {
				try {
					return code.call();
				}
				catch (ClosedByInterruptException ex) {
					interrupted |= Thread.interrupted();
				}
			}
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	/**
	 * Code that an interrupt leaves without effect.
	 *
	 * @param <T> type of the result
	 */
	@FunctionalInterface
	interface Code<T> {

		T call() throws IOException;

	}

}
