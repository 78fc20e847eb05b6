package dev.socketfactory.engine;

import dev.socketfactory.engine.socket.SystemCallException;
import dev.socketfactory.lookup.LookupException;
import org.jspecify.annotations.Nullable;

/**
 * Why an attempt to open a socket failed.
 *
 * @param operation name of the system call or look-up
 * @param endpoint the endpoint it failed for
 * @param cause what was thrown
 * @param errnoName symbolic name of the error, {@code null} to tell it from the cause
 * @param text what happened, {@code null} for the text of the error
 */
record AttemptFailure(String operation, String endpoint, Throwable cause, @Nullable String errnoName,
		@Nullable String text) {

	static AttemptFailure of(String operation, String endpoint, Throwable cause) {
		return new AttemptFailure(operation, endpoint, cause, null, null);
	}

	static AttemptFailure of(@Nullable Object endpoint, SystemCallException failure) {
		return of(failure.getOperation(), String.valueOf(endpoint), failure.getFailure());
	}

	static AttemptFailure of(@Nullable Object endpoint, LookupException failure) {
		return new AttemptFailure(failure.getOperation(), String.valueOf(endpoint), failure, failure.getErrnoName(),
				failure.getMessage());
	}

	static AttemptFailure unexpected(@Nullable Object endpoint, Throwable failure) {
		return new AttemptFailure("socket", String.valueOf(endpoint), failure, null, failure.toString());
	}

	AttemptFailure withText(String text) {
		return new AttemptFailure(this.operation, this.endpoint, this.cause, this.errnoName, text);
	}

	AttemptFailure withCause(Throwable cause) {
		return new AttemptFailure(this.operation, this.endpoint, cause, this.errnoName, this.text);
	}

}
