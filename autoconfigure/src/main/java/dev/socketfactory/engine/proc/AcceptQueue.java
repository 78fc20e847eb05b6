package dev.socketfactory.engine.proc;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

/**
 * Reads how many connections wait in the accept queue of a listener, on Linux, from the
 * tables of
 * <a href="https://man7.org/linux/man-pages/man5/proc_net.5.html">proc_net(5)</a>.
 *
 * @since 0.1.0
 */
public final class AcceptQueue {

	private static final String LISTEN = "0A";

	private static final String NOT_ACCEPTED = "0";

	private final Path folder;

	/**
	 * Create a reader of what the system tells.
	 */
	public AcceptQueue() {
		this(Path.of("/proc/net"));
	}

	AcceptQueue(Path folder) {
		this.folder = folder;
	}

	/**
	 * Return the number of connections that wait.
	 * @param address local address of the listener
	 * @param boundPath path that a UNIX listener was bound with, else {@code null}
	 * @return their number, {@code null} if it is not known
	 */
	public @Nullable Integer depth(SocketAddress address, @Nullable Path boundPath) {
		try {
			if (boundPath != null) {
				return unixDepth(boundPath.toString());
			}
			return (address instanceof InetSocketAddress inet) ? inetDepth(inet) : null;
		}
		catch (IOException | RuntimeException ex) {
			return null;
		}
	}

	/**
	 * The rows of listeners come first, so the first other row ends the search.
	 */
	private @Nullable Integer inetDepth(InetSocketAddress address) throws IOException {
		boolean six = address.getAddress() instanceof Inet6Address;
		String wanted = ProcNet.text(address);
		try (BufferedReader reader = Files.newBufferedReader(this.folder.resolve(six ? "tcp6" : "tcp"))) {
			reader.readLine();
			for (String line = reader.readLine(); line != null; line = reader.readLine()) {
				String[] fields = line.strip().split("\\s+");
				if (!fields[3].equals(LISTEN)) {
					return null;
				}
				if (fields[1].equals(wanted)) {
					return Integer.parseInt(fields[4].substring(fields[4].indexOf(':') + 1), 16);
				}
			}
		}
		return null;
	}

	/**
	 * A connection that has not been accepted has the listener's name and no inode yet.
	 */
	private Integer unixDepth(String path) throws IOException {
		int depth = 0;
		try (BufferedReader reader = Files.newBufferedReader(this.folder.resolve("unix"))) {
			for (String line = reader.readLine(); line != null; line = reader.readLine()) {
				String[] fields = line.strip().split("\\s+", 8);
				if (fields.length == 8 && fields[7].equals(path) && fields[6].equals(NOT_ACCEPTED)) {
					depth++;
				}
			}
		}
		return depth;
	}

}
