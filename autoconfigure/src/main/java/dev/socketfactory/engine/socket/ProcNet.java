package dev.socketfactory.engine.socket;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * What Linux tells of sockets in the tables of
 * <a href="https://man7.org/linux/man-pages/man5/proc_net.5.html">proc_net(5)</a>. Each
 * table is read when it is first asked, and once. Never used on the event loop: a table
 * has a row for every socket of the machine. Safe for use by any thread.
 *
 * @since 0.1.0
 */
public final class ProcNet {

	private static final Path DIRECTORY = Path.of("/proc/net");

	private static final Duration RECENT = Duration.ofSeconds(1);

	private static final String LISTEN = "0A";

	private static final String UNCONNECTED = "01";

	private static final String NOT_ACCEPTED = "0";

	private static final byte[] IPV4_MAPPED = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) 0xff, (byte) 0xff };

	private static volatile ProcNet last = new ProcNet();

	private final long madeNanos = System.nanoTime();

	private final Path directory;

	private @Nullable Map<String, Integer> tcp;

	private @Nullable Map<String, Integer> tcp6;

	private @Nullable Map<String, Integer> unix;

	private boolean hasUnix;

	/**
	 * Create a reader of the tables as they will be when they are first asked.
	 */
	public ProcNet() {
		this(DIRECTORY);
	}

	ProcNet(Path directory) {
		this.directory = directory;
	}

	/**
	 * Return a reader that others may have used within the last second, for callers that
	 * ask for one listener after the other.
	 * @return a reader
	 */
	public static ProcNet recent() {
		ProcNet recent = last;
		if (System.nanoTime() - recent.madeNanos > RECENT.toNanos()) {
			recent = new ProcNet();
			last = recent;
		}
		return recent;
	}

	/**
	 * Return how many connections wait in the accept queue of a listener.
	 * @param address its local address
	 * @return their number, {@code null} if the system does not tell
	 */
	public synchronized @Nullable Integer getAcceptQueueDepth(@Nullable SocketAddress address) {
		if (address instanceof UnixDomainSocketAddress path) {
			Integer depth = unix().get(latin1(path.getPath()));
			return (depth != null || !this.hasUnix) ? depth : Integer.valueOf(0);
		}
		if (address instanceof InetSocketAddress inet) {
			return (inet.getAddress() instanceof Inet4Address) ? depthOfIpv4(inet) : tcp6().get(text(inet));
		}
		return null;
	}

	/**
	 * An IPv6 socket that is bound to an IPv4 address has its row in the table of IPv6.
	 */
	private @Nullable Integer depthOfIpv4(InetSocketAddress address) {
		Integer depth = tcp().get(text(address));
		return (depth != null) ? depth : tcp6().get(hex(mapped(address.getAddress())) + port(address));
	}

	/**
	 * Say what holds the TCP port of an address that cannot be bound: Linux keeps it for
	 * the connections that an earlier listener has left behind.
	 * @param address the address
	 * @return what holds it, {@code null} if the system does not tell
	 */
	public static @Nullable PortHolder holderOf(InetSocketAddress address) {
		Set<PortHolder> holders = EnumSet.noneOf(PortHolder.class);
		for (String table : new String[] { "tcp", "tcp6" }) {
			try (BufferedReader rows = Files.newBufferedReader(DIRECTORY.resolve(table))) {
				rows.lines()
					.skip(1)
					.map(ProcNet::fields)
					.filter((fields) -> isInTheWay(fields[1], address))
					.forEach((fields) -> holders
						.add(fields[3].equals(LISTEN) ? PortHolder.LISTENER : PortHolder.CONNECTIONS));
			}
			catch (IOException | RuntimeException ex) {
				// Not a table of Linux, or none at all
				return null;
			}
		}
		if (holders.contains(PortHolder.LISTENER)) {
			return PortHolder.LISTENER;
		}
		return holders.isEmpty() ? null : PortHolder.CONNECTIONS;
	}

	private Map<String, Integer> tcp() {
		if (this.tcp == null) {
			this.tcp = readListeners("tcp");
		}
		return this.tcp;
	}

	private Map<String, Integer> tcp6() {
		if (this.tcp6 == null) {
			this.tcp6 = readListeners("tcp6");
		}
		return this.tcp6;
	}

	/**
	 * Return the receive queue of each listener by its address. The rows of listeners
	 * come first, so the first other row ends the search.
	 */
	private Map<String, Integer> readListeners(String table) {
		Map<String, Integer> depths = new HashMap<>();
		try (BufferedReader rows = Files.newBufferedReader(this.directory.resolve(table))) {
			rows.readLine();
			for (String row = rows.readLine(); row != null; row = rows.readLine()) {
				String[] fields = fields(row);
				if (!fields[3].equals(LISTEN)) {
					break;
				}
				depths.put(fields[1], Integer.parseInt(fields[4].substring(fields[4].indexOf(':') + 1), 16));
			}
		}
		catch (IOException | RuntimeException ex) {
			// Not a table of Linux, or none at all
			return depths;
		}
		return depths;
	}

	/**
	 * Return whether the path has a row: of a socket that is bound to it and not
	 * connected, whether it listens or not.
	 */
	static boolean isBound(Path path) {
		try {
			return unixRows(DIRECTORY)
				.anyMatch((fields) -> fields[5].equals(UNCONNECTED) && fields[7].equals(latin1(path)));
		}
		catch (IOException | RuntimeException ex) {
			return false;
		}
	}

	/**
	 * Return the number of connections that wait by the listener's name: one that has not
	 * been accepted has that name and no inode yet.
	 */
	private Map<String, Integer> unix() {
		if (this.unix == null) {
			this.unix = new HashMap<>();
			try {
				unixRows(this.directory).filter((fields) -> fields[6].equals(NOT_ACCEPTED))
					.forEach((fields) -> this.unix.merge(fields[7], 1, Integer::sum));
				this.hasUnix = true;
			}
			catch (IOException | RuntimeException ex) {
				// Not a table of Linux, or none at all
				this.unix.clear();
			}
		}
		return this.unix;
	}

	/**
	 * Return the rows of the table of unix(7) that have a path, which may be in any
	 * encoding.
	 */
	private static Stream<String[]> unixRows(Path directory) throws IOException {
		return Files.readAllLines(directory.resolve("unix"), StandardCharsets.ISO_8859_1)
			.stream()
			.map((row) -> row.strip().split("\\s+", 8))
			.filter((fields) -> fields.length == 8);
	}

	private static String latin1(Path path) {
		return new String(path.toString().getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
	}

	private static String[] fields(String row) {
		return row.strip().split("\\s+");
	}

	/**
	 * Return whether a socket of the table is in the way of another one.
	 */
	static boolean isInTheWay(String text, InetSocketAddress address) {
		String host = text.substring(0, text.indexOf(':'));
		return text.endsWith(port(address)) && (host.chars().allMatch((digit) -> digit == '0')
				|| address.getAddress().isAnyLocalAddress() || host.endsWith(hex(address.getAddress().getAddress())));
	}

	/**
	 * Return an address as the tables have it.
	 */
	static String text(InetSocketAddress address) {
		return hex(address.getAddress().getAddress()) + port(address);
	}

	private static String port(InetSocketAddress address) {
		return ":%04X".formatted(address.getPort());
	}

	/**
	 * Words of four bytes, each in the byte order of the machine.
	 */
	private static String hex(byte[] address) {
		ByteBuffer bytes = ByteBuffer.wrap(address).order(ByteOrder.nativeOrder());
		StringBuilder text = new StringBuilder();
		while (bytes.hasRemaining()) {
			text.append("%08X".formatted(bytes.getInt()));
		}
		return text.toString();
	}

	private static byte[] mapped(InetAddress address) {
		return ByteBuffer.allocate(16).put(IPV4_MAPPED).put(address.getAddress()).array();
	}

	/**
	 * What holds a port.
	 */
	public enum PortHolder {

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
