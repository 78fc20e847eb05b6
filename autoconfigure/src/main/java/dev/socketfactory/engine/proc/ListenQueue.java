package dev.socketfactory.engine;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Length of a listen queue.
 *
 * @param requested number of connections asked for
 * @param effective number of connections the system grants
 */
record ListenQueue(int requested, int effective) {

	private static final Path SOMAXCONN = Path.of("/proc/sys/net/core/somaxconn");

	/**
	 * The value of {@code SOMAXCONN} in the headers of systems that do not tell theirs.
	 */
	private static final int USUAL_MAXIMUM = 128;

	static ListenQueue of(int requested) {
		return of(requested, systemMaximum());
	}

	static ListenQueue of(int requested, int maximum) {
		int wanted = (requested > 0) ? requested : maximum;
		return new ListenQueue(wanted, Math.min(wanted, maximum));
	}

	boolean isClipped() {
		return this.effective < this.requested;
	}

	private static int systemMaximum() {
		// The kernel gives this file to a single read only, so the buffer must take all
		try (BufferedReader reader = Files.newBufferedReader(SOMAXCONN)) {
			return Integer.parseInt(String.valueOf(reader.readLine()).strip());
		}
		catch (IOException | NumberFormatException ex) {
			return USUAL_MAXIMUM;
		}
	}

}
