package dev.socketfactory.engine.socket;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.newsclub.net.unix.AFUNIXDatagramChannel;
import org.newsclub.net.unix.AFUNIXSocketAddress;
import org.newsclub.net.unix.FileDescriptorCast;

/**
 * UNIX datagram sockets, which the JDK lacks, by junixsocket. This class cannot be loaded
 * where that is missing: see {@link SocketChannels#hasUnixDatagrams()}.
 */
final class UnixDatagrams {

	private static final Log logger = LogFactory.getLog(UnixDatagrams.class);

	private static final long LATECOMERS_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

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

	/**
	 * Bind a channel so that at no moment anybody can connect or send whom the mode
	 * excludes. junixsocket makes the file writable for everybody before it lets us set
	 * the mode, and a private folder would be part of the address to which peers answer.
	 * Therefore the socket is connected to a guard meanwhile: the system then keeps
	 * everybody else away.
	 * @param channel an unbound channel
	 * @param path the path
	 * @param permissions permissions of the file
	 * @throws IOException if that fails; no file is left behind then
	 */
	static void bind(DatagramChannel channel, Path path, Set<PosixFilePermission> permissions) throws IOException {
		checkGuards();
		try (DatagramChannel guard = guard(channel)) {
			channel.bind(address(path));
			try {
				Files.setPosixFilePermissions(path, permissions);
				outlastLatecomers();
				guard.close();
				leaveGuard(channel);
			}
			catch (IOException | RuntimeException ex) {
				Files.deleteIfExists(path);
				throw ex;
			}
		}
	}

	static SocketAddress address(Path path) throws IOException {
		return AFUNIXSocketAddress.of(path);
	}

	/**
	 * Check on a socket that nobody knows that a guard keeps others away: no standard
	 * says so, and what calls itself Linux may be something else.
	 */
	private static void checkGuards() throws IOException {
		if (!System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux")) {
			throw noGuards();
		}
		try (DatagramChannel channel = open(); DatagramChannel guard = guard(channel)) {
			checkUnreachable(channel.bind(unknownAddress()));
		}
	}

	/**
	 * Check that nobody can connect to a channel.
	 */
	static void checkUnreachable(DatagramChannel channel) throws IOException {
		try (DatagramChannel other = open()) {
			if (isReachable(channel, other)) {
				throw noGuards();
			}
		}
	}

	private static boolean isReachable(DatagramChannel channel, DatagramChannel other) throws IOException {
		SocketAddress address = channel.getLocalAddress();
		try {
			other.connect(address);
			return true;
		}
		catch (SocketException ex) {
			return false;
		}
	}

	private static IOException noGuards() {
		return new IOException(
				"unix.mode of a datagram socket needs Linux, which keeps others away from a connected one");
	}

	/**
	 * Connect a channel to a new one, behind its back: it would take itself for connected
	 * ever after.
	 */
	private static DatagramChannel guard(DatagramChannel channel) throws IOException {
		DatagramChannel guard = open();
		// Closing what a cast gives does not close the descriptor
		try (DatagramChannel same = FileDescriptorCast.using(descriptor(channel)).as(AFUNIXDatagramChannel.class)) {
			same.connect(guard.bind(unknownAddress()).getLocalAddress());
			return guard;
		}
		catch (IOException | RuntimeException ex) {
			guard.close();
			throw ex;
		}
	}

	/**
	 * End the connection to a guard that is closed. The system does so when it cannot
	 * deliver a datagram; disconnect of junixsocket does nothing. It closes the channel
	 * then, so the datagram is written without it.
	 */
	private static void leaveGuard(DatagramChannel channel) throws IOException {
		try (OutputStream out = FileDescriptorCast.duplicating(descriptor(channel)).as(FileOutputStream.class)) {
			out.write(0);
		}
		catch (IOException ex) {
			logger.trace("The guard is gone", ex);
		}
		if (channel.getRemoteAddress() != null) {
			throw new SocketException("Still connected to " + channel.getRemoteAddress());
		}
	}

	/**
	 * Wait for those whom the system had let find the socket before the file had its mode
	 * and has yet to turn away: it asks who is connected only after that.
	 */
	private static void outlastLatecomers() {
		long deadline = System.nanoTime() + LATECOMERS_NANOS;
		for (long rest = LATECOMERS_NANOS; rest > 0; rest = deadline - System.nanoTime()) {
			LockSupport.parkNanos(rest);
		}
	}

	private static FileDescriptor descriptor(DatagramChannel channel) throws IOException {
		return ((AFUNIXDatagramChannel) channel).getFileDescriptor();
	}

	private static SocketAddress unknownAddress() throws IOException {
		return AFUNIXSocketAddress.inAbstractNamespace(UUID.randomUUID().toString());
	}

}
