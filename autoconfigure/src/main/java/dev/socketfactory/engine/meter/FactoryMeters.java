package dev.socketfactory.engine.meter;

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
	 * @param nanos how long it took, look-up included, in nanoseconds
	 */
	default void connected(long nanos) {
	}

	/**
	 * A system call or look-up has failed.
	 * @param operation name of the call
	 * @param errnoName symbolic name of the error, empty if it is unknown
	 */
	default void failed(String operation, String errnoName) {
	}

	/**
	 * A reason to pause was set, perhaps for the first time.
	 * @param reason the reason
	 */
	default void paused(PauseReason reason) {
	}

}
