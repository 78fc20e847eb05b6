package dev.socketfactory.event;

import java.time.Duration;

import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketFailure;
import org.jspecify.annotations.Nullable;

/**
 * Published when a system call or name lookup of a factory failed. State and failure
 * events of all factories are published in order, by one thread of their own.
 *
 * @since 0.1.0
 */
@SuppressWarnings("serial")
public class SocketFailureEvent extends SocketEvent {

	private final SocketFailure failure;

	/**
	 * Create an event.
	 * @param factory the factory that failed
	 * @param eventName name of the event
	 * @param failure what failed
	 */
	public SocketFailureEvent(SocketFactory factory, String eventName, SocketFailure failure) {
		super(factory, eventName);
		this.failure = failure;
	}

	/**
	 * Return what failed.
	 * @return the failure
	 */
	public SocketFailure getFailure() {
		return this.failure;
	}

	/**
	 * Return the call that failed.
	 * @return name of a POSIX call such as {@code bind}
	 */
	public String getOperation() {
		return this.failure.operation();
	}

	/**
	 * Return the number of the error.
	 * @return the platform's number, {@code 0} if it is unknown
	 */
	public int getErrno() {
		return this.failure.errno();
	}

	/**
	 * Return the symbolic name of the error.
	 * @return a name such as {@code EADDRINUSE}, empty if it is unknown
	 */
	public String getErrnoName() {
		return this.failure.errnoName();
	}

	/**
	 * Return what happened.
	 * @return a text that names the endpoint
	 */
	public String getMessage() {
		return this.failure.message();
	}

	/**
	 * Return the exception of the JDK.
	 * @return the exception, {@code null} if there was none
	 */
	public @Nullable Throwable getCause() {
		return this.failure.cause();
	}

	/**
	 * Return when it is tried again.
	 * @return the time from the failure to the next try, {@code null} if there is none
	 */
	public @Nullable Duration getRetryIn() {
		return this.failure.retryIn();
	}

	@Override
	public String toString() {
		return toString("failure=%s %s".formatted(getOperation(), this.failure.describe()));
	}

}
