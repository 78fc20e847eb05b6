package dev.socketfactory.engine.socket;

import java.io.IOException;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;

/**
 * A system call or lookup that failed while a socket was made.
 *
 * @since 0.1.0
 */
@SuppressWarnings("serial")
public class SocketOperationException extends IOException {

	private final String operation;

	private final String endpoint;

	private final @Nullable String errnoName;

	private final @Nullable String text;

	/**
	 * Create an exception for an error that is told by what the JDK threw.
	 * @param operation the name that POSIX gives the call
	 * @param endpoint the endpoint it failed for
	 * @param cause what the JDK threw
	 */
	public SocketOperationException(String operation, @Nullable Object endpoint, Throwable cause) {
		this(operation, endpoint, null, null, cause);
	}

	/**
	 * Create an exception.
	 * @param operation the name that POSIX gives the call
	 * @param endpoint the endpoint it failed for
	 * @param errnoName symbolic name of the error, {@code null} if the cause tells it
	 * @param text what happened, {@code null} if the text of the error says it all
	 * @param cause what the JDK threw, {@code null} if it threw nothing
	 */
	public SocketOperationException(String operation, @Nullable Object endpoint, @Nullable String errnoName,
			@Nullable String text, @Nullable Throwable cause) {
		super("%s %s: %s".formatted(operation, endpoint, (text != null) ? text : cause), cause);
		this.operation = operation;
		this.endpoint = String.valueOf(endpoint);
		this.errnoName = errnoName;
		this.text = text;
	}

	/**
	 * Create an exception for an error that nobody expects.
	 * @param endpoint the endpoint it happened for
	 * @param cause what was thrown
	 * @return an exception whose text is that of the cause
	 */
	public static SocketOperationException unexpected(@Nullable Object endpoint, Throwable cause) {
		return new SocketOperationException("socket", endpoint, null, cause.toString(), cause);
	}

	/**
	 * Run code that amounts to one system call.
	 * @param operation name of the call
	 * @param endpoint the endpoint that it is made for
	 * @param code what to run
	 * @param <T> type of the result
	 * @return the result of the code
	 * @throws SocketOperationException if the code throws anything
	 */
	public static <T extends Object> T call(String operation, @Nullable Object endpoint, Callable<T> code)
			throws SocketOperationException {
		try {
			return code.call();
		}
		catch (SocketOperationException ex) {
			throw ex;
		}
		catch (Exception ex) {
			throw new SocketOperationException(operation, endpoint, ex);
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
	 * Return the endpoint it failed for.
	 * @return a text
	 */
	public String getEndpoint() {
		return this.endpoint;
	}

	/**
	 * Return the symbolic name of the error if it is known beforehand.
	 * @return the name, {@code null} if the cause tells it
	 */
	public @Nullable String getErrnoName() {
		return this.errnoName;
	}

	/**
	 * Return what happened in words.
	 * @return a text, {@code null} if that of the error says it all
	 */
	public @Nullable String getText() {
		return this.text;
	}

}
