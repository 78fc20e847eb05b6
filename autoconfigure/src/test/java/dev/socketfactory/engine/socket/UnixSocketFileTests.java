package dev.socketfactory.engine.socket;

import java.io.IOException;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.LeakCheck;
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
	Path directory;

	private final Deque<AutoCloseable> open = new ArrayDeque<>();

	@AfterEach
	void close() throws Exception {
		Thread.interrupted();
		for (AutoCloseable closeable : this.open) {
			closeable.close();
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenPathIsFreeThenBoundAndDeletedOnce(boolean reuse) throws Exception {
		UnixSocketFile file = bind(reuse);
		connect();
		file.delete();
		assertThat(this.directory).isEmptyDirectory();
		close();
		bind(reuse);
		file.delete();
		assertThat(path()).exists();
	}

	@Test
	void whenStaleAndNoReuseThenInUseAndUntouched() throws IOException {
		listen().close();
		Object before = inode();
		assertInUse(false);
		assertThat(inode()).isEqualTo(before);
	}

	@Test
	void whenStaleAndReuseThenReplaced() throws IOException {
		listen().close();
		bind(true);
		connect();
		assertThat(this.directory).isDirectoryNotContaining((other) -> !other.equals(path()));
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenListenerIsAliveThenInUse(boolean reuse) throws IOException {
		ServerSocketChannel alive = listen();
		assertInUse(reuse);
		assertReaches(alive);
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void whenListenQueueIsFullThenInUse() throws IOException {
		listener().bind(UnixDomainSocketAddress.of(path()), 1);
		for (int i = 0; i < 2; i++) {
			this.open.add(SocketChannel.open(UnixDomainSocketAddress.of(path())));
		}
		assertInUse(true);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@EnabledOnOs(OS.LINUX)
	@DisplayName("Another process is between bind(2) and listen(2): its socket refuses connections like a stale one")
	void whenBoundAndNotListeningYetThenInUse(boolean reuse) throws IOException {
		SocketChannel bound = SocketChannel.open(StandardProtocolFamily.UNIX);
		this.open.add(bound);
		bound.bind(UnixDomainSocketAddress.of(path()));
		Object before = inode();
		assertInUse(reuse);
		assertThat(inode()).isEqualTo(before);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenDatagramSocketIsOpenThenInUseAndStaleAfterwards(boolean reuse) throws IOException {
		try (DatagramChannel datagram = UnixDatagrams.open()) {
			datagram.bind(UnixDatagrams.address(path()));
			assertInUse(reuse);
		}
		if (reuse) {
			bind(true);
		}
		else {
			assertInUse(false);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenOtherKindOfFileThenInUseAndUntouched(boolean reuse) throws IOException {
		Files.writeString(path(), "precious");
		assertInUse(reuse);
		assertThat(path()).hasContent("precious");
		Files.delete(path());
		Files.createDirectory(path());
		assertInUse(reuse);
		assertThat(path()).isEmptyDirectory();
		Files.delete(path());
		Files.createSymbolicLink(path(), this.directory.resolve("nowhere"));
		assertInUse(reuse);
		assertThat(path()).isSymbolicLink();
		assertThat(this.directory.resolve("nowhere")).doesNotExist();
		Files.delete(path());
		Path stale = this.directory.resolve("t");
		ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(stale)).close();
		Files.createSymbolicLink(path(), stale);
		assertInUse(reuse);
		assertThat(path()).isSymbolicLink();
		assertThat(stale).exists();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@DisplayName("Another process replaces the stale file while we are about to: it comes first, and stays")
	void whenAnotherComesFirstThenInUse(boolean reuse) throws IOException {
		if (reuse) {
			listen().close();
		}
		Deque<ServerSocketChannel> other = new ArrayDeque<>();
		ServerSocketChannel listener = listener();
		assertThatExceptionOfType(BindException.class).isThrownBy(() -> UnixSocketFile.bind(path(), reuse, () -> {
			other.add(listen());
			listener.bind(UnixDomainSocketAddress.of(path()));
		})).withMessage("Address already in use");
		assertReaches(other.remove());
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenBinderFailsThenNothingIsLeft(boolean reuse) {
		assertThatIOException().isThrownBy(() -> UnixSocketFile.bind(path(), reuse, () -> {
			throw new IOException("no");
		})).withMessage("no");
		assertThat(this.directory).isEmptyDirectory();
	}

	@Test
	void whenFileIsThereThenInPlace() throws IOException {
		UnixSocketFile file = bind(false);
		assertThat(file.isInPlace()).isTrue();
		Files.setPosixFilePermissions(path(), PosixFilePermissions.fromString("-w-------"));
		Files.setLastModifiedTime(path(), FileTime.from(Instant.EPOCH));
		assertThat(file.isInPlace()).isTrue();
	}

	@Test
	void whenFileIsGoneThenNotInPlace() throws IOException {
		UnixSocketFile file = bind(false);
		Files.delete(path());
		assertThat(file.isInPlace()).isFalse();
	}

	@Test
	void whenDirectoryIsGoneThenNotInPlace() throws IOException {
		Path moved = Files.createDirectory(this.directory.resolve("d"));
		Path socket = moved.resolve("s");
		UnixSocketFile file = UnixSocketFile.bind(socket, false,
				() -> listener().bind(UnixDomainSocketAddress.of(socket)));
		Files.delete(socket);
		Files.delete(moved);
		assertThat(file.isInPlace()).isFalse();
	}

	@Test
	void whenAnotherFileIsInItsPlaceThenNotInPlaceAndNotDeleted() throws IOException {
		UnixSocketFile file = bind(false);
		Files.delete(path());
		Files.writeString(path(), "theirs");
		assertThat(file.isInPlace()).isFalse();
		file.delete();
		assertThat(path()).hasContent("theirs");
	}

	@Test
	void whenItCannotBeLookedAtThenInPlace() throws IOException {
		UnixSocketFile file = bind(false);
		Path elsewhere = this.directory.resolveSibling(this.directory.getFileName() + "-moved");
		Files.move(this.directory, elsewhere);
		try {
			Files.createSymbolicLink(this.directory, this.directory);
			assertThat(file.isInPlace()).isTrue();
		}
		finally {
			Files.delete(this.directory);
			Files.move(elsewhere, this.directory);
		}
	}

	@Test
	@DisplayName("A file system gives the inode number of a deleted file to the next one")
	void whenSuccessorHasTheSameInodeThenNotDeleted() throws Exception {
		UnixSocketFile file = bind(false);
		close();
		awaitClockOfFileSystem();
		UnixSocketFile successor = bind(true);
		assertThat(file.isInPlace()).isFalse();
		file.delete();
		assertThat(path()).exists();
		successor.delete();
		assertThat(this.directory).isEmptyDirectory();
	}

	/**
	 * Wait until a file that is created now has another time than the one that is there.
	 */
	private void awaitClockOfFileSystem() throws IOException {
		Instant modified = Files.getLastModifiedTime(path(), LinkOption.NOFOLLOW_LINKS).toInstant();
		// Its clock makes steps of up to 10 ms
		Await.await().until(() -> Instant.now().isAfter(modified.plusMillis(20)));
	}

	@ParameterizedTest
	@CsvSource({ "0000, ---------", "0600, rw-------", "0660, rw-rw----", "0666, rw-rw-rw-", "0777, rwxrwxrwx",
			"0123, --x-w--wx", "0456, r--r-xrw-", "0007, ------rwx" })
	void whenModeThenPermissions(String mode, String permissions) throws IOException {
		UnixSocketFile file = bind(false);
		file.setMode(mode);
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path()))).isEqualTo(permissions);
		assertThat(file.isInPlace()).isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "rwxr-xr-x, 0600, false", "rwxr-xr-x, 0660, false", "rwxr-xr-x, 0666, false", "rwxr-xr-x, 0466, true",
			"rwxr-xr-x, 0000, true", "rwxrwxrwx, 0660, true", "rwxrwxrwx, 0606, true", "rwxrwxrwx, 0222, false",
			"rwxrwxr-x, 0602, true", "r-xr-xr-x, 0000, false" })
	void whenAWriteBitIsTakenAwayThenSomebodyWasExcluded(String before, String mode, boolean excluded)
			throws IOException {
		UnixSocketFile file = bind(false);
		Files.setPosixFilePermissions(path(), PosixFilePermissions.fromString(before));
		assertThat(file.setMode(mode)).isEqualTo(excluded);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@DisplayName("The channels of the JDK close themselves on a thread that is interrupted: ours do not")
	void whenInterruptedThenBound(boolean stale) throws IOException {
		if (stale) {
			listen().close();
		}
		Thread.currentThread().interrupt();
		UnixSocketFile file = bind(true);
		assertThat(Thread.interrupted()).isTrue();
		connect();
		file.delete();
		assertThat(this.directory).isEmptyDirectory();
	}

	@Test
	void whenInterruptedAndListenerIsAliveThenInUse() throws IOException {
		ServerSocketChannel alive = listen();
		Thread.currentThread().interrupt();
		assertInUse(true);
		assertThat(Thread.interrupted()).isTrue();
		assertReaches(alive);
	}

	private void assertInUse(boolean reuse) throws IOException {
		assertThatExceptionOfType(FileAlreadyExistsException.class).isThrownBy(() -> bind(reuse));
		try (DatagramChannel datagram = UnixDatagrams.open()) {
			// junixsocket deletes what it finds at the path: it must not get that far
			assertThatExceptionOfType(FileAlreadyExistsException.class).isThrownBy(
					() -> UnixSocketFile.bind(path(), reuse, () -> datagram.bind(UnixDatagrams.address(path()))));
		}
	}

	private void assertReaches(ServerSocketChannel listener) throws IOException {
		listener.configureBlocking(false);
		connect();
		try (SocketChannel accepted = listener.accept()) {
			assertThat(accepted).isNotNull();
		}
	}

	private void connect() throws IOException {
		SocketChannel.open(UnixDomainSocketAddress.of(path())).close();
	}

	private Object inode() throws IOException {
		return Files.getAttribute(path(), "unix:ino", LinkOption.NOFOLLOW_LINKS);
	}

	private UnixSocketFile bind(boolean reuse) throws IOException {
		ServerSocketChannel listener = listener();
		return UnixSocketFile.bind(path(), reuse, () -> listener.bind(UnixDomainSocketAddress.of(path())));
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
		return this.directory.resolve("s");
	}

}
