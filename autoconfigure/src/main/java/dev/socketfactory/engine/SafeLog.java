package dev.socketfactory.engine;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * A log that never throws. An appender may need a descriptor, memory or a class that is
 * not to be had, and no socket may depend on whether a line could be written.
 */
final class SafeLog {

	private final Log log;

	SafeLog(Class<?> category) {
		this.log = LogFactory.getLog(category);
	}

	void error(String message, @Nullable Throwable failure) {
		try {
			this.log.error(message, failure);
		}
		catch (Throwable ex) {
			// There is nowhere else to report it
		}
	}

	void warn(String message) {
		try {
			this.log.warn(message);
		}
		catch (Throwable ex) {
			// There is nowhere else to report it
		}
	}

	void warn(String message, Throwable failure) {
		try {
			this.log.warn(message, failure);
		}
		catch (Throwable ex) {
			// There is nowhere else to report it
		}
	}

	void info(String message) {
		try {
			this.log.info(message);
		}
		catch (Throwable ex) {
			// There is nowhere else to report it
		}
	}

	void debug(String message, @Nullable Throwable failure) {
		try {
			this.log.debug(message, failure);
		}
		catch (Throwable ex) {
			// There is nowhere else to report it
		}
	}

}
