package dev.socketfactory.engine.socket;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.file.Path;

import org.newsclub.net.unix.AFUNIXDatagramChannel;
import org.newsclub.net.unix.AFUNIXSocketAddress;

/**
 * UNIX datagram sockets, which the JDK lacks, by junixsocket. This class cannot be loaded
 * where that is missing: see {@link SocketChannels#hasUnixDatagrams()}.
 */
final class UnixDatagrams {

	private UnixDatagrams() {
	}

	/**
	 * Open a channel that leaves deleting its file to us: we look whose it is.
	 */
	static DatagramChannel open() throws IOException {
		AFUNIXDatagramChannel channel = AFUNIXDatagramChannel.open();
		channel.setDeleteOnClose(false);
		return channel;
	}

	static SocketAddress address(Path path) throws IOException {
		return AFUNIXSocketAddress.of(path);
	}

}
