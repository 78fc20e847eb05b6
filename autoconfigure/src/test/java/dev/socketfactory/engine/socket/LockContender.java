package dev.socketfactory.engine.socket;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Takes and releases the lock of a path many times, and counts how often somebody else
 * had it too.
 */
public final class LockContender {

	private LockContender() {
	}

	public static int run(Path path, int times) throws IOException {
		Path held = path.resolveSibling("held");
		int violations = 0;
		for (int i = 0; i < times; i++) {
			try (PathLock lock = PathLock.acquire(path)) {
				Files.createFile(held);
				Files.delete(held);
			}
			catch (FileAlreadyExistsException | NoSuchFileException ex) {
				violations++;
			}
		}
		return violations;
	}

	/**
	 * Hold the lock of a path while something runs.
	 */
	public static void hold(Path path, Action action) throws IOException {
		PathLock lock = PathLock.acquire(path);
		action.run();
		lock.close();
	}

	/**
	 * What runs while the lock is held.
	 */
	public interface Action {

		void run() throws IOException;

	}

}
