package dev.socketfactory.engine.socket;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.NetworkChannel;
import java.util.concurrent.Callable;

import dev.socketfactory.SocketEndpoint;
import dev.socketfactory.SocketSpec;
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
	 * Open a channel.
	 * @param opener opens it
	 * @param spec what it is made for
	 * @param options its options
	 * @param address the local address, {@code null} not to bind it
	 * @param backlog length of the listen queue of a server channel
	 * @return the opened socket
	 * @throws SystemCallException if any of it fails; nothing is open then
	 */
	public static <C extends NetworkChannel> OpenedSocket<C> open(Callable<C> opener, SocketSpec spec,
			SocketOptions options, @Nullable SocketAddress address, int backlog) throws SystemCallException {
		C channel = SystemCallException.call("socket", opener);
		try {
			SystemCallException.run("setsockopt", () -> SocketChannels.setOptions(channel, spec, options));
			if (address == null) {
				return new OpenedSocket<>(channel, null, null);
			}
			return SystemCallException.call("bind", () -> {
				UnixSocketFile file = SocketChannels.bind(channel, spec, address, backlog);
				return new OpenedSocket<>(channel, SocketChannels.localAddressOf(channel, spec), file);
			});
		}
		catch (SystemCallException ex) {
			close(channel);
			throw ex;
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
	 * Return the notation that the configuration uses.
	 * @param address an address of the JDK, {@code null} for none
	 * @return the text
	 */
	public static String text(@Nullable SocketAddress address) {
		return (address != null) ? SocketEndpoint.of(address).toString() : "an unbound socket";
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
