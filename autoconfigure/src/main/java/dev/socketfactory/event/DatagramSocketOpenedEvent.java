package dev.socketfactory.event;

import java.net.SocketAddress;
import java.nio.channels.DatagramChannel;

import dev.socketfactory.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Published when a datagram socket has been opened, connectionless or connected.
 *
 * @since 0.1.0
 */
@SuppressWarnings("serial")
public class DatagramSocketOpenedEvent extends SocketSuccessEvent {

	/**
	 * Create an event.
	 * @param factory the factory
	 * @param eventName name of the event
	 * @param channel the datagram socket
	 * @param remoteAddress address it is connected to, or {@code null} if it is not
	 */
	public DatagramSocketOpenedEvent(SocketFactory factory, String eventName, DatagramChannel channel,
			@Nullable SocketAddress remoteAddress) {
		super(factory, eventName, channel, remoteAddress);
	}

	@Override
	public DatagramChannel claimChannel() {
		return (DatagramChannel) super.claimChannel();
	}

	@Override
	public DatagramChannel claimBlockingChannel() {
		return (DatagramChannel) super.claimBlockingChannel();
	}

}
