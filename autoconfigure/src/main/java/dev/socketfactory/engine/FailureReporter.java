package dev.socketfactory.engine;

import dev.socketfactory.errno.Errno;

/**
 * Where the parts of a listener tell what went wrong.
 */
interface FailureReporter {

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
	 */
	Errno errnoOf(Throwable cause);

}
