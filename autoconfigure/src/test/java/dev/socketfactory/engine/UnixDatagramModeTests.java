package dev.socketfactory.engine;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketSpecBuilder;
import dev.socketfactory.SocketState;
import dev.socketfactory.SocketType;
import dev.socketfactory.event.DatagramSocketOpenedEvent;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.EventRecorder;
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
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.newsclub.net.unix.AFUNIXDatagramChannel;
import org.newsclub.net.unix.AFUNIXSocketAddress;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the mode of datagram sockets of the UNIX domain: case 78.
 */
@ExtendWith(LeakCheck.class)
@Timeout(60)
@EnabledOnOs(OS.LINUX)
class UnixDatagramModeTests {

	@TempDir
	Path directory;

	private final EventRecorder recorder = new EventRecorder(DispatchMode.EXECUTOR);

	@AfterEach
	void close() throws Exception {
		this.recorder.close();
		Await.await().untilAsserted(() -> assertThat(this.directory).isEmptyDirectory());
	}

	@ParameterizedTest
	@CsvSource({ "0, 0600, rw-------", "022, 0622, rw--w--w-", "077, 0666, rw-rw-rw-", "027, 0777, rwxrwxrwx",
			"0, 0000, ---------" })
	@DisplayName("Case 78: the mode is exact, whatever the umask; without privileges, too")
	void whenUmaskThenModeIsExact(String umask, String mode, String permissions) throws Exception {
		List<String> before = new ArrayList<>();
		if (UnixSocketProcess.isRoot()) {
			before.addAll(UnixSocketProcess.WITHOUT_PRIVILEGES);
		}
		before.addAll(List.of("sh", "-c", "umask %s; exec \"$@\"".formatted(umask), "sh"));
		try (UnixSocketProcess user = UnixSocketProcess.start(before, Map.of("LC_ALL", "C.UTF-8"), "",
				"listener type=datagram bind=%s mode=%s".formatted(path(), mode))) {
			assertThat(user.next()).isEqualTo("OPEN");
			assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path()))).isEqualTo(permissions);
			assertOnlySocketIsThere();
		}
	}

	@ParameterizedTest
	@CsvSource({ "false, 0060", "true, 0006", "false, 0000", "true, 0477" })
	@DisplayName("Case 78: a client whom the mode excludes")
	void whenModeExcludesThenFails(boolean reuse, String mode) throws Exception {
		this.recorder.open(listener().unixMode(mode).reuse(reuse), SocketState.OPEN);
		try (UnixSocketProcess user = UnixSocketProcess.startUnprivileged("client type=datagram remote=" + path())) {
			assertThat(user.next()).isEqualTo("connect|13|EACCES|" + path() + ": Permission denied");
		}
		this.recorder.getFactories().close("test");
	}

	@Test
	@DisplayName("Case 78: a client whom the mode admits")
	void whenModeAdmitsThenConnects() throws Exception {
		this.recorder.open(listener().unixMode("0200"), SocketState.OPEN);
		try (UnixSocketProcess user = UnixSocketProcess.startUnprivileged("client type=datagram remote=" + path())) {
			assertThat(user.next()).isEqualTo("CONNECTED");
		}
		this.recorder.getFactories().close("test");
	}

	@ParameterizedTest
	@EnumSource(DispatchMode.class)
	@DisplayName("Case 78: with a mode, too, peers see the path and answer to it")
	void whenModeThenPeersAnswerToPath(DispatchMode dispatch) throws IOException {
		ManagedSocketFactory server = this.recorder.open(listener().unixMode("0600").dispatch(dispatch),
				SocketState.OPEN);
		DatagramChannel serving = this.recorder.awaitEvent(server, DatagramSocketOpenedEvent.class)
			.claimBlockingChannel();
		assertThat(serving.isConnected()).isFalse();
		assertThat(serving.getRemoteAddress()).isNull();
		try (DatagramChannel asking = open(); DatagramChannel other = open()) {
			asking.bind(AFUNIXSocketAddress.of(this.directory.resolve("c")));
			asking.send(ByteBuffer.allocate(3), AFUNIXSocketAddress.of(path()));
			serving.send(ByteBuffer.allocate(4), receive(serving, 3));
			SocketAddress sender = receive(asking, 4);
			assertThat(((AFUNIXSocketAddress) sender).getFile()).isEqualTo(path().toFile());
			asking.send(ByteBuffer.allocate(5), sender);
			other.connect(sender);
			other.write(ByteBuffer.allocate(6));
			receive(serving, 5);
			receive(serving, 6);
		}
		server.stop();
		Files.delete(this.directory.resolve("c"));
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@DisplayName("Case 71: with a mode, too, only a stale socket is replaced, and only with reuse")
	void whenStaleThenReplacedOnlyWithReuse(boolean reuse) throws IOException {
		try (DatagramChannel stale = open()) {
			stale.bind(AFUNIXSocketAddress.of(path()));
		}
		ManagedSocketFactory server = this.recorder.open(listener().unixMode("0600").reuse(reuse));
		if (reuse) {
			assertThat(server.getState()).isEqualTo(SocketState.OPEN);
			assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path()))).isEqualTo("rw-------");
			server.stop();
		}
		else {
			this.recorder.assertFailed(server, "bind", "EADDRINUSE", path() + ": Address already in use");
			Files.delete(path());
		}
	}

	@Test
	@DisplayName("Case 72: with a mode, too, a missing directory is a failure")
	void whenDirectoryIsMissingThenFails() {
		Path missing = this.directory.resolve("missing").resolve("s");
		ManagedSocketFactory server = this.recorder.open(listener().bind(missing.toString()).unixMode("0600"));
		this.recorder.assertFailed(server, "bind", "ENOENT", missing + ": No such file or directory");
	}

	@Test
	@DisplayName("When the claimant closes its channel, the file is removed and the factory stopped")
	void whenClaimantClosesThenFileIsRemoved() throws IOException {
		ManagedSocketFactory server = this.recorder.open(listener().unixMode("0600"), SocketState.OPEN);
		this.recorder.awaitEvent(server, DatagramSocketOpenedEvent.class).claimChannel().close();
		this.recorder.awaitState(server, SocketState.STOPPED);
	}

	@Test
	@DisplayName("A factory that is started by an interrupted thread opens its socket")
	void whenStartedOnInterruptedThreadThenOpen() {
		Thread.currentThread().interrupt();
		ManagedSocketFactory server = this.recorder.open(listener().unixMode("0600"));
		assertThat(Thread.interrupted()).isTrue();
		assertThat(server.getState()).isEqualTo(SocketState.OPEN);
		server.stop();
	}

	private void assertOnlySocketIsThere() {
		assertThat(this.directory).isDirectoryNotContaining((file) -> !file.equals(path()));
	}

	private SocketSpecBuilder listener() {
		return SocketSpec.listener("test")
			.domain(SocketDomain.AF_UNIX)
			.type(SocketType.SOCK_DGRAM)
			.bind(path().toString());
	}

	private Path path() {
		return this.directory.resolve("s");
	}

	private static DatagramChannel open() throws IOException {
		AFUNIXDatagramChannel channel = AFUNIXDatagramChannel.open();
		channel.setDeleteOnClose(false);
		return channel;
	}

	private static SocketAddress receive(DatagramChannel channel, int length) throws IOException {
		ByteBuffer buffer = ByteBuffer.allocate(100);
		SocketAddress sender = channel.receive(buffer);
		assertThat(buffer.position()).isEqualTo(length);
		return sender;
	}

}
