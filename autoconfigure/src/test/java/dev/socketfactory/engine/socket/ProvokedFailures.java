package dev.socketfactory.engine.socket;

import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.util.LinkedHashMap;
import java.util.Map;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Exceptions as the JDK really throws them, by the name of the error that was provoked.
 * As a program it prints each with the error that is found for it.
 */
public final class ProvokedFailures {

	static final String LOOKUP_BEGINS = "lookup begins";

	static final String LOOKUP_ENDS = "lookup ends";

	// TEST-NET-1 is no address of any machine
	private static final String FOREIGN_ADDRESS = "192.0.2.1";

	private static final String MISSING_PATH = "/no-such-folder-for-sockets/socket";

	private ProvokedFailures() {
	}

	static Map<String, IOException> byName() throws IOException {
		Map<String, IOException> failures = new LinkedHashMap<>();
		InetSocketAddress closed;
		try (ServerSocketChannel listener = ServerSocketChannel.open()) {
			listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
			closed = (InetSocketAddress) listener.getLocalAddress();
			failures.put("EADDRINUSE", bindFailure(closed));
		}
		failures.put("ECONNREFUSED", connectFailure(closed));
		failures.put("EADDRNOTAVAIL", bindFailure(new InetSocketAddress(FOREIGN_ADDRESS, 0)));
		failures.put("ENOENT", connectFailure(UnixDomainSocketAddress.of(MISSING_PATH)));
		return failures;
	}

	private static IOException bindFailure(SocketAddress address) throws IOException {
		try (ServerSocketChannel channel = ServerSocketChannel.open()) {
			return catchThrowableOfType(IOException.class, () -> channel.bind(address));
		}
	}

	private static IOException connectFailure(SocketAddress address) throws IOException {
		boolean unix = address instanceof UnixDomainSocketAddress;
		try (SocketChannel channel = SocketChannel
			.open(unix ? StandardProtocolFamily.UNIX : StandardProtocolFamily.INET)) {
			return catchThrowableOfType(IOException.class, () -> channel.connect(address));
		}
	}

	public static void main(String[] args) throws IOException {
		PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
		Map<String, IOException> failures = byName();
		ErrnoTable table = ErrnoTable.load();
		IOException[] exceptions = failures.values().toArray(new IOException[0]);
		Exception[] others = { new UnresolvedAddressException(), new UnsupportedOperationException("'X' not supported"),
				new FileSystemException("/x", null, "Not a directory"),
				new IOException("unknown: text (of JDK)", new SocketTimeoutException()) };
		Errno[] errnos = new Errno[exceptions.length];
		out.println(LOOKUP_BEGINS);
		for (int i = 0; i < exceptions.length; i++) {
			errnos[i] = table.of(exceptions[i]);
		}
		for (Exception exception : others) {
			table.of(exception);
		}
		out.println(LOOKUP_ENDS);
		for (int i = 0; i < exceptions.length; i++) {
			out.println(String.join("|", "result", exceptions[i].getMessage(), errnos[i].name(),
					Integer.toString(errnos[i].number())));
		}
	}

}
