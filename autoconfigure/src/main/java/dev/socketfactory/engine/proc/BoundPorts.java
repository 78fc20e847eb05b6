package dev.socketfactory.engine.proc;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Tells why a TCP port cannot be bound, from the tables of
 * <a href= "https://man7.org/linux/man-pages/man5/proc_net.5.html">proc_net(5)</a>: Linux
 * keeps a port for the connections that an earlier listener has left behind.
 *
 * @since 0.1.0
 */
public final class BoundPorts {

	private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));

	private static final String LISTEN = "0A";

	private BoundPorts() {
	}

	/**
	 * Say why an address is in use.
	 * @param address the address that could not be bound
	 * @param reuse whether it may be bound in spite of left-over connections
	 * @return a sentence without its stop, {@code null} if the system does not tell
	 */
	public static @Nullable String explain(InetSocketAddress address, boolean reuse) {
		try {
			if (address.getPort() == 0 || states(address).isEmpty()) {
				return null;
			}
			return states(address).contains(LISTEN) ? "another listener holds the port" : leftOver(reuse);
		}
		catch (IOException ex) {
			return null;
		}
	}

	private static String leftOver(boolean reuse) {
		return reuse
				? "nothing listens on the port, but connections of an earlier listener that had no 'reuse: on' hold it"
				: "nothing listens on the port, but connections of an earlier listener hold it: 'reuse: on', there and here, would help";
	}

	private static List<String> states(InetSocketAddress address) throws IOException {
		Stream.Builder<String> found = Stream.builder();
		for (Path table : TABLES) {
			if (Files.isReadable(table)) {
				try (Stream<String> lines = Files.lines(table)) {
					lines.skip(1)
						.map((line) -> line.strip().split("\\s+"))
						.filter((fields) -> ProcNet.isSameOrWildcard(fields[1], address))
						.forEach((fields) -> found.add(fields[3]));
				}
			}
		}
		return found.build().toList();
	}

}
