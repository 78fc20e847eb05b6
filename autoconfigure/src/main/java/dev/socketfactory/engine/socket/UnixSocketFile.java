package dev.socketfactory.engine.socket;

import java.io.IOException;
import java.net.ConnectException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The file that a bound UNIX socket has made. Safe for use by any thread.
 *
 * @since 0.1.0
 */
public final class UnixSocketFile {

	private static final Log logger = LogFactory.getLog(UnixSocketFile.class);

	private static final int FILE_TYPE = 0170000;

	private static final int SOCKET = 0140000;

	private static final Set<PosixFilePermission> WRITE = Set.of(PosixFilePermission.OWNER_WRITE,
			PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);

	private final Path path;

	private final Identity identity;

	private boolean deleted;

	private UnixSocketFile(Path path) throws IOException {
		this.path = path;
		this.identity = Identity.of(path);
	}

	/**
	 * Bind a socket to a path.
	 * @param path the path
	 * @param reuse whether to replace a socket file on which nobody answers
	 * @param binder binds the socket to the path
	 * @return the file
	 * @throws IOException if that fails; what was at the path is still there then, unless
	 * nobody answered on it
	 */
	static UnixSocketFile bind(Path path, boolean reuse, Binder binder) throws IOException {
		makeRoom(path, reuse);
		binder.bind();
		return new UnixSocketFile(path);
	}

	/**
	 * Set the permissions of the file.
	 * @param mode the permissions in octal digits
	 * @return whether somebody who may not connect now could do so before: connect(2)
	 * asks for write permission
	 * @throws IOException if that fails
	 */
	boolean setMode(String mode) throws IOException {
		Set<PosixFilePermission> excluded = EnumSet.copyOf(WRITE);
		excluded.retainAll(Files.getPosixFilePermissions(this.path));
		Set<PosixFilePermission> permissions = permissions(mode);
		Files.setPosixFilePermissions(this.path, permissions);
		excluded.removeAll(permissions);
		return !excluded.isEmpty();
	}

	/**
	 * Return whether the file is where the socket was bound, so that clients find the
	 * socket. Reads the file system.
	 * @return {@code false} if it is gone or another one has taken its place,
	 * {@code true} also if that cannot be found out now
	 */
	public boolean isInPlace() {
		try {
			return this.identity.equals(Identity.of(this.path));
		}
		catch (NoSuchFileException ex) {
			return false;
		}
		catch (IOException ex) {
			logger.debug("Socket file %s cannot be looked at".formatted(this.path), ex);
			return true;
		}
	}

	/**
	 * Delete the file, once, unless another one has taken its place. It is gone when this
	 * method has returned, also if another thread has begun to delete it.
	 */
	public synchronized void delete() {
		if (this.deleted) {
			return;
		}
		this.deleted = true;
		try {
			delete(this.path, this.identity);
		}
		catch (IOException ex) {
			logger.debug("Socket file %s is gone already".formatted(this.path), ex);
		}
	}

	/**
	 * Delete a socket file on which nobody answers. Another process that does the same at
	 * this moment may have replaced it already; then bind(2) finds the path taken.
	 * @throws FileAlreadyExistsException if there is anything else
	 */
	private static void makeRoom(Path path, boolean reuse) throws IOException {
		Identity found = Identity.find(path);
		if (found == null) {
			return;
		}
		// Also without reuse: junixsocket deletes what it finds at the path
		if (!reuse || !isStale(path)) {
			throw new FileAlreadyExistsException(path.toString());
		}
		try {
			delete(path, found);
		}
		catch (NoSuchFileException ex) {
			logger.debug("Another process has deleted the stale socket file %s".formatted(path), ex);
		}
	}

	/**
	 * Delete a file unless another one has taken its place. A file that does so between
	 * looking and deleting, which no system call does in one, is lost.
	 */
	private static void delete(Path path, Identity expected) throws IOException {
		if (expected.equals(Identity.of(path))) {
			Files.delete(path);
		}
	}

	/**
	 * Return whether a path is a socket on which nobody answers. The system refuses a
	 * connection exactly then, or between bind(2) and listen(2); a queue that is full, a
	 * datagram socket and missing permission give other errors.
	 * @param path a path; if there is nothing, nobody answers there
	 * @throws IOException if that cannot be found out
	 */
	static boolean isStale(Path path) throws IOException {
		try {
			return isSocket(path) && isRefused(path) && !ProcNet.isBound(path);
		}
		catch (NoSuchFileException ex) {
			return true;
		}
	}

	private static boolean isSocket(Path path) throws IOException {
		Object mode = Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS);
		return mode instanceof Integer bits && (bits & FILE_TYPE) == SOCKET;
	}

	private static boolean isRefused(Path path) throws IOException {
		try (SocketChannel probe = SocketChannel.open(StandardProtocolFamily.UNIX)) {
			// A blocking one would wait for a full queue, and an interrupt would close it
			probe.configureBlocking(false);
			return isRefused(probe, path);
		}
	}

	private static boolean isRefused(SocketChannel probe, Path path) {
		try {
			probe.connect(UnixDomainSocketAddress.of(path));
			return false;
		}
		catch (ConnectException ex) {
			return true;
		}
		catch (IOException ex) {
			return Files.notExists(path, LinkOption.NOFOLLOW_LINKS);
		}
	}

	private static Set<PosixFilePermission> permissions(String mode) {
		int bits = Integer.parseInt(mode, 8);
		Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
		PosixFilePermission[] all = PosixFilePermission.values();
		for (int i = 0; i < all.length; i++) {
			if ((bits & (1 << (all.length - 1 - i))) != 0) {
				permissions.add(all[i]);
			}
		}
		return permissions;
	}

	/**
	 * Binds a socket.
	 */
	@FunctionalInterface
	interface Binder {

		void bind() throws IOException;

	}

	/**
	 * What tells a file from its successor, to which a file system may well give the same
	 * inode number.
	 */
	private record Identity(@Nullable Object fileKey, FileTime creationTime) {

		static Identity of(Path path) throws IOException {
			BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class,
					LinkOption.NOFOLLOW_LINKS);
			return new Identity(attributes.fileKey(), attributes.creationTime());
		}

		/**
		 * Return the identity of what is at a path, {@code null} if there is nothing, or
		 * bind(2) will say what is wrong with the path.
		 */
		static @Nullable Identity find(Path path) {
			try {
				return of(path);
			}
			catch (IOException ex) {
				return null;
			}
		}

	}

}
