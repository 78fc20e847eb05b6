package dev.socketfactory.event;

import java.net.SocketAddress;

import javax.net.ssl.SSLSession;

import dev.socketfactory.ProxyHeader;
import dev.socketfactory.SocketConnection;
import org.jspecify.annotations.Nullable;

/**
 * What an event knows of its socket, by the factory that has created it.
 *
 * @since 0.1.0
 */
public interface SocketHandle {

	/**
	 * Called before the channel is claimed.
	 * @param asConnection whether to read and write by a {@link SocketConnection}
	 * @throws IllegalStateException if that cannot be
	 */
	void claiming(boolean asConnection);

	/**
	 * Make the connection of a channel that was claimed for it and is in blocking mode.
	 * @param remoteAddress address of the peer, {@code null} if it has no name
	 * @return the connection
	 */
	SocketConnection connect(@Nullable SocketAddress remoteAddress);

	/**
	 * The claimed socket is lent to a handler, so that it ends with its factory. Called
	 * on the thread of the handler, before it runs.
	 */
	void lent();

	/**
	 * The event does not own its channel any more: it was claimed, or closed because it
	 * was not. Called on the thread that has done so.
	 */
	void released();

	/**
	 * Return the number of the connection.
	 * @return a number that is unique in the process
	 */
	long getId();

	/**
	 * Return the address at the other end of the channel.
	 * @return the address, {@code null} if it has no name or the channel is closed
	 */
	@Nullable SocketAddress getPeerAddress();

	/**
	 * Return what a proxy in front has said of the client.
	 * @return the header, {@code null} if there is no proxy
	 */
	@Nullable ProxyHeader getProxyHeader();

	/**
	 * Return the TLS session.
	 * @return the session, {@code null} if there is no TLS
	 */
	@Nullable SSLSession getSslSession();

}
