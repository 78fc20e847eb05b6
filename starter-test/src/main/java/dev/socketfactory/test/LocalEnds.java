package dev.socketfactory.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketEndpoint;
import dev.socketfactory.SocketFactoryCustomizer;
import dev.socketfactory.SocketKind;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketSpecBuilder;
import dev.socketfactory.SocketType;
import dev.socketfactory.SslSettings;
import org.jspecify.annotations.Nullable;

import org.springframework.util.FileSystemUtils;

/**
 * Moves both ends of every socket to this machine, and holds what that takes, and what a
 * test has left open, until the application context is closed. Safe for use by any
 * thread.
 */
final class LocalEnds implements SocketFactoryCustomizer, AutoCloseable {

	/**
	 * Room that every system has in {@code sun_path}, see
	 * <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7)</a>.
	 */
	private static final int LONGEST_PATH = 100;

	/**
	 * Files of listeners by their declared paths.
	 */
	private final Map<String, String> moved = new ConcurrentHashMap<>();

	private final Map<String, NetworkChannel> servers = new ConcurrentHashMap<>();

	private final Set<String> suppressed = ConcurrentHashMap.newKeySet();

	private final Set<AutoCloseable> open = ConcurrentHashMap.newKeySet();

	private @Nullable Path directory;

	private int files;

	@Override
	public void customize(SocketSpecBuilder spec) {
		SocketSpec declared = spec.build();
		if (spec.getKind() == SocketKind.LISTENER) {
			// Whether it may fail in production is not asked here
			spec.bind(localEnd(declared)).failFast(null);
		}
		else {
			customizeClient(spec, declared);
		}
	}

	private void customizeClient(SocketSpecBuilder spec, SocketSpec declared) {
		if (declared.isAutoStartup()) {
			this.suppressed.add(declared.getName());
		}
		spec.autoStartup(false);
		if (declared.getBind() != null) {
			spec.bind(localEnd(declared));
		}
		SocketEndpoint remote = declared.getRemote();
		String listener = (remote != null && remote.path() != null) ? this.moved.get(remote.path()) : null;
		if (listener != null) {
			spec.remote(listener);
		}
		else if (remote != null && remote.getPortOwner() == null) {
			spec.remote(remoteEnd(declared)).ssl(withoutHostname(declared.getSsl()));
		}
	}

	private String localEnd(SocketSpec declared) {
		if (declared.getDomain() != SocketDomain.AF_UNIX) {
			return (declared.getDomain() == SocketDomain.AF_INET6) ? "[::1]:0" : "127.0.0.1:0";
		}
		String file = file(declared.getName());
		SocketEndpoint bind = declared.getBind();
		if (declared.getKind() == SocketKind.LISTENER && bind != null && bind.path() != null) {
			this.moved.put(bind.path(), file);
		}
		return file;
	}

	/**
	 * Open the socket that stands for the remote end of a client.
	 */
	private String remoteEnd(SocketSpec declared) {
		String name = declared.getName();
		boolean unix = declared.getDomain() == SocketDomain.AF_UNIX;
		String address = unix ? file(name + "-peer") : localEnd(declared);
		try {
			NetworkChannel server = openServer(declared, address);
			if (server != null) {
				close(this.servers.put(name, server));
				return unix ? address : SocketEndpoint.of(server.getLocalAddress()).toString();
			}
			return address;
		}
		catch (IOException ex) {
			throw new UncheckedIOException("No socket can be opened that client '%s' could connect to".formatted(name),
					ex);
		}
	}

	/**
	 * Open a socket.
	 * @return the socket, {@code null} for UNIX datagrams, which the JDK lacks
	 */
	private @Nullable NetworkChannel openServer(SocketSpec declared, String address) throws IOException {
		boolean unix = declared.getDomain() == SocketDomain.AF_UNIX;
		if (declared.getType() == SocketType.SOCK_STREAM) {
			ServerSocketChannel server = unix ? ServerSocketChannel.open(StandardProtocolFamily.UNIX)
					: ServerSocketChannel.open();
			bind(server, unix ? UnixDomainSocketAddress.of(address) : loopback(declared));
			return server;
		}
		if (unix) {
			return null;
		}
		DatagramChannel server = DatagramChannel.open();
		bind(server, loopback(declared));
		return server;
	}

	private static <T extends SelectableChannel & NetworkChannel> void bind(T channel, SocketAddress address)
			throws IOException {
		try {
			channel.configureBlocking(false);
			channel.bind(address);
		}
		catch (IOException | RuntimeException ex) {
			channel.close();
			throw ex;
		}
	}

	private static InetSocketAddress loopback(SocketSpec declared) {
		return new InetSocketAddress((declared.getDomain() == SocketDomain.AF_INET6) ? "::1" : "127.0.0.1", 0);
	}

	/**
	 * The certificate of a test is not that of the real server.
	 */
	private static @Nullable SslSettings withoutHostname(@Nullable SslSettings ssl) {
		return (ssl != null) ? new SslSettings(ssl.bundle(), ssl.clientAuth(), ssl.serverNameBundles(),
				ssl.handshakeTimeout(), false, ssl.serverName()) : null;
	}

	private synchronized String file(String name) {
		if (this.directory == null) {
			try {
				this.directory = Files.createTempDirectory("sockets");
			}
			catch (IOException ex) {
				throw new UncheckedIOException("No directory can be made for UNIX sockets", ex);
			}
		}
		this.files++;
		String file = this.directory.resolve(name + ".sock").toString();
		return (file.length() <= LONGEST_PATH) ? file : this.directory.resolve(Integer.toString(this.files)).toString();
	}

	/**
	 * Return what stands for the remote end of a client.
	 * @param client name of the client
	 * @return the socket, {@code null} if the client connects elsewhere
	 */
	@Nullable NetworkChannel getServer(String client) {
		return this.servers.get(client);
	}

	/**
	 * Return whether a client would be started with the application.
	 * @param client name of the client
	 * @return whether it is declared so
	 */
	boolean isStartSuppressed(String client) {
		return this.suppressed.contains(client);
	}

	/**
	 * Close something with the application context.
	 * @param closeable what to close
	 */
	void opened(AutoCloseable closeable) {
		this.open.add(closeable);
	}

	/**
	 * Forget something that has been closed.
	 * @param closeable what was closed
	 */
	void closed(AutoCloseable closeable) {
		this.open.remove(closeable);
	}

	/**
	 * Called by the container after the factories have been closed.
	 */
	@Override
	public void close() throws IOException {
		this.open.forEach(LocalEnds::close);
		this.servers.values().forEach(LocalEnds::close);
		synchronized (this) {
			FileSystemUtils.deleteRecursively(this.directory);
		}
	}

	private static void close(@Nullable AutoCloseable closeable) {
		if (closeable != null) {
			try {
				closeable.close();
			}
			catch (Exception ex) {
				throw new IllegalStateException("Failed to close %s".formatted(closeable), ex);
			}
		}
	}

}
