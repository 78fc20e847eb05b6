package dev.socketfactory.engine.socket;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * Length of a listen queue.
 *
 * @param requested number of connections asked for
 * @param effective number of connections the system grants
 * @since 0.1.0
 */
public record ListenQueue(int requested, int effective) {

	private static final Log logger = LogFactory.getLog(ListenQueue.class);

	private static final Path SOMAXCONN = Path.of("/proc/sys/net/core/somaxconn");

	/**
	 * The value of {@code SOMAXCONN} in the headers of systems that do not tell theirs.
	 */
	private static final int USUAL_MAXIMUM = 128;

	/**
	 * What the system has told last: it tells nothing when descriptors have run out.
	 */
	private static volatile int lastMaximum = USUAL_MAXIMUM;

	/**
	 * Return the length that the system makes of a requested one.
	 * @param requested the length asked for, {@code 0} for the longest
	 * @return both
	 */
	public static ListenQueue of(int requested) {
		return of(requested, systemMaximum(SOMAXCONN));
	}

	static ListenQueue of(int requested, int maximum) {
		int wanted = (requested > 0) ? requested : maximum;
		return new ListenQueue(wanted, Math.min(wanted, maximum));
	}

	/**
	 * Return whether the system shortens the queue.
	 * @return whether less than what was asked for is effective
	 */
	public boolean isClipped() {
		return this.effective < this.requested;
	}

	static int systemMaximum(Path file) {
		// The kernel gives this file to a single read only, so the buffer must take all
		try (BufferedReader reader = Files.newBufferedReader(file)) {
			lastMaximum = Integer.parseInt(String.valueOf(reader.readLine()).strip());
		}
		catch (IOException | NumberFormatException ex) {
			logger.trace("Not known now", ex);
		}
		return lastMaximum;
	}

}
