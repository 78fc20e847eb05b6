package dev.socketfactory.lookup;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

/**
 * Exception thrown when a host, service or protocol cannot be used under the name given.
 * Its message says in plain words which name that is and why.
 *
 * @since 0.1.0
 */
public final class LookupException extends IOException {

	private static final String ADDRESS_NOT_AVAILABLE = "EADDRNOTAVAIL";

	private final String operation;

	private final String errnoName;

	private LookupException(String operation, String errnoName, String message, @Nullable Throwable cause) {
		super(message, cause);
		this.operation = operation;
		this.errnoName = errnoName;
	}

	static LookupException host(String message, @Nullable Throwable cause) {
		return new LookupException("getaddrinfo", ADDRESS_NOT_AVAILABLE, message, cause);
	}

	static LookupException service(String message, @Nullable Throwable cause) {
		return new LookupException("getservbyname", ADDRESS_NOT_AVAILABLE, message, cause);
	}

	static LookupException protocol(String message, @Nullable Throwable cause) {
		return new LookupException("getprotobyname", ADDRESS_NOT_AVAILABLE, message, cause);
	}

	static LookupException protocolNotSupported(String message) {
		return new LookupException("socket", "EPROTONOSUPPORT", message, null);
	}

	/**
	 * Return the POSIX call that would have failed.
	 * @return {@code getaddrinfo}, {@code getservbyname}, {@code getprotobyname} or
	 * {@code socket}
	 */
	public String getOperation() {
		return this.operation;
	}

	/**
	 * Return the symbolic name of the error number, as in errno(3).
	 * @return {@code EADDRNOTAVAIL}, or {@code EPROTONOSUPPORT} for the operation
	 * {@code socket}
	 */
	public String getErrnoName() {
		return this.errnoName;
	}

}
