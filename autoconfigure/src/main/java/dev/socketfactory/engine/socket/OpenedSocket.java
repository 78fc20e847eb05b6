package dev.socketfactory.engine.socket;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.concurrent.Callable;

import dev.socketfactory.SocketEndpoint;
import dev.socketfactory.SocketKind;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketType;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * A channel that has been opened, given its options and bound.
 *
 * @param <C> type of the channel
 * @param channel the channel
 * @param localAddress its local address, {@code null} if it is not bound
 * @param file the file it has made, {@code null} unless it is a bound UNIX socket
 * @since 0.1.0
 */
public record OpenedSocket<C extends NetworkChannel>(C channel, @Nullable SocketAddress localAddress,
		@Nullable UnixSocketFile file) {

	private static final Log logger = LogFactory.getLog(OpenedSocket.class);

	/**
	 * Open a listening socket.
	 * @param spec what it is made for
	 * @param options its options
	 * @param address the local address
	 * @param backlog length of its listen queue
	 * @return the socket
	 * @throws SocketOperationException if any of it fails; nothing is open then
	 */
	public static OpenedSocket<ServerSocketChannel> listen(SocketSpec spec, SocketOptions options,
			SocketAddress address, int backlog) throws SocketOperationException {
		return open(() -> SocketChannels.openServer(spec), spec, options, address, address, backlog);
	}

	/**
	 * Open a datagram socket that is not connected.
	 * @param spec what it is made for
	 * @param options its options
	 * @param address the local address, {@code null} not to bind it
	 * @return the socket
	 * @throws SocketOperationException if any of it fails; nothing is open then
	 */
	public static OpenedSocket<DatagramChannel> openDatagram(SocketSpec spec, SocketOptions options,
			@Nullable SocketAddress address) throws SocketOperationException {
		return open(() -> SocketChannels.openDatagram(spec, null), spec, options, address, address, 0);
	}

	/**
	 * Open a socket that is to be connected.
	 * @param spec what it is made for
	 * @param options its options
	 * @param address the local address, {@code null} not to bind it
	 * @param remote the address that it is to be connected to
	 * @return the socket
	 * @throws SocketOperationException if any of it fails; nothing is open then
	 */
	public static OpenedSocket<? extends NetworkChannel> openClient(SocketSpec spec, SocketOptions options,
			@Nullable SocketAddress address, SocketAddress remote) throws SocketOperationException {
		Callable<NetworkChannel> opener = () -> (spec.getType() == SocketType.SOCK_DGRAM)
				? SocketChannels.openDatagram(spec, remote) : SocketChannels.openStream(spec, remote);
		return open(opener, spec, options, remote, address, 0);
	}

	/**
	 * Open a socket.
	 * @param end the address that failures are told of until it is bound
	 */
	private static <C extends NetworkChannel> OpenedSocket<C> open(Callable<C> opener, SocketSpec spec,
			SocketOptions options, @Nullable SocketAddress end, @Nullable SocketAddress address, int backlog)
			throws SocketOperationException {
		C channel = SocketOperationException.call("socket", text(end), opener);
		boolean opened = false;
		try {
			setReuse(channel, spec, text(end));
			options.apply(channel, end);
			OpenedSocket<C> socket = (address != null) ? bind(channel, spec, address, backlog)
					: new OpenedSocket<>(channel, null, null);
			opened = true;
			return socket;
		}
		finally {
			if (!opened) {
				close(channel);
			}
		}
	}

	private static void setReuse(NetworkChannel channel, SocketSpec spec, String endpoint)
			throws SocketOperationException {
		if (!SocketChannels.isUnix(spec)) {
			SocketOperationException.call("setsockopt", endpoint + ": SO_REUSEADDR",
					() -> channel.setOption(StandardSocketOptions.SO_REUSEADDR, spec.isReuse()));
		}
	}

	private static <C extends NetworkChannel> OpenedSocket<C> bind(C channel, SocketSpec spec, SocketAddress address,
			int backlog) throws SocketOperationException {
		UnixSocketFile file = SocketOperationException.call("bind", text(address),
				() -> (address instanceof UnixDomainSocketAddress unix) ? bind(channel, spec, unix.getPath(), backlog)
						: bind(channel, address, backlog));
		boolean bound = false;
		try {
			if (file != null) {
				protect(channel, file, spec, backlog);
			}
			OpenedSocket<C> socket = SocketOperationException.call("bind", text(address),
					() -> new OpenedSocket<>(channel, SocketChannels.localAddressOf(channel, spec), file));
			bound = true;
			return socket;
		}
		finally {
			if (!bound && file != null) {
				file.delete();
			}
		}
	}

	private static @Nullable UnixSocketFile bind(NetworkChannel channel, SocketAddress address, int backlog)
			throws IOException {
		if (channel instanceof ServerSocketChannel server) {
			server.bind(address, backlog);
		}
		else {
			channel.bind(address);
		}
		return null;
	}

	private static UnixSocketFile bind(NetworkChannel channel, SocketSpec spec, Path path, int backlog)
			throws IOException {
		try {
			return UnixSocketFile.bind(path, spec.isReuse(),
					() -> bind(channel, SocketChannels.addressOf(spec, UnixDomainSocketAddress.of(path)), backlog));
		}
		catch (FileAlreadyExistsException ex) {
			throw new SocketOperationException("bind", path, "EADDRINUSE", "Address already in use", ex);
		}
	}

	/**
	 * Give the file its mode. To connect takes permission to write: whom the mode
	 * excludes may have come before only if the file was writable for more.
	 */
	private static void protect(NetworkChannel channel, UnixSocketFile file, SocketSpec spec, int backlog)
			throws SocketOperationException {
		String mode = (spec.getKind() == SocketKind.LISTENER) ? spec.getUnixMode() : null;
		if (mode == null) {
			return;
		}
		String path = String.valueOf(spec.getBind());
		boolean wasWider = SocketOperationException.call("bind", "%s: unix.mode %s".formatted(path, mode),
				() -> file.setMode(mode));
		if (wasWider && channel instanceof ServerSocketChannel server) {
			SocketOperationException.call("accept", path, () -> turnAway(server, backlog));
		}
	}

	/**
	 * Close all connections that wait, because some may be of clients whom the mode
	 * excludes.
	 * @param backlog length of the listen queue, of which Linux lets one more in
	 */
	private static ServerSocketChannel turnAway(ServerSocketChannel server, int backlog) throws IOException {
		server.configureBlocking(false);
		boolean more = true;
		for (int i = 0; i <= backlog && more; i++) {
			more = turnAwayOne(server);
		}
		return server;
	}

	private static boolean turnAwayOne(ServerSocketChannel server) throws IOException {
		try (SocketChannel connection = server.accept()) {
			return connection != null;
		}
		catch (RuntimeException ex) {
			// The client has a name that the JDK cannot decode, and is gone with that
			logger.debug("A client was turned away", ex);
			return true;
		}
	}

	/**
	 * Close the channel and delete its file.
	 */
	public void close() {
		// Before the channel: once that is closed, others may take the path
		if (this.file != null) {
			this.file.delete();
		}
		close(this.channel);
	}

	/**
	 * Return the notation that the configuration uses, for people to read: a peer may
	 * have a path with line feeds in it, which must not look like lines of a log.
	 * @param address an address of the JDK, {@code null} for none
	 * @return the text
	 */
	public static String text(@Nullable SocketAddress address) {
		if (address == null) {
			return "an unbound socket";
		}
		String text = SocketEndpoint.of(address).toString();
		return (address instanceof UnixDomainSocketAddress) ? text.replaceAll("\\p{Cntrl}", "?") : text;
	}

	private static void close(NetworkChannel channel) {
		try {
			channel.close();
		}
		catch (IOException ex) {
			logger.debug("Closing a channel failed", ex);
		}
	}

}
