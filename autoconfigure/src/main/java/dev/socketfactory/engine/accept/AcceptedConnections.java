package dev.socketfactory.engine.accept;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;

import dev.socketfactory.SocketFactory;
import dev.socketfactory.engine.delivery.ChannelTable;
import dev.socketfactory.engine.delivery.CreatedSockets;
import dev.socketfactory.engine.socket.SocketOptions;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.event.SocketSuccessEvent;
import org.jspecify.annotations.Nullable;

/**
 * Turns accepted channels into events.
 *
 * @since 0.1.0
 */
public final class AcceptedConnections {

	private final SocketFactory factory;

	private final SocketOptions options;

	private final CreatedSockets sockets;

	private final FailureReporter failures;

	public AcceptedConnections(SocketFactory factory, SocketOptions options, CreatedSockets sockets,
			FailureReporter failures) {
		this.factory = factory;
		this.options = options;
		this.sockets = sockets;
		this.failures = failures;
	}

	/**
	 * Count a connection in, for which a place has been reserved.
	 * @param channel the connection
	 * @return its slot, {@link ChannelTable#NO_SLOT} if it was closed and its place given
	 * back
	 */
	int admit(SocketChannel channel) {
		boolean ready = false;
		try {
			ready = setOptions(channel);
		}
		catch (RuntimeException | Error ex) {
			this.sockets.abandon(channel, ChannelTable.NO_SLOT);
			throw ex;
		}
		if (ready) {
			return this.sockets.admit(channel);
		}
		this.sockets.discard(channel);
		return ChannelTable.NO_SLOT;
	}

	/**
	 * Publish a connection.
	 * @param channel the connection
	 * @param slot its slot
	 * @param onLoop whether this is the event loop's turn for this listener
	 */
	void deliver(SocketChannel channel, int slot, boolean onLoop) {
		String name = this.sockets.getEventName();
		if (name == null) {
			this.sockets.abandon(channel, slot);
			return;
		}
		this.sockets.deliver(event(name, channel, slot), channel, slot, onLoop);
	}

	private SocketSuccessEvent event(String name, SocketChannel channel, int slot) {
		try {
			return new ConnectionAcceptedEvent(this.factory, name, channel, peerOf(channel));
		}
		catch (RuntimeException | Error ex) {
			this.sockets.abandon(channel, slot);
			throw ex;
		}
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
