package dev.socketfactory.event;

import java.net.SocketAddress;
import java.nio.channels.SocketChannel;

import dev.socketfactory.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Published when a listener has accepted a connection.
 *
 * @since 0.1.0
 */
@SuppressWarnings("serial")
public class ConnectionAcceptedEvent extends SocketSuccessEvent {

	/**
	 * Create an event.
	 * @param factory the listener
	 * @param eventName name of the event
	 * @param channel the accepted socket
	 * @param remoteAddress address of the client, or {@code null} if it has no name
	 */
	public ConnectionAcceptedEvent(SocketFactory factory, String eventName, SocketChannel channel,
			@Nullable SocketAddress remoteAddress) {
		super(factory, eventName, channel, remoteAddress);
	}

	@Override
	public SocketChannel claimChannel() {
		return (SocketChannel) super.claimChannel();
	}

	@Override
	public SocketChannel claimBlockingChannel() {
		return (SocketChannel) super.claimBlockingChannel();
	}

}
