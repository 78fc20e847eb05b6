package dev.socketfactory.engine.accept;

import dev.socketfactory.errno.Errno;

/**
 * Where the parts of a listener tell what went wrong.
 *
 * @since 0.1.0
 */
public interface FailureReporter {

	/**
	 * Log and publish a failure of an open socket, and remember it as the last one.
	 * @param operation name of the system call
	 * @param cause what the JDK threw
	 */
	void report(String operation, Throwable cause);

	/**
	 * Count a failure.
	 * @param operation name of the system call
	 * @param errno the error
	 */
	void count(String operation, Errno errno);

	/**
	 * Close the socket for good, because it is broken, and report that.
	 * @param operation name of the system call
	 * @param cause what the JDK threw
	 */
	void broken(String operation, Throwable cause);

	/**
	 * Return the error that an exception stands for.
	 * @param cause what the JDK threw
	 * @return the error, or {@link Errno#UNKNOWN}
	 */
	Errno errnoOf(Throwable cause);

}
