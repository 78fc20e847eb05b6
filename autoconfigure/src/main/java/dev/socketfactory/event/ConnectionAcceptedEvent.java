package dev.socketfactory.event;

import java.net.SocketAddress;
import java.nio.channels.SocketChannel;

import javax.net.ssl.SSLSession;

import dev.socketfactory.ProxyHeader;
import dev.socketfactory.SocketConnection;
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
		this(factory, eventName, channel, remoteAddress, null);
	}

	/**
	 * Create an event of a socket that a factory looks after.
	 * @param factory the listener
	 * @param eventName name of the event
	 * @param channel the accepted socket
	 * @param remoteAddress address of the client, or {@code null} if it has no name
	 * @param handle what to tell of its ownership, {@code null} if nothing is to be told
	 */
	public ConnectionAcceptedEvent(SocketFactory factory, String eventName, SocketChannel channel,
			@Nullable SocketAddress remoteAddress, @Nullable SocketHandle handle) {
		super(factory, eventName, channel, remoteAddress, handle);
	}

	/**
	 * Take the connection over to read and write it on a thread of its own.
	 * @return the connection; closing it is up to the caller from now on
	 * @throws IllegalStateException if it was claimed before, or closed because nobody
	 * had claimed it, or with {@code dispatch: inline}, which has no thread that may wait
	 * @throws java.io.UncheckedIOException if the mode of its channel cannot be set; it
	 * is closed then
	 */
	public SocketConnection claimConnection() {
		return connect();
	}

	/**
	 * Return the number of the connection, which the endpoint and the log have, too.
	 * @return a number that is unique in the process, {@code 0} if the event was not
	 * published by a factory
	 */
	public long getConnectionId() {
		SocketHandle handle = getHandle();
		return (handle != null) ? handle.getId() : 0;
	}

	/**
	 * Return the address at the other end of the channel: that of a proxy, if there is
	 * one in front, and otherwise the remote address.
	 * @return the address, {@code null} if it has no name
	 */
	public @Nullable SocketAddress getPeerAddress() {
		SocketHandle handle = getHandle();
		return (handle != null && handle.getProxyHeader() != null) ? handle.getPeerAddress() : getRemoteAddress();
	}

	/**
	 * Return what the proxy in front has said of the client.
	 * @return the header, {@code null} if there is no proxy
	 */
	public @Nullable ProxyHeader getProxyHeader() {
		SocketHandle handle = getHandle();
		return (handle != null) ? handle.getProxyHeader() : null;
	}

	/**
	 * Return the TLS session of the connection.
	 * @return the session, {@code null} if it has no TLS
	 */
	public @Nullable SSLSession getSslSession() {
		return sslSession();
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
