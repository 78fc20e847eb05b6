package dev.socketfactory;

import java.util.Locale;

/**
 * What a {@link SocketFactory} makes: the two sections of the configuration.
 *
 * @since 0.1.0
 */
public enum SocketKind {

	/**
	 * Waits for peers: accepts connections, or receives datagrams on a bound socket.
	 */
	LISTENER,

	/**
	 * Goes to a peer: connects to a remote address.
	 */
	CLIENT;

	/**
	 * Return the word used in messages.
	 * @return {@code listener} or {@code client}
	 */
	@Override
	public String toString() {
		return name().toLowerCase(Locale.ROOT);
	}

}
