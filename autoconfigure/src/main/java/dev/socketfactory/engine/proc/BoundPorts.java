package dev.socketfactory.engine.proc;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
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
	 * Say what holds the port of an address.
	 * @param address the address that could not be bound
	 * @return what holds it, {@code null} if the system does not tell
	 */
	public static @Nullable Holder holderOf(InetSocketAddress address) {
		try {
			List<String> states = (address.getPort() != 0) ? states(address) : Collections.emptyList();
			if (states.isEmpty()) {
				return null;
			}
			return states.contains(LISTEN) ? Holder.LISTENER : Holder.CONNECTIONS;
		}
		catch (IOException | UncheckedIOException ex) {
			return null;
		}
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

	/**
	 * What holds a port.
	 */
	public enum Holder {

		/**
		 * A listener that is alive.
		 */
		LISTENER,

		/**
		 * Connections that an earlier listener has left behind.
		 */
		CONNECTIONS

	}

}
