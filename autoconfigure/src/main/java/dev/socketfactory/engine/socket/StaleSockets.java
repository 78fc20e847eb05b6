package dev.socketfactory.engine.socket;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Finds out whether a socket file was left behind by a process that has ended.
 */
final class StaleSockets {

	private static final int FILE_TYPE = 0170000;

	private static final int SOCKET = 0140000;

	private StaleSockets() {
	}

	/**
	 * Return whether a path is a socket on which nobody answers. The system refuses a
	 * connection exactly then; a queue that is full, a datagram socket and missing
	 * permission give other errors.
	 * @param path a path; if there is nothing, nobody answers there
	 */
	static boolean isStale(Path path) throws IOException {
		try {
			return isSocket(path) && !Uninterrupted.call(() -> isAnswered(path));
		}
		catch (NoSuchFileException ex) {
			return true;
		}
	}

	private static boolean isAnswered(Path path) throws ClosedByInterruptException {
		try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
			probe.configureBlocking(false);
			probe.connect(UnixDomainSocketAddress.of(path));
			return true;
		}
		catch (ConnectException ex) {
			return false;
		}
		catch (ClosedByInterruptException ex) {
			throw ex;
		}
		catch (IOException ex) {
			return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
		}
	}

	private static boolean isSocket(Path path) throws IOException {
		Object mode = Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
		return mode instanceof Integer bits && (bits & FILE_TYPE) == SOCKET;
	}

}
