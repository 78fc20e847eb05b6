package dev.socketfactory.engine.socket;

import java.io.IOException;
import java.util.concurrent.Callable;

/**
 * A system call that failed while a socket was being made.
 *
 * @since 0.1.0
 */
@SuppressWarnings("serial")
public final class SystemCallException extends Exception {

	private final String operation;

	private final Exception failure;

	private SystemCallException(String operation, Exception cause) {
		super(cause.getMessage(), cause);
		this.operation = operation;
		this.failure = cause;
	}

	/**
	 * Run code that amounts to one system call.
	 * @param operation name of the call
	 * @param code what to run
	 * @param <T> type of the result
	 * @return the result of the code
	 * @throws SystemCallException if the code throws anything
	 */
	public static <T extends Object> T call(String operation, Callable<T> code) throws SystemCallException {
		try {
			return code.call();
		}
		catch (Exception ex) {
			throw new SystemCallException(operation, ex);
		}
	}

	/**
	 * Return which call it was.
	 * @return the name that POSIX gives it
	 */
	public String getOperation() {
		return this.operation;
	}

	/**
	 * Run code that amounts to one system call and has no result.
	 * @param operation name of the call
	 * @param code what to run
	 * @throws SystemCallException if the code throws anything
	 */
	static void run(String operation, Step code) throws SystemCallException {
		call(operation, () -> {
			code.run();
			return operation;
		});
	}

	/**
	 * Return what the JDK threw.
	 * @return the cause
	 */
	public Exception getFailure() {
		return this.failure;
	}

	/**
	 * Code without a result.
	 */
	@FunctionalInterface
	interface Step {

		void run() throws IOException;

	}

}
