package dev.socketfactory;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

import org.jspecify.annotations.Nullable;

/**
 * One end of a socket as it is written down: a host and a port that may still have to be
 * looked up, or the path of a UNIX socket.
 *
 * @param host name or address without brackets, {@code null} for all interfaces
 * @param port number or service name, {@code "0"} for a free port
 * @param path path of a UNIX socket, {@code null} for the other domains
 * @since 0.1.0
 */
public record SocketEndpoint(@Nullable String host, String port, @Nullable String path) {

	/**
	 * All interfaces, a free port.
	 */
	public static final SocketEndpoint ANY = new SocketEndpoint(null, "0", null);

	/**
	 * Return the endpoint that an address stands for.
	 * @param address an {@link InetSocketAddress}, resolved or not, or a
	 * {@link UnixDomainSocketAddress}
	 * @return the endpoint
	 * @throws IllegalArgumentException if the address is of another kind
	 */
	public static SocketEndpoint of(SocketAddress address) {
		if (address instanceof UnixDomainSocketAddress unix) {
			return new SocketEndpoint(null, "0", unix.getPath().toString());
		}
		if (address instanceof InetSocketAddress inet) {
			InetAddress resolved = inet.getAddress();
			String host = (resolved != null) ? AddressText.of(resolved) : inet.getHostString();
			return new SocketEndpoint(host, String.valueOf(inet.getPort()), null);
		}
		throw new IllegalArgumentException(
				"'address' must be an InetSocketAddress or a UnixDomainSocketAddress, not '%s'".formatted(address));
	}

	/**
	 * Return the local endpoint that an address stands for. The JDK makes the wildcard
	 * address of one family or the other as the machine has it, whatever the domain.
	 */
	static SocketEndpoint ofLocal(SocketAddress address) {
		boolean wildcard = address instanceof InetSocketAddress inet && inet.getAddress() != null
				&& inet.getAddress().isAnyLocalAddress();
		SocketEndpoint endpoint = of(address);
		return wildcard ? new SocketEndpoint(null, endpoint.port(), null) : endpoint;
	}

	/**
	 * Return the notation that the configuration uses.
	 * @return {@code host:port}, {@code [address]:port}, {@code :port} or a path
	 */
	@Override
	public String toString() {
		if (this.path != null) {
			return this.path;
		}
		if (this.host == null) {
			return ":" + this.port;
		}
		return (this.host.indexOf(':') >= 0) ? "[%s]:%s".formatted(this.host, this.port) : this.host + ":" + this.port;
	}

}
