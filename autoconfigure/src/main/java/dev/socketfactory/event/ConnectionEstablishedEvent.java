package dev.socketfactory.event;

import java.net.SocketAddress;
import java.nio.channels.SocketChannel;

import dev.socketfactory.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Published when a client has connected.
 *
 * @since 0.1.0
 */
@SuppressWarnings("serial")
public class ConnectionEstablishedEvent extends SocketSuccessEvent {

	/**
	 * Create an event.
	 * @param factory the client
	 * @param eventName name of the event
	 * @param channel the connected socket
	 * @param remoteAddress address of the server
	 */
	public ConnectionEstablishedEvent(SocketFactory factory, String eventName, SocketChannel channel,
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
