package dev.socketfactory.engine;

import java.io.IOException;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.LeakCheck;
import dev.socketfactory.testing.Strace;
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

/**
 * Tests for the mode of stream listeners of the UNIX domain, in a process of its own:
 * case 78.
 */
@ExtendWith(LeakCheck.class)
@Timeout(60)
@EnabledOnOs(OS.LINUX)
class UnixSocketModeTests {

	private static final String CHMOD = "?chmod,?fchmodat";

	@TempDir
	Path directory;

	@ParameterizedTest
	@CsvSource({ "0, 0600, rw-------", "022, 0622, rw--w--w-", "077, 0666, rw-rw-rw-", "027, 0777, rwxrwxrwx",
			"0777, 0660, rw-rw----", "0, 0000, ---------" })
	@DisplayName("Case 78: the mode is exact, whatever the umask; without privileges, too")
	void whenUmaskThenModeIsExact(String umask, String mode, String permissions) throws Exception {
		List<String> before = new ArrayList<>();
		if (UnixSocketProcess.isRoot()) {
			before.addAll(UnixSocketProcess.WITHOUT_PRIVILEGES);
		}
		before.addAll(List.of("sh", "-c", "umask %s; exec \"$@\"".formatted(umask), "sh"));
		try (UnixSocketProcess process = start(before, "listener bind=%s mode=%s".formatted(path(), mode))) {
			assertThat(process.next()).isEqualTo("LISTENING");
			assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path()))).isEqualTo(permissions);
		}
		assertThat(this.directory).isEmptyDirectory();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@DisplayName("Case 78: who connects before the file has a mode that excludes somebody is turned away")
	void whenModeTakesAWriteBitAwayThenWhoCameBeforeIsTurnedAway(boolean paused) throws Exception {
		try (UnixSocketProcess process = start(Strace.delaying(CHMOD, 1000),
				"listener bind=%s mode=0466 paused=%s".formatted(path(), paused));
				SocketChannel early = connectAsSoonAsBound()) {
			assertThat(process.next()).isEqualTo("LISTENING");
			assertThat(early.read(ByteBuffer.allocate(1))).isEqualTo(-1);
		}
	}

	@Test
	@DisplayName("Case 78: a mode that excludes nobody who could connect before turns nobody away")
	void whenModeTakesNoWriteBitAwayThenNobodyIsTurnedAway() throws Exception {
		try (UnixSocketProcess process = start(Strace.delaying(CHMOD, 1000),
				"listener bind=%s mode=0600 paused=true".formatted(path()));
				SocketChannel early = connectAsSoonAsBound()) {
			assertThat(process.next()).isEqualTo("LISTENING");
			early.configureBlocking(false);
			assertThat(early.read(ByteBuffer.allocate(1))).isZero();
		}
	}

	@ParameterizedTest
	@CsvSource({ "listener, 1", "listener type=datagram, 2" })
	@DisplayName("Case 78: a mode that cannot be set is a failure that leaves nothing behind")
	void whenModeCannotBeSetThenFailsAndLeavesNothing(String kind, int chmod) throws Exception {
		// The first one for a datagram socket is junixsocket's own
		try (UnixSocketProcess process = start(Strace.failing(CHMOD, "EPERM", chmod),
				"%s bind=%s mode=0600".formatted(kind, path()))) {
			assertThat(process.next())
				.isEqualTo("bind|1|EPERM|%s: unix.mode 0600: Operation not permitted".formatted(path()));
			assertThat(this.directory).isEmptyDirectory();
		}
	}

	/**
	 * Connect when the other process has called listen(2), soon after bind(2) has made
	 * the file.
	 */
	private SocketChannel connectAsSoonAsBound() {
		AtomicReference<SocketChannel> connected = new AtomicReference<>();
		Await.await().ignoreExceptionsInstanceOf(SocketException.class).until(() -> {
			connected.set(SocketChannel.open(UnixDomainSocketAddress.of(path())));
			return true;
		});
		return connected.get();
	}

	private static UnixSocketProcess start(List<String> before, String socket) throws IOException {
		return UnixSocketProcess.start(before, Map.of("LC_ALL", "C.UTF-8"), "", socket);
	}

	private Path path() {
		return this.directory.resolve("s");
	}

}
