package dev.socketfactory.engine.socket;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * The file that a bound UNIX socket has made.
 *
 * @since 0.1.0
 */
public final class UnixSocketFile {

	private static final Log logger = LogFactory.getLog(UnixSocketFile.class);

	private static final int NAME_RANGE = 1_000_000;

	private final Path path;

	private final Identity identity;

	private final AtomicBoolean deleted = new AtomicBoolean();

	private final Path boundPath;

	private UnixSocketFile(Path path, Path boundPath) throws IOException {
		this.path = path;
		this.boundPath = boundPath;
		this.identity = Identity.of(path);
	}

	/**
	 * Bind a socket to a path.
	 * @param path the path
	 * @param reuse whether to replace a socket file on which nobody answers
	 * @param mode permissions of the file in octal digits, or {@code null} to leave them
	 * to the binder
	 * @param binder binds the socket to the path it is given
	 * @return the file
	 * @throws IOException if that fails; no file is left behind then
	 */
	static UnixSocketFile bind(Path path, boolean reuse, @Nullable String mode, Binder binder) throws IOException {
		checkFree(path, reuse);
		// Also without reuse: between bind(2) and listen(2) a socket looks stale to
		// others, and junixsocket deletes whatever it finds at the path
		try (PathLock lock = PathLock.acquire(path)) {
			boolean stale = checkFree(path, reuse);
			if (mode != null) {
				return bindPrivately(path, stale, mode, binder);
			}
			if (stale) {
				Files.deleteIfExists(path);
			}
			binder.bind(path);
			return new UnixSocketFile(path, path);
		}
	}

	/**
	 * Return the path that the system knows the socket by, which is another one if the
	 * file was moved into place.
	 * @return the path it was bound with
	 */
	public Path getBoundPath() {
		return this.boundPath;
	}

	/**
	 * Delete the file, once, unless somebody else has put another one in its place.
	 */
	public void delete() {
		if (!this.deleted.compareAndSet(false, true)) {
			return;
		}
		try {
			if (this.identity.equals(Identity.of(this.path))) {
				Files.delete(this.path);
			}
		}
		catch (IOException ex) {
			logger.debug("Socket file %s is gone already".formatted(this.path), ex);
		}
	}

	/**
	 * Check that nothing is in the way.
	 * @return whether there is a socket file to be replaced
	 * @throws PathInUseException if there is anything else
	 */
	private static boolean checkFree(Path path, boolean reuse) throws IOException {
		if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
			return false;
		}
		if (!reuse || !StaleSockets.isStale(path)) {
			throw new PathInUseException();
		}
		return true;
	}

	/**
	 * Bind where nobody else may look, set the mode, and only then move the socket into
	 * place: the JDK binds and listens in one step, so a mode that is set afterwards
	 * would come too late. A link never replaces what is there, a rename does so
	 * atomically.
	 */
	private static UnixSocketFile bindPrivately(Path path, boolean stale, String mode, Binder binder)
			throws IOException {
		Path folder = createPrivateFolder(path);
		Path socket = folder.resolve("s");
		try {
			binder.bind(socket);
			Files.setPosixFilePermissions(socket, permissions(mode));
			if (stale) {
				Files.move(socket, path, StandardCopyOption.ATOMIC_MOVE);
			}
			else {
				link(path, socket);
			}
			return new UnixSocketFile(path, socket);
		}
		finally {
			Files.deleteIfExists(socket);
			Files.deleteIfExists(folder);
		}
	}

	private static void link(Path path, Path socket) throws IOException {
		try {
			Files.createLink(path, socket);
		}
		catch (FileAlreadyExistsException ex) {
			throw new PathInUseException();
		}
	}

	private static Path createPrivateFolder(Path path) throws IOException {
		while (true) {
			int number = ThreadLocalRandom.current().nextInt(NAME_RANGE);
			try {
				return Files.createDirectory(path.resolveSibling(String.format(Locale.ROOT, ".s%06d", number)),
						PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
			}
			catch (FileAlreadyExistsException ex) {
				logger.trace("The name is taken, trying another one", ex);
			}
		}
	}

	static Set<PosixFilePermission> permissions(String mode) {
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

		void bind(Path path) throws IOException;

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

	}

}
