package dev.socketfactory.engine;

import java.net.SocketAddress;

import org.jspecify.annotations.Nullable;

/**
 * Told of the local address of every factory, before its state says that it is open.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface PortListener {

	/**
	 * Called when a socket was bound or closed.
	 * @param name name of the factory
	 * @param address the local address, {@code null} when the socket was closed
	 */
	void bound(String name, @Nullable SocketAddress address);

}
