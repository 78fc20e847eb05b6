package dev.socketfactory.engine.socket;

import java.io.IOException;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import dev.socketfactory.engine.UnixSocketProcess;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.LeakCheck;
import dev.socketfactory.testing.Parallel;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for {@link UnixSocketFile}.
 */
@ExtendWith(LeakCheck.class)
@Timeout(60)
@EnabledOnOs({ OS.LINUX, OS.MAC })
class UnixSocketFileTests {

	@TempDir
	Path folder;

	private final Deque<AutoCloseable> open = new ArrayDeque<>();

	@AfterEach
	void close() throws Exception {
		for (AutoCloseable closeable : this.open) {
			closeable.close();
		}
	}

	@ParameterizedTest
	@CsvSource({ "false,", "true,", "false, 0600", "true, 0600" })
	void whenPathIsFreeThenBoundAndDeleted(boolean reuse, @Nullable String mode) throws IOException {
		UnixSocketFile file = bind(reuse, mode);
		SocketChannel.open(UnixDomainSocketAddress.of(path())).close();
		assertThat(this.folder).isDirectoryNotContaining((other) -> !other.equals(path()));
		file.delete();
		assertThat(this.folder).isEmptyDirectory();
		file.delete();
	}

	@ParameterizedTest
	@CsvSource({ "false,", "true,", "false, 0600", "true, 0600" })
	@DisplayName("The lock is held between bind(2) and listen(2), when the socket looks stale")
	void whenBindingThenLockIsHeld(boolean reuse, @Nullable String mode) throws IOException {
		ServerSocketChannel listener = listener();
		UnixSocketFile.bind(path(), reuse, mode, (bound) -> {
			assertThat(this.folder.resolve(".s.lock")).exists();
			listener.bind(UnixDomainSocketAddress.of(bound));
		});
		assertThat(this.folder).isDirectoryNotContaining((other) -> !other.equals(path()));
	}

	@ParameterizedTest
	@CsvSource({ "false,", "false, 0600" })
	void whenStaleAndNoReuseThenInUseAndUntouched(boolean reuse, @Nullable String mode) throws IOException {
		listen().close();
		Object before = Files.getAttribute(path(), "unix:ino");
		assertInUse(reuse, mode);
		assertThat(Files.getAttribute(path(), "unix:ino")).isEqualTo(before);
	}

	@ParameterizedTest
	@CsvSource({ "true,", "true, 0600" })
	void whenStaleAndReuseThenReplaced(boolean reuse, @Nullable String mode) throws IOException {
		listen().close();
		bind(reuse, mode);
		SocketChannel.open(UnixDomainSocketAddress.of(path())).close();
		assertThat(this.folder).isDirectoryNotContaining((other) -> !other.equals(path()));
	}

	@ParameterizedTest
	@CsvSource({ "false,", "true,", "false, 0600", "true, 0600" })
	void whenListenerIsAliveThenInUse(boolean reuse, @Nullable String mode) throws IOException {
		ServerSocketChannel alive = listen();
		assertInUse(reuse, mode);
		assertReaches(alive);
	}

