package dev.socketfactory.engine;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;

import dev.socketfactory.SocketFactory;
import dev.socketfactory.engine.socket.SocketOptions;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import org.jspecify.annotations.Nullable;

/**
 * Turns accepted channels into events.
 */
final class AcceptedConnections {

	private final SocketFactory factory;

	private final SocketOptions options;

	private final CreatedSockets sockets;

	private final FailureReporter failures;

	AcceptedConnections(SocketFactory factory, SocketOptions options, CreatedSockets sockets,
			FailureReporter failures) {
		this.factory = factory;
		this.options = options;
		this.sockets = sockets;
		this.failures = failures;
	}

	/**
	 * Count a connection in, for which a place has been reserved.
	 * @param channel the connection
	 * @return what is to be delivered, or {@code null} if the connection was closed
	 */
	@Nullable Delivery admit(SocketChannel channel) {
		if (!setOptions(channel)) {
			this.sockets.discard(channel);
			return null;
		}
		return this.sockets.admit(channel,
				(name) -> new ConnectionAcceptedEvent(this.factory, name, channel, peerOf(channel)));
	}

	/**
	 * Publish a connection.
	 * @param delivery what to deliver
	 * @param onLoop whether this is the event loop's turn for this listener
	 */
	void deliver(Delivery delivery, boolean onLoop) {
		this.sockets.deliver(delivery, onLoop);
	}

	/**
	 * Return the address that accept(2) reported; asking the socket would fail for a
	 * client that has reset its connection.
	 */
	private static @Nullable SocketAddress peerOf(SocketChannel channel) {
		try {
			SocketAddress peer = channel.getRemoteAddress();
			boolean unnamed = peer instanceof UnixDomainSocketAddress unix && unix.getPath().toString().isEmpty();
			return unnamed ? null : peer;
		}
		catch (IOException ex) {
			return null;
		}
	}

	private boolean setOptions(SocketChannel channel) {
		if (this.options.isEmpty()) {
			return true;
		}
		try {
			this.options.apply(channel);
			return true;
		}
		catch (IOException ex) {
			this.failures.count("setsockopt", this.failures.errnoOf(ex));
			this.failures.report("setsockopt", ex);
			return false;
		}
	}

}
