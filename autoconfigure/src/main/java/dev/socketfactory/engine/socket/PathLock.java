package dev.socketfactory.engine.socket;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;

/**
 * Keeps other processes from replacing the same socket file at the same time, by a lock
 * file beside it that is gone afterwards.
 */
final class PathLock implements AutoCloseable {

	/**
	 * File locks are held by a process, not by a thread.
	 */
	private static final ReentrantLock IN_PROCESS = new ReentrantLock();

	private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

	private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

	private static final int LENGTHS = 1 << 20;

	private final Path file;

	private final FileChannel channel;

	private PathLock(Path file, FileChannel channel) {
		this.file = file;
		this.channel = channel;
	}

	static PathLock acquire(Path path) throws IOException {
		Path file = path.resolveSibling("." + path.getFileName() + ".lock");
		long deadline = System.nanoTime() + PATIENCE_NANOS;
		if (!Uninterrupted.call(() -> tryLockInProcess(deadline))) {
			throw isHeld(file, "thread");
		}
		try {
			return new PathLock(file, Uninterrupted.call(() -> lock(file, deadline)));
		}
		catch (FileSystemException ex) {
			IN_PROCESS.unlock();
			// Else it is the folder that is missing or closed to us
			throw Files.exists(file, LinkOption.NOFOLLOW_LINKS) ? new SubjectException("lock file " + file, ex) : ex;
		}
		catch (Throwable ex) {
			IN_PROCESS.unlock();
			throw ex;
		}
	}

	@Override
	public void close() throws IOException {
		try (this.channel) {
			Files.deleteIfExists(this.file);
		}
		finally {
			IN_PROCESS.unlock();
		}
	}

	private static boolean tryLockInProcess(long deadline) throws ClosedByInterruptException {
		try {
			return IN_PROCESS.tryLock(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			throw new ClosedByInterruptException();
		}
	}

	private static FileChannel lock(Path file, long deadline) throws IOException {
		while (System.nanoTime() - deadline < 0) {
			FileChannel channel = tryLock(file);
			if (channel != null) {
				return channel;
			}
			LockSupport.parkNanos(POLL_NANOS);
		}
		throw isHeld(file, "process");
	}

	private static SubjectException isHeld(Path file, String holder) {
		return new SubjectException("another %s holds the lock file %s".formatted(holder, file),
				new IOException("Resource temporarily unavailable"));
	}

	/**
	 * Lock the file if it is free. The last holder deletes it, so a lock counts only if
	 * the path still leads to the file that was locked.
	 */
	private static @Nullable FileChannel tryLock(Path file) throws IOException {
		checkRegular(file);
		// Both, because to open a pipe that somebody has put there meanwhile for writing
		// alone would wait for its reader
		FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ,
				StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
		try {
			checkOurs(file, channel);
			FileLock lock = channel.tryLock();
			if (lock != null && leadsTo(file, channel)) {
				return channel;
			}
		}
		catch (OverlappingFileLockException ex) {
			// Held by this process through another class loader: wait like for any other
		}
		catch (IOException ex) {
			channel.close();
			throw ex;
		}
		channel.close();
		return null;
	}

	private static void checkRegular(Path file) throws IOException {
		try {
			if (!Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).isRegularFile()) {
				throw new FileAlreadyExistsException(file.toString());
			}
		}
		catch (NoSuchFileException ex) {
			// Nobody holds it
		}
	}

	/**
	 * Check that a file was left by a lock and not by somebody to whom it means more:
	 * ours are empty or begin with a zero.
	 */
	private static void checkOurs(Path file, FileChannel channel) throws IOException {
		ByteBuffer first = ByteBuffer.allocate(1);
		if (channel.read(first, 0) > 0 && first.get(0) != 0) {
			throw new FileAlreadyExistsException(file.toString());
		}
	}

	/**
	 * Return whether a path leads to an open file, which is given a length by which it is
	 * recognized: nothing tells the inode of an open file, and to open the path once more
	 * would give up the lock, see
	 * <a href= "https://man7.org/linux/man-pages/man2/fcntl.2.html">fcntl(2)</a>.
	 */
	private static boolean leadsTo(Path file, FileChannel channel) throws IOException {
		int length = 1 + ThreadLocalRandom.current().nextInt(LENGTHS);
		channel.truncate(0);
		channel.write(ByteBuffer.allocate(1), length - 1);
		try {
			return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).size() == length;
		}
		catch (NoSuchFileException ex) {
			return false;
		}
	}

}
