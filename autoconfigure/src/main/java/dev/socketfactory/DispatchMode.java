package dev.socketfactory;

import java.util.Locale;

/**
 * Where success events are published.
 *
 * @since 0.1.0
 */
public enum DispatchMode {

	/**
	 * On the executor {@code socketFactoryTaskExecutor}: a virtual thread where the JVM
	 * has them, else a thread of a bounded pool. Handlers may block for as long as they
	 * like.
	 */
	EXECUTOR,

	/**
	 * On the event loop, in order. Handlers must not block: every factory waits for them.
	 */
	INLINE;

	/**
	 * Return the word used in the configuration.
	 * @return {@code executor} or {@code inline}
	 */
	@Override
	public String toString() {
		return name().toLowerCase(Locale.ROOT);
	}

}
