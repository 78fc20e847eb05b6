package dev.socketfactory.engine.socket;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
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
			return openDatagram(spec);
		}
		return (spec.getKind() == SocketKind.LISTENER) ? openServer(spec) : openStream(spec);
	}

	/**
	 * Open the channel of a listening socket, unbound.
	 * @param spec what it is made for
	 * @return the channel
	 * @throws IOException if the system has none, or the platform lacks the kind
	 */
	public static ServerSocketChannel openServer(SocketSpec spec) throws IOException {
		return ServerSocketChannel.open(familyOf(spec));
	}

	/**
	 * Open the channel of a stream socket, unbound.
	 * @param spec what it is made for
	 * @return the channel
	 * @throws IOException if the system has none, or the platform lacks the kind
	 */
	public static SocketChannel openStream(SocketSpec spec) throws IOException {
		return SocketChannel.open(familyOf(spec));
	}

	/**
	 * Open the channel of a datagram socket, unbound.
	 * @param spec what it is made for
	 * @return the channel
	 * @throws IOException if the system has none, or the platform lacks the kind
	 */
	public static DatagramChannel openDatagram(SocketSpec spec) throws IOException {
		return isUnix(spec) ? UnixDatagrams.open() : DatagramChannel.open(familyOf(spec));
	}

	static void setOptions(NetworkChannel channel, SocketSpec spec, SocketOptions options) throws IOException {
		if (!isUnix(spec)) {
			channel.setOption(StandardSocketOptions.SO_REUSEADDR, spec.isReuse());
		}
		options.apply(channel);
	}

	/**
	 * Bind a channel.
	 * @param channel the channel
	 * @param spec what the channel is made for
	 * @param address the local address
	 * @param backlog length of the listen queue of a server channel
	 * @return the file that a UNIX socket has made, else {@code null}
	 */
	static @Nullable UnixSocketFile bind(NetworkChannel channel, SocketSpec spec, SocketAddress address, int backlog)
			throws IOException {
		if (address instanceof UnixDomainSocketAddress unix) {
			return UnixSocketFile.bind(unix.getPath(), spec.isReuse(), isDatagram(spec) ? null : modeOf(spec),
					(path) -> bind(channel, spec, path, backlog));
		}
		bind(channel, address, backlog);
		return null;
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
	 * Return the local address of an open channel. That of a UNIX socket is always the
	 * configured path, whatever name it was bound with.
	 * @param channel the channel
	 * @param spec what it was made for
	 * @return its address, {@code null} if it is not bound
	 * @throws IOException if the channel is closed
	 */
	public static @Nullable SocketAddress localAddressOf(NetworkChannel channel, SocketSpec spec) throws IOException {
		if (isUnix(spec)) {
			return UnixDomainSocketAddress.of((spec.getBind() != null) ? String.valueOf(spec.getBind().path()) : "");
		}
		return channel.getLocalAddress();
	}

	private static @Nullable String modeOf(SocketSpec spec) {
		return (spec.getKind() == SocketKind.LISTENER) ? spec.getUnixMode() : null;
	}

	private static void bind(NetworkChannel channel, SocketSpec spec, Path path, int backlog) throws IOException {
		String mode = modeOf(spec);
		if (mode != null && channel instanceof DatagramChannel datagram) {
			UnixDatagrams.bind(datagram, path, UnixSocketFile.permissions(mode));
		}
		else {
			bind(channel, addressOf(spec, path), backlog);
		}
	}

	private static SocketAddress addressOf(SocketSpec spec, Path path) throws IOException {
		return isDatagram(spec) ? UnixDatagrams.address(path) : UnixDomainSocketAddress.of(path);
	}

	private static void bind(NetworkChannel channel, SocketAddress address, int backlog) throws IOException {
		if (channel instanceof ServerSocketChannel server) {
			server.bind(address, backlog);
		}
		else {
			channel.bind(address);
		}
	}

	private static boolean isDatagram(SocketSpec spec) {
		return spec.getType() == SocketType.SOCK_DGRAM;
	}

	private static boolean isUnix(SocketSpec spec) {
		return spec.getDomain() == SocketDomain.AF_UNIX;
	}

	private static StandardProtocolFamily familyOf(SocketSpec spec) {
		return EndpointResolver.familyOf(spec.getDomain());
	}

}
