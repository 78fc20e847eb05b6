package dev.socketfactory;

import java.util.Locale;

import org.springframework.util.Assert;

/**
 * Communication semantics of a socket: the second argument of
 * <a href= "https://man7.org/linux/man-pages/man2/socket.2.html">socket(2)</a>.
 *
 * @since 0.1.0
 */
public enum SocketType {

	/**
	 * A connected, reliable stream of bytes.
	 */
	SOCK_STREAM("stream", "tcp"),

	/**
	 * Datagrams: messages of limited length, connectionless and unreliable.
	 */
	SOCK_DGRAM("datagram", "udp");

	private final String word;

	private final String protocol;

	SocketType(String word, String protocol) {
		this.word = word;
		this.protocol = protocol;
	}

	/**
	 * Return the name of the protocol that implements this type over IP.
	 * @return {@code tcp} or {@code udp}
	 */
	public String getProtocol() {
		return this.protocol;
	}

	/**
	 * Return the type with the given name.
	 * @param name {@code SOCK_STREAM}, {@code stream}, {@code SOCK_DGRAM} or
	 * {@code datagram}, in any case
	 * @return the type
	 * @throws IllegalArgumentException if there is no such type
	 */
	public static SocketType of(String name) {
		Assert.notNull(name, "'name' must not be null");
		String plain = name.strip().toUpperCase(Locale.ROOT);
		for (SocketType type : values()) {
			if (type.name().equals(plain) || type.word.equalsIgnoreCase(plain)) {
				return type;
			}
		}
		throw new IllegalArgumentException(
				"'%s' is not a socket type: write SOCK_STREAM or SOCK_DGRAM".formatted(name));
	}

}
