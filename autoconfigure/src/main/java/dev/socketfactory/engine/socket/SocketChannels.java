package dev.socketfactory.engine.socket;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketKind;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketType;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * Opens the channels of the JDK, or of junixsocket for what the JDK lacks, that a
 * specification asks for.
 *
 * @since 0.1.0
 */
public final class SocketChannels {

	private static final boolean UNIX_DATAGRAMS = ClassUtils.isPresent("org.newsclub.net.unix.AFUNIXDatagramChannel",
			SocketChannels.class.getClassLoader());

	private SocketChannels() {
	}

	/**
	 * Return whether junixsocket is on the class path.
	 */
	static boolean hasUnixDatagrams() {
		return UNIX_DATAGRAMS;
	}

	/**
	 * Open the channel of a factory, unbound.
	 * @param spec what the factory makes
	 * @return the channel
	 * @throws IOException if the system has none, or the platform lacks the kind
	 */
	public static NetworkChannel open(SocketSpec spec) throws IOException {
		if (isDatagram(spec)) {
			return openDatagram(spec, null);
		}
		return (spec.getKind() == SocketKind.LISTENER) ? openServer(spec) : openStream(spec, null);
	}

	/**
	 * Open the channel of a listening socket, unbound.
	 * @param spec what it is made for
	 * @return the channel
	 * @throws IOException if the system has none, or the platform lacks the kind
	 */
	public static ServerSocketChannel openServer(SocketSpec spec) throws IOException {
		return ServerSocketChannel.open(familyOf(spec, null));
	}

	/**
	 * Open the channel of a stream socket, unbound.
	 * @param spec what it is made for
	 * @param remote the address it is to be connected to, {@code null} if there is none
	 * @return the channel
	 * @throws IOException if the system has none, or the platform lacks the kind
	 */
	public static SocketChannel openStream(SocketSpec spec, @Nullable SocketAddress remote) throws IOException {
		return SocketChannel.open(familyOf(spec, remote));
	}

	/**
	 * Open the channel of a datagram socket, unbound.
	 * @param spec what it is made for
	 * @param remote the address it is to be connected to, {@code null} if there is none
	 * @return the channel
	 * @throws IOException if the system has none, or the platform lacks the kind
	 */
	public static DatagramChannel openDatagram(SocketSpec spec, @Nullable SocketAddress remote) throws IOException {
		return isUnix(spec) ? UnixDatagrams.open() : DatagramChannel.open(familyOf(spec, remote));
	}

	/**
	 * Return the address in the form that the channel of a specification takes.
	 * @param spec what the channel is made for
	 * @param address an address
	 * @return the same address, of the class that the channel knows
	 * @throws IOException if the address is too long for the system
	 */
	public static SocketAddress addressOf(SocketSpec spec, SocketAddress address) throws IOException {
		return (address instanceof UnixDomainSocketAddress unix) ? addressOf(spec, unix.getPath()) : address;
	}

	/**
	 * Return the local address of an open channel: that of a UNIX socket is the
	 * configured path, that of a datagram socket which is not bound the wildcard address
	 * and port 0, as for <a href=
	 * "https://man7.org/linux/man-pages/man2/getsockname.2.html">getsockname(2)</a>.
	 * @param channel the channel
	 * @param spec what it was made for
	 * @return its address, {@code null} if it is not bound
	 * @throws IOException if the channel is closed
	 */
	public static @Nullable SocketAddress localAddressOf(NetworkChannel channel, SocketSpec spec) throws IOException {
		if (isUnix(spec)) {
			return UnixDomainSocketAddress.of((spec.getBind() != null) ? String.valueOf(spec.getBind().path()) : "");
		}
		SocketAddress local = channel.getLocalAddress();
		return (local == null && isDatagram(spec)) ? new InetSocketAddress(wildcard(spec.getDomain()), 0) : local;
	}

	/**
	 * Return the address that stands for all interfaces.
	 */
	static InetAddress wildcard(SocketDomain domain) {
		try {
			return InetAddress.getByAddress(new byte[(domain == SocketDomain.AF_INET6) ? 16 : 4]);
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static SocketAddress addressOf(SocketSpec spec, Path path) throws IOException {
		return isDatagram(spec) ? UnixDatagrams.address(path) : UnixDomainSocketAddress.of(path);
	}

	private static boolean isDatagram(SocketSpec spec) {
		return spec.getType() == SocketType.SOCK_DGRAM;
	}

	static boolean isUnix(SocketSpec spec) {
		return spec.getDomain() == SocketDomain.AF_UNIX;
	}

	/**
	 * A client may be allowed to use both families.
	 */
	private static StandardProtocolFamily familyOf(SocketSpec spec, @Nullable SocketAddress remote) {
		if (spec.isAnyFamily() && remote instanceof InetSocketAddress inet) {
			return (inet.getAddress() instanceof Inet6Address) ? StandardProtocolFamily.INET6
					: StandardProtocolFamily.INET;
		}
		return switch (spec.getDomain()) {
			case AF_INET -> StandardProtocolFamily.INET;
			case AF_INET6 -> StandardProtocolFamily.INET6;
			case AF_UNIX -> StandardProtocolFamily.UNIX;
		};
	}

}
