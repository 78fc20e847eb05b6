package dev.socketfactory.engine;

import dev.socketfactory.PauseReason;

/**
 * Takes the measurements of a factory that cannot be read off its status.
 *
 * @since 0.1.0
 */
public interface FactoryMeters {

	/**
	 * The handlers of a success event have returned.
	 * @param nanos how long publishing it took, in nanoseconds
	 */
	default void handled(long nanos) {
	}

	/**
	 * A client has connected.
	 * @param nanos how long it took, lookup included, in nanoseconds
	 */
	default void connected(long nanos) {
	}

	/**
	 * A system call or lookup has failed.
	 * @param operation name of the call
	 * @param errnoName symbolic name of the error, empty if it is unknown
	 */
	default void failed(String operation, String errnoName) {
	}

	/**
	 * A connection was refused.
	 * @param reason why
	 */
	default void refused(String reason) {
	}

	/**
	 * A handler has ended because its connection did.
	 * @param cause how that ended: {@code reset}, {@code timeout}, {@code truncated} or
	 * {@code closed}
	 */
	default void ended(String cause) {
	}

	/**
	 * A TLS handshake has succeeded.
	 * @param nanos how long it took, in nanoseconds
	 */
	default void handshaken(long nanos) {
	}

	/**
	 * A reason to pause was set, perhaps for the first time.
	 * @param reason the reason
	 */
	default void paused(PauseReason reason) {
	}

}
