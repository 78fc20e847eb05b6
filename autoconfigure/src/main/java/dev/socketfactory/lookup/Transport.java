package dev.socketfactory.lookup;

import java.util.Arrays;
import java.util.Optional;

/**
 * Protocols that the JDK has channels for.
 *
 * @since 0.1.0
 */
public enum Transport {

	/**
	 * Transmission Control Protocol (RFC 9293), for stream sockets.
	 */
	TCP("tcp", 6),

	/**
	 * User Datagram Protocol (RFC 768), for datagram sockets.
	 */
	UDP("udp", 17);

	private final Protocol protocol;

	Transport(String name, int number) {
		this.protocol = new Protocol(name, number);
	}

	/**
	 * Return the protocol's name as service look-ups take it.
	 * @return {@code tcp} or {@code udp}
	 * @see Services#port(String, String)
	 */
	public String protocol() {
		return this.protocol.name();
	}

	Protocol toProtocol() {
		return this.protocol;
	}

	static Optional<Transport> ofName(String name) {
		return Arrays.stream(values()).filter((transport) -> transport.protocol.name().equals(name)).findFirst();
	}

	static Optional<Transport> ofNumber(int number) {
		return Arrays.stream(values()).filter((transport) -> transport.protocol.number() == number).findFirst();
	}

}