	@ParameterizedTest
	@CsvSource({ "false,", "true,", "false, 0600", "true, 0600" })
	void whenOtherKindOfFileThenInUseAndUntouched(boolean reuse, @Nullable String mode) throws IOException {
		Files.writeString(path(), "precious");
		assertInUse(reuse, mode);
		assertThat(path()).hasContent("precious");
		Files.delete(path());
		Files.createDirectory(path());
		assertInUse(reuse, mode);
		assertThat(path()).isEmptyDirectory();
		Files.delete(path());
		Files.createSymbolicLink(path(), this.folder.resolve("nowhere"));
		assertInUse(reuse, mode);
		assertThat(path()).isSymbolicLink();
		assertThat(this.folder.resolve("nowhere")).doesNotExist();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@DisplayName("junixsocket deletes what it finds at the path: it must not get that far")
	void whenDatagramSocketThenOtherKindsOfFilesAreUntouched(boolean reuse) throws IOException {
		Files.writeString(path(), "precious");
		assertDatagramInUse(reuse);
		assertThat(path()).hasContent("precious");
		Files.delete(path());
		Path stale = this.folder.resolve("t");
		ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(stale)).close();
		Files.createSymbolicLink(path(), stale);
		assertDatagramInUse(reuse);
		assertThat(path()).isSymbolicLink();
		Files.delete(path());
		ServerSocketChannel alive = listen();
		assertDatagramInUse(reuse);
		assertReaches(alive);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@DisplayName("Somebody without our lock binds the path while we bind in private")
	void whenSomebodyElseComesFirstThenInUse(boolean reuse) throws IOException {
		ServerSocketChannel listener = listener();
		Deque<ServerSocketChannel> other = new ArrayDeque<>();
		assertThatExceptionOfType(BindException.class)
			.isThrownBy(() -> UnixSocketFile.bind(path(), reuse, "0600", (bound) -> {
				listener.bind(UnixDomainSocketAddress.of(bound));
				other.add(listen());
			}))
			.withMessage("Address already in use");
		assertReaches(other.remove());
		assertThat(this.folder).isDirectoryNotContaining((file) -> !file.equals(path()));
	}

	@ParameterizedTest
	@CsvSource({ "false,", "true,", "false, 0600", "true, 0600" })
	void whenBinderFailsThenNothingIsLeft(boolean reuse, @Nullable String mode) {
		assertThatIOException().isThrownBy(() -> UnixSocketFile.bind(path(), reuse, mode, (bound) -> {
			throw new IOException("no");
		})).withMessage("no");
		assertThat(this.folder).isEmptyDirectory();
	}

	@ParameterizedTest
	@CsvSource({ "false,", "true,", "false, 0600", "true, 0600" })
	void whenFolderIsMissingThenNoSuchFile(boolean reuse, @Nullable String mode) {
		Path missing = this.folder.resolve("missing").resolve("s");
		assertThatExceptionOfType(NoSuchFileException.class)
			.isThrownBy(() -> UnixSocketFile.bind(missing, reuse, mode, (bound) -> {
			}));
	}

	@ParameterizedTest
	@CsvSource({ "false,", "true, 0600" })
	void whenSomebodyReplacedTheFileThenNotDeleted(boolean reuse, @Nullable String mode) throws IOException {
		UnixSocketFile file = bind(reuse, mode);
		Files.delete(path());
		Files.writeString(path(), "theirs");
		file.delete();
		assertThat(path()).hasContent("theirs");
	}

	@ParameterizedTest
	@CsvSource({ "false,", "true, 0600" })
	@DisplayName("A file system gives the inode number of a deleted file to the next one")
	void whenSuccessorHasTheSameInodeThenNotDeleted(boolean reuse, @Nullable String mode) throws Exception {
		UnixSocketFile file = bind(reuse, mode);
		close();
		awaitClockOfFileSystem();
		UnixSocketFile successor = bind(true, mode);
		file.delete();
		assertThat(path()).exists();
		successor.delete();
		assertThat(this.folder).isEmptyDirectory();
	}

	/**
	 * Wait until a file that is created now has another time than the one that is there.
	 */
	private void awaitClockOfFileSystem() throws IOException {
		Instant modified = Files.getLastModifiedTime(path(), LinkOption.NOFOLLOW_LINKS).toInstant();
		// Its clock makes steps of up to 10 ms
		Await.await().until(() -> Instant.now().isAfter(modified.plusMillis(20)));
	}

	@Test
	void whenDeletedTwiceThenSuccessorIsUntouched() throws Exception {
		UnixSocketFile file = bind(false, null);
		close();
		file.delete();
		bind(false, null);
		file.delete();
		assertThat(path()).exists();
	}

	@ParameterizedTest
	@CsvSource({ "0000, ---------", "0600, rw-------", "0660, rw-rw----", "0666, rw-rw-rw-", "0777, rwxrwxrwx",
			"0123, --x-w--wx", "0456, r--r-xrw-", "0007, ------rwx" })
	void whenModeThenPermissions(String mode, String permissions) throws IOException {
		for (boolean reuse : new boolean[] { false, true }) {
			UnixSocketFile file = bind(reuse, mode);
			assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path()))).isEqualTo(permissions);
			file.delete();
		}
		assertThat(this.folder).isEmptyDirectory();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@DisplayName("Case 78: at no instant the socket has other permissions")
	void whenModeThenNeverOtherPermissions(boolean reuse) throws Exception {
		Set<String> seen = new ConcurrentSkipListSet<>();
		AtomicLong looks = new AtomicLong();
		AtomicBoolean done = new AtomicBoolean();
		Parallel.run(2, (thread) -> {
			if (thread == 0) {
				try {
					for (int i = 0; i < 200; i++) {
						UnixSocketFile file = bind(reuse, "0620");
						awaitLook(looks);
						if (!reuse || i % 2 == 0) {
							file.delete();
						}
						close();
						this.open.clear();
					}
				}
				finally {
					done.set(true);
				}
			}
			else {
				while (!done.get()) {
					look(seen);
					looks.incrementAndGet();
				}
			}
		});
		assertThat(seen).containsExactly("rw--w----");
	}

	/**
	 * Wait until the other thread has begun and ended a look.
	 */
	private static void awaitLook(AtomicLong looks) {
		long before = looks.get();
		long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
		while (looks.get() < before + 2) {
			assertThat(System.nanoTime()).as("the other thread looks").isLessThan(deadline);
		}
	}

	@Test
	@DisplayName("Whoever has bound the path is never replaced while alive: threads")
	void whenThreadsRaceThenOneAtATime() throws Exception {
		Parallel.run(4, (thread) -> assertThat(PathContender.run(path(), 150)).isEqualTo("fair"));
		assertNothingButSocketIsLeft();
	}

	@Test
	@DisplayName("Whoever has bound the path is never replaced while alive: processes")
	void whenProcessesRaceThenOneAtATime() throws Exception {
		try (UnixSocketProcess one = UnixSocketProcess.start("race", path().toString(), "1500");
				UnixSocketProcess other = UnixSocketProcess.start("race", path().toString(), "1500")) {
			Parallel.run(1, (thread) -> assertThat(PathContender.run(path(), 700)).isEqualTo("fair"));
			assertThat(one.next()).isEqualTo("fair");
			assertThat(other.next()).isEqualTo("fair");
		}
		assertNothingButSocketIsLeft();
	}

	private void look(Set<String> seen) {
		try {
			seen.add(PosixFilePermissions.toString(Files.getPosixFilePermissions(path(), LinkOption.NOFOLLOW_LINKS)));
		}
		catch (IOException ex) {
			// Not there at this moment
		}
	}

	private void assertNothingButSocketIsLeft() throws IOException {
		try (Stream<Path> files = Files.list(this.folder)) {
			assertThat(files.filter((file) -> !file.equals(path()))).isEmpty();
		}
	}

	private void assertInUse(boolean reuse, @Nullable String mode) {
		assertThatExceptionOfType(BindException.class).isThrownBy(() -> bind(reuse, mode))
			.withMessage("Address already in use");
		assertThat(this.folder).isDirectoryNotContaining((file) -> file.getFileName().toString().startsWith("."));
	}

	private void assertDatagramInUse(boolean reuse) throws IOException {
		try (DatagramChannel datagram = UnixDatagrams.open()) {
			assertThatExceptionOfType(BindException.class)
				.isThrownBy(() -> UnixSocketFile.bind(path(), reuse, null,
						(bound) -> datagram.bind(UnixDatagrams.address(bound))))
				.withMessage("Address already in use");
		}
	}

	private void assertReaches(ServerSocketChannel listener) throws IOException {
		listener.configureBlocking(false);
		SocketChannel.open(UnixDomainSocketAddress.of(path())).close();
		try (SocketChannel accepted = listener.accept()) {
			assertThat(accepted).isNotNull();
		}
	}

	private UnixSocketFile bind(boolean reuse, @Nullable String mode) throws IOException {
		ServerSocketChannel listener = listener();
		return UnixSocketFile.bind(path(), reuse, mode, (bound) -> listener.bind(UnixDomainSocketAddress.of(bound)));
	}

	private ServerSocketChannel listen() throws IOException {
		return listener().bind(UnixDomainSocketAddress.of(path()));
	}

	private ServerSocketChannel listener() throws IOException {
		ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
		this.open.add(listener);
		return listener;
	}

	private Path path() {
		return this.folder.resolve("s");
	}

}
