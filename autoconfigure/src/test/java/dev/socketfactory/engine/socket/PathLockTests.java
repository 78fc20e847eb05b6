package dev.socketfactory.engine.socket;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketfactory.engine.UnixSocketProcess;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.Parallel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for {@link PathLock}.
 */
@Timeout(60)
@EnabledOnOs({ OS.LINUX, OS.MAC })
class PathLockTests {

	@TempDir
	Path folder;

	@Test
	void whenClosedThenNothingIsLeft() throws IOException {
		try (PathLock lock = PathLock.acquire(path())) {
			assertThat(this.folder).isDirectoryContaining((file) -> file.endsWith(".s.lock"));
		}
		assertThat(this.folder).isEmptyDirectory();
	}

	@Test
	void whenFolderIsMissingThenFails() throws Exception {
		Path missing = this.folder.resolve("missing").resolve("s");
		assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> PathLock.acquire(missing));
		// The lock of the process has been given back
		Parallel.run(1, (thread) -> PathLock.acquire(path()).close());
		assertThat(this.folder).isEmptyDirectory();
	}

	@Test
	void whenSomethingElseHasItsNameThenFailsAndLeavesItAlone() throws Exception {
		Path lock = this.folder.resolve(".s.lock");
		assertIsInTheWay(lock, () -> Files.writeString(lock, "precious"));
		assertThat(Files.readString(lock)).isEqualTo("precious");
		Files.delete(lock);
		assertIsInTheWay(lock, () -> Files.createDirectory(lock));
		Files.delete(lock);
		assertIsInTheWay(lock, () -> Files.createSymbolicLink(lock, this.folder.resolve("elsewhere")));
		Files.delete(lock);
		assertIsInTheWay(lock, () -> new ProcessBuilder("mkfifo", lock.toString()).start().waitFor());
		Files.delete(lock);
		Files.write(lock, new byte[] { 0, 0 });
		PathLock.acquire(path()).close();
		assertThat(this.folder).isEmptyDirectory();
	}

	private void assertIsInTheWay(Path lock, Callable<?> maker) throws Exception {
		maker.call();
		assertThat(lock).satisfies((path) -> assertThat(Files.exists(path, LinkOption.NOFOLLOW_LINKS)).isTrue());
		assertThatExceptionOfType(SubjectException.class).isThrownBy(() -> PathLock.acquire(path()))
			.satisfies((ex) -> assertThat(ex.getSubject()).isEqualTo("lock file " + lock))
			.withCauseInstanceOf(FileAlreadyExistsException.class);
		assertThat(Files.exists(lock, LinkOption.NOFOLLOW_LINKS)).isTrue();
	}

	@Test
	void whenThreadsCompeteThenOneAtATime() throws Exception {
		AtomicInteger violations = new AtomicInteger();
		Parallel.run(4, (thread) -> violations.addAndGet(LockContender.run(path(), 200)));
		assertThat(violations).hasValue(0);
		assertThat(this.folder).isEmptyDirectory();
	}

	@Test
	void whenProcessesCompeteThenOneAtATime() throws Exception {
		String times = "3000";
		try (UnixSocketProcess one = UnixSocketProcess.start("lock", path().toString(), times);
				UnixSocketProcess other = UnixSocketProcess.start("lock", path().toString(), times)) {
			assertThat(one.next()).isEqualTo("0");
			assertThat(other.next()).isEqualTo("0");
		}
		assertThat(this.folder).isEmptyDirectory();
	}

	@Test
	void whenOtherProcessHoldsItThenWaitsForIt() throws Exception {
		try (UnixSocketProcess other = UnixSocketProcess.start("hold-lock", path().toString())) {
			assertThat(other.next()).isEqualTo("locked");
			CompletableFuture<Void> waiting = CompletableFuture.runAsync(this::acquireAndRelease);
			Await.during(200, () -> assertThat(waiting).isNotDone());
			other.close();
			assertThat(waiting).succeedsWithin(Duration.ofSeconds(4));
		}
		assertThat(this.folder).isEmptyDirectory();
	}

	@Test
	void whenOtherProcessDoesNotLetGoThenFails() throws Exception {
		try (UnixSocketProcess other = UnixSocketProcess.start("hold-lock", path().toString())) {
			assertThat(other.next()).isEqualTo("locked");
			assertThatIOException().isThrownBy(() -> PathLock.acquire(path()))
				.withMessage("another process holds the lock file %s: Resource temporarily unavailable",
						this.folder.resolve(".s.lock"));
			// Trying in vain must not have broken its lock
			assertThatIOException().isThrownBy(() -> PathLock.acquire(path()));
		}
		PathLock.acquire(path()).close();
		assertThat(this.folder).isEmptyDirectory();
	}

	@Test
	void whenHolderWasKilledThenFreeAtOnce() throws Exception {
		try (UnixSocketProcess other = UnixSocketProcess.start("hold-lock", path().toString())) {
			assertThat(other.next()).isEqualTo("locked");
			other.kill();
			assertThat(Files.exists(this.folder.resolve(".s.lock"))).isTrue();
			long begin = System.nanoTime();
			PathLock.acquire(path()).close();
			assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin)).isLessThan(1000);
		}
		assertThat(this.folder).isEmptyDirectory();
	}

	private Path path() {
		return this.folder.resolve("s");
	}

	private void acquireAndRelease() {
		try {
			PathLock.acquire(path()).close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
