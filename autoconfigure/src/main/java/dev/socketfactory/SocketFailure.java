package dev.socketfactory;

import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A system call or lookup that failed.
 *
 * @param operation name of the POSIX call: {@code socket}, {@code setsockopt},
 * {@code getaddrinfo}, {@code getservbyname}, {@code getprotobyname}, {@code bind},
 * {@code listen}, {@code accept} or {@code connect}
 * @param errno number of the error on this platform, {@code 0} if it is unknown
 * @param errnoName symbolic name of the error such as {@code EADDRINUSE}, empty if it is
 * unknown
 * @param message what happened, with the endpoint or name it happened to
 * @param cause what was thrown, if anything was
 * @param time when it happened
 * @param retryIn how long after {@code time} it is tried again, {@code null} if it is not
 * @since 0.1.0
 */
public record SocketFailure(String operation, int errno, String errnoName, String message, @Nullable Throwable cause,
		Instant time, @Nullable Duration retryIn) {

	/**
	 * Return what happened as people read it in logs and exceptions.
	 * @return the message, and in parentheses the name of the error or that it is
	 * unknown; of a TLS handshake, which is no system call, the message alone if there is
	 * none
	 */
	public String describe() {
		if (this.errnoName.isEmpty() && this.operation.equals("handshake")) {
			return this.message;
		}
		return "%s (%s)".formatted(this.message, this.errnoName.isEmpty() ? "errno unknown" : this.errnoName);
	}

}
