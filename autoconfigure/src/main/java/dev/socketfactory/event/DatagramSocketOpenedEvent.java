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
		this(factory, eventName, channel, remoteAddress, null);
	}

	/**
	 * Create an event of a socket that a factory looks after.
	 * @param factory the factory
	 * @param eventName name of the event
	 * @param channel the datagram socket
	 * @param remoteAddress address it is connected to, or {@code null} if it is not
	 * @param handle what to tell of its ownership, {@code null} if nothing is to be told
	 */
	public DatagramSocketOpenedEvent(SocketFactory factory, String eventName, DatagramChannel channel,
			@Nullable SocketAddress remoteAddress, @Nullable SocketHandle handle) {
		super(factory, eventName, channel, remoteAddress, handle);
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
