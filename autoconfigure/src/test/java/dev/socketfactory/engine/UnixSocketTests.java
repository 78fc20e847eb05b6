package dev.socketfactory.engine;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.InvalidSocketSpecException;
import dev.socketfactory.RetrySettings;
import dev.socketfactory.SocketConnection;
import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketFailure;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketSpecBuilder;
import dev.socketfactory.SocketState;
import dev.socketfactory.SocketType;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.event.ConnectionEstablishedEvent;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.EventRecorder;
import dev.socketfactory.testing.LeakCheck;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for stream sockets of the UNIX domain: cases 70 to 75, 77 and 78.
 */
@ExtendWith({ OutputCaptureExtension.class, LeakCheck.class })
@Timeout(60)
@EnabledOnOs(OS.LINUX)
class UnixSocketTests {

	private static final int LONGEST_PATH = 106;

	@TempDir
	Path folder;

	@RegisterExtension
	final EventRecorder recorder = new EventRecorder(DispatchMode.EXECUTOR);

	@ParameterizedTest
	@CsvSource({ "EXECUTOR,", "INLINE,", "EXECUTOR, 0600", "INLINE, 0600" })
	@DisplayName("Case 70: a listener on a fresh path, and a client of it")
	void whenPathIsFreshThenListensAndConnects(DispatchMode dispatch, @Nullable String mode) throws Exception {
		ManagedSocketFactory listener = this.recorder.open(listener().dispatch(dispatch).unixMode(mode),
				SocketState.LISTENING);
		assertThat(listener.getLocalAddress()).isEqualTo(address());
		ManagedSocketFactory client = this.recorder.open(client().dispatch(dispatch), SocketState.CONNECTED);
		assertThat(client.getLocalAddress()).isEqualTo(UnixDomainSocketAddress.of(""));
		ConnectionAcceptedEvent accepted = this.recorder.awaitEvent(listener, ConnectionAcceptedEvent.class);
		ConnectionEstablishedEvent established = this.recorder.awaitEvent(client, ConnectionEstablishedEvent.class);
		assertThat(accepted.getRemoteAddress()).isNull();
		assertThat(accepted.getRemotePort()).isNull();
		assertThat(established.getRemoteAddress()).isEqualTo(address());
		assertThat(established.getRemotePort()).isNull();
		assertPasses(accepted.claimBlockingChannel(), established.claimBlockingChannel());
		listener.stop();
		assertThat(listener.getLocalAddress()).isNull();
		assertThat(this.folder).isEmptyDirectory();
		assertThat(this.recorder.getFailures()).isEmpty();
	}

	@Test
	@DisplayName("Case 70: the peer of a bound client is its path; the client's file is removed at stop")
	void whenClientIsBoundThenPeerIsItsPath() throws Exception {
		ManagedSocketFactory listener = this.recorder.open(listener(), SocketState.LISTENING);
		ManagedSocketFactory client = this.recorder.open(client().bind(other().toString()), SocketState.CONNECTED);
		assertThat(client.getLocalAddress()).isEqualTo(UnixDomainSocketAddress.of(other()));
		ConnectionAcceptedEvent accepted = this.recorder.awaitEvent(listener, ConnectionAcceptedEvent.class);
		assertThat(accepted.getRemoteAddress()).isEqualTo(UnixDomainSocketAddress.of(other()));
		assertThat(accepted.getRemotePort()).isNull();
		SocketChannel claimed = this.recorder.awaitEvent(client, ConnectionEstablishedEvent.class)
			.claimBlockingChannel();
		client.stop();
		assertThat(other()).doesNotExist();
		assertPasses(accepted.claimBlockingChannel(), claimed);
	}

	@Test
	@DisplayName("The file of a bound client is removed when its connection fails or is closed")
	void whenBoundClientFailsOrIsClosedThenItsFileIsRemoved() throws Exception {
		ManagedSocketFactory client = this.recorder.open(client().bind(other().toString()));
		this.recorder.assertFailed(client, "connect", "ENOENT", path() + ": No such file or directory");
		assertThat(this.folder).isEmptyDirectory();
		this.recorder.open(listener(), SocketState.LISTENING);
		client.start();
		ConnectionEstablishedEvent event = this.recorder.awaitEvent(client, ConnectionEstablishedEvent.class);
		assertThat(other()).exists();
		event.claimChannel().close();
		this.recorder.awaitState(client, SocketState.STOPPED);
		assertThat(other()).doesNotExist();
	}

	@Test
	@DisplayName("Connections on demand of a bound client leave no file and do not stand in each other's way")
	void whenBoundClientConnectsOnDemandThenNoFileIsLeft() throws Exception {
		ManagedSocketFactory listener = this.recorder.open(listener(), SocketState.LISTENING);
		ManagedSocketFactory client = this.recorder.open(client().bind(other().toString()).autoStartup(false));
		CompletableFuture<SocketConnection> one = client.connect();
		try (SocketConnection first = one.get(10, TimeUnit.SECONDS);
				SocketConnection second = client.connect().get(10, TimeUnit.SECONDS)) {
			this.recorder.awaitEvents(2);
			assertThat(this.recorder.getSuccesses()).allSatisfy(
					(event) -> assertThat(event.getRemoteAddress()).isEqualTo(UnixDomainSocketAddress.of(other())));
			assertThat(second.getChannel().isConnected()).isTrue();
			assertThat(first.getChannel().isConnected()).isTrue();
		}
		listener.stop();
		assertThat(this.folder).isEmptyDirectory();
	}

	@Test
	@DisplayName("The file of a bound client is removed when the application ends")
	void whenApplicationEndsThenFileOfBoundClientIsRemoved() throws Exception {
		this.recorder.open(listener(), SocketState.LISTENING);
		ManagedSocketFactory client = this.recorder.open(client().bind(other().toString()), SocketState.CONNECTED);
		this.recorder.awaitEvent(client, ConnectionEstablishedEvent.class).claimChannel();
		this.recorder.close();
		assertThat(this.folder).isEmptyDirectory();
	}

	@Test
	@DisplayName("Case 70: at stop the file is removed before waiting clients are accepted")
	void whenStoppedWithWaitingClientThenFileIsRemovedFirst() throws Exception {
		List<Boolean> existed = new CopyOnWriteArrayList<>();
		AtomicReference<SocketFactory> listener = new AtomicReference<>();
		Executor executor = (task) -> {
			existed.add(Files.exists(path()));
			if (existed.size() == 1) {
				connectAndForget();
				listener.get().stop();
			}
			task.run();
		};
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor(executor, 100)) {
			listener.set(harness.listen(listener()));
			connectAndForget();
			harness.awaitAccepted(2);
			assertThat(existed).containsExactly(true, false);
			assertThat(this.folder).isEmptyDirectory();
			harness.closeAccepted();
		}
	}

	@Test
	@DisplayName("Case 70: a file that somebody has put in the place of ours is not removed")
	void whenFileWasReplacedThenNotRemoved() throws Exception {
		ManagedSocketFactory listener = this.recorder.open(listener(), SocketState.LISTENING);
		Files.delete(path());
		try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			other.bind(address());
			listener.stop();
			SocketChannel.open(address()).close();
		}
		Files.delete(path());
		assertThat(listener.getState()).isEqualTo(SocketState.STOPPED);
	}

	@ParameterizedTest
	@CsvSource({ "false,", "true,", "false, 0660", "true, 0660" })
	@DisplayName("A stopped listener can be started again, on the same path")
	void whenStartedAgainThenListens(boolean reuse, @Nullable String mode) throws Exception {
		ManagedSocketFactory listener = this.recorder.open(listener().reuse(reuse).unixMode(mode),
				SocketState.LISTENING);
		for (int i = 1; i <= 3; i++) {
			listener.stop();
			assertThat(this.folder).isEmptyDirectory();
			listener.start();
			SocketChannel.open(address()).close();
			this.recorder.awaitEvents(i);
		}
	}

	@ParameterizedTest
	@CsvSource({ "false,", "true,", "false, 0600", "true, 0600" })
	@DisplayName("Case 71: a live listener is never replaced")
	void whenListenerIsAliveThenInUse(boolean reuse, @Nullable String mode) throws Exception {
		ManagedSocketFactory alive = this.recorder.open(listener(), SocketState.LISTENING);
		assertInUse(reuse, mode);
		try (SocketChannel client = SocketChannel.open(address())) {
			client.write(ByteBuffer.wrap(new byte[] { 1 }));
			Await.await().until(() -> alive.getStatus().connections().total() >= 1);
		}
	}

	@ParameterizedTest
	@CsvSource({ "false,", "true,", "false, 0600", "true, 0600" })
	@DisplayName("Case 71: a socket file of a process that was killed is replaced with reuse only")
	void whenProcessWasKilledThenReplacedWithReuseOnly(boolean reuse, @Nullable String mode) throws Exception {
		try (UnixSocketProcess other = UnixSocketProcess.start("listener bind=" + path())) {
			assertThat(other.next()).isEqualTo("LISTENING");
			assertInUse(true, mode);
			other.kill();
		}
		assertThat(path()).exists();
		if (reuse) {
			this.recorder.open(listener("later").reuse(true).unixMode(mode), SocketState.LISTENING);
			SocketChannel.open(address()).close();
			this.recorder.awaitEvents(1);
		}
		else {
			assertInUse(false, mode);
		}
		assertOnlySocketIsThere();
	}

	@ParameterizedTest
	@CsvSource({ "false,", "true,", "false, 0600", "true, 0600" })
	@DisplayName("Case 71: another kind of file is never replaced")
	void whenOtherKindOfFileThenInUse(boolean reuse, @Nullable String mode) throws Exception {
		Files.writeString(path(), "precious");
		assertInUse(reuse, mode);
		assertThat(path()).hasContent("precious");
		Files.delete(path());
		Files.createDirectory(path());
		assertInUse(reuse, mode);
		assertThat(path()).isEmptyDirectory();
		Files.delete(path());
		Files.createSymbolicLink(path(), other());
		assertInUse(reuse, mode);
		try (ServerSocketChannel live = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			live.bind(UnixDomainSocketAddress.of(other()));
			assertInUse(reuse, mode);
			SocketChannel.open(address()).close();
		}
		assertInUse(reuse, mode);
		assertThat(path()).isSymbolicLink();
	}

	@ParameterizedTest
	@CsvSource({ "false,", "true,", "false, 0600", "true, 0600" })
	@DisplayName("Case 72: the folder is missing, or no folder")
	void whenFolderIsMissingThenFails(boolean reuse, @Nullable String mode) throws Exception {
		Path missing = this.folder.resolve("missing").resolve("s");
		assertFails(reuse, mode, missing, "ENOENT", "No such file or directory");
		Files.writeString(this.folder.resolve("missing"), "");
		assertFails(reuse, mode, missing, "ENOTDIR", "Not a directory");
	}

	@ParameterizedTest
	@CsvSource({ "''", "reuse=on", "mode=0600", "reuse=on mode=0600" })
	@DisplayName("Case 72: the folder is not writable")
	void whenFolderIsNotWritableThenFails(String more) throws Exception {
		Files.setPosixFilePermissions(this.folder, PosixFilePermissions.fromString("r-xr-xr-x"));
		try (UnixSocketProcess user = UnixSocketProcess
			.startUnprivileged(("listener bind=" + path() + " " + more).strip())) {
			assertThat(user.next()).isEqualTo("bind|13|EACCES|" + path() + ": Permission denied");
		}
		finally {
			Files.setPosixFilePermissions(this.folder, PosixFilePermissions.fromString("rwx------"));
		}
		assertThat(this.folder).isEmptyDirectory();
	}

	@Test
	@DisplayName("Case 72: the longest path works, a longer one is a configuration error")
	void whenPathIsTooLongThenNoSpec() throws Exception {
		String longest = pathOf(LONGEST_PATH, "s");
		this.recorder.open(unix("longest").bind(longest).unixMode("0600"), SocketState.LISTENING);
		SocketChannel.open(UnixDomainSocketAddress.of(longest)).close();
		String tooLong = longest + "x";
		String message = "listener 'test': bind '%s': it has 107 bytes, the system takes 106."
				+ " Write a path of at most 106 bytes.";
		assertRefused(unix("test").bind(tooLong), message.formatted(tooLong));
		assertRefused(unix("test").bind(UnixDomainSocketAddress.of(tooLong)), message.formatted(tooLong));
		assertRefused(unix("test").type(SocketType.SOCK_DGRAM).bind(tooLong), message.formatted(tooLong));
		assertRefused(SocketSpec.client("test").domain(SocketDomain.AF_UNIX).remote(tooLong),
				"client 'test': remote '%s': it has 107 bytes, the system takes 106. Write a path of at most 106 bytes."
					.formatted(tooLong));
	}

	@Test
	@DisplayName("Case 73: a listener without a path is a configuration error")
	void whenListenerHasNoPathThenNoSpec() {
		String message = "listener 'test': bind is missing: a UNIX listener needs a path. Write the path of the socket file.";
		assertRefused(unix("test"), message);
		String empty = "listener 'test': bind '': it is empty. Write the path of a socket file.";
		assertRefused(unix("test").bind(""), empty);
		assertRefused(unix("test").bind(UnixDomainSocketAddress.of("")), empty);
		assertRefused(SocketSpec.client("test").domain(SocketDomain.AF_UNIX),
				"client 'test': remote is missing: a client needs a remote end. Write the path of a socket file.");
	}

	@Test
	@DisplayName("Case 74: a client of a missing path, of a stale socket and of a plain file")
	void whenNobodyListensThenFails() throws Exception {
		ManagedSocketFactory client = this.recorder.open(client());
		this.recorder.assertFailed(client, "connect", "ENOENT", path() + ": No such file or directory");
		ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address()).close();
		client.start();
		this.recorder.assertFailed(client, "connect", "ECONNREFUSED", path() + ": Connection refused");
		Files.delete(path());
		Files.writeString(path(), "");
		client.start();
		this.recorder.assertFailed(client, "connect", "ECONNREFUSED", path() + ": Connection refused");
		Await.await().untilAsserted(() -> assertThat(this.recorder.getFailures()).hasSize(3));
		assertThat(this.recorder.getSuccesses()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "false, 0060", "true, 0060", "false, 0006", "true, 0000", "true, 0477" })
	@DisplayName("Cases 74, 78: a client whom the mode excludes")
	void whenModeExcludesThenFails(boolean reuse, String mode) throws Exception {
		ManagedSocketFactory listener = this.recorder.open(listener().unixMode(mode).reuse(reuse),
				SocketState.LISTENING);
		try (UnixSocketProcess user = UnixSocketProcess.startUnprivileged("client remote=" + path())) {
			assertThat(user.next()).isEqualTo("connect|13|EACCES|" + path() + ": Permission denied");
		}
		assertThat(listener.getStatus().connections().total()).isZero();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@DisplayName("Case 78: a client whom the mode admits; a listener without privileges sets it, too")
	void whenModeAdmitsThenConnects(boolean reuse) throws Exception {
		try (UnixSocketProcess user = UnixSocketProcess.startUnprivileged(
				"listener bind=%s mode=0200 reuse=%s".formatted(path(), reuse), "client remote=" + path())) {
			assertThat(user.next()).isEqualTo("LISTENING");
			assertThat(user.next()).isEqualTo("CONNECTED");
			assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path()))).isEqualTo("-w-------");
			assertOnlySocketIsThere();
		}
		assertThat(this.folder).isEmptyDirectory();
	}

	@Test
	@DisplayName("Case 75: the queue of the server is full")
	void whenQueueIsFullThenFails() throws Exception {
		fillQueue();
		ManagedSocketFactory client = this.recorder.open(client());
		SocketFailure failure = this.recorder.assertFailed(client, "connect", "EAGAIN",
				path() + ": Resource temporarily unavailable");
		assertThat(failure.errno()).isEqualTo(11);
		assertThat(failure.retryIn()).isNull();
	}

	@ParameterizedTest
	@EnumSource(DispatchMode.class)
	@DisplayName("Case 75: the queue of the server is full, retried until served")
	void whenQueueIsFullAndRetryThenServedLater(DispatchMode dispatch) throws Exception {
		ManagedSocketFactory listener = fillQueue();
		RetrySettings retry = new RetrySettings(-1, Duration.ofMillis(20), 1, Duration.ofMillis(20), Duration.ZERO);
		ManagedSocketFactory client = this.recorder.open(client().retry(retry).dispatch(dispatch));
		Await.await().untilAsserted(() -> assertThat(this.recorder.getFailures()).hasSizeGreaterThanOrEqualTo(3));
		assertThat(this.recorder.getFailures()).allSatisfy((event) -> {
			assertThat(event.getFailure().errnoName()).isEqualTo("EAGAIN");
			assertThat(event.getFailure().retryIn()).isEqualTo(Duration.ofMillis(20));
		});
		listener.resumeAccept();
		this.recorder.awaitState(client, SocketState.CONNECTED);
		assertThat(this.recorder.awaitEvent(client, ConnectionEstablishedEvent.class).getRemoteAddress())
			.isEqualTo(address());
	}

	@Test
	@DisplayName("A listener that could not bind tries again until the path is free, not on the event loop")
	void whenPathIsInUseAndRetryThenListensLater(CapturedOutput output) throws Exception {
		RetrySettings retry = new RetrySettings(-1, Duration.ofMillis(20), 1, Duration.ofMillis(20), Duration.ZERO);
		try (ServerSocketChannel other = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			other.bind(address());
			this.recorder.open(listener().reuse(true).retry(retry));
			Await.await().untilAsserted(() -> assertThat(this.recorder.getFailures()).hasSizeGreaterThanOrEqualTo(2));
		}
		Await.await()
			.untilAsserted(() -> assertThat(this.recorder.getFactories().get("test").getState())
				.isEqualTo(SocketState.LISTENING));
		assertThat(output.toString().lines().filter((line) -> line.contains("listener 'test' listening on")))
			.singleElement()
			.asString()
			.contains("socket-file-");
	}

	@ParameterizedTest
	@CsvSource({ "'',", "0466,", "'', stale", "0466, stale" })
	@DisplayName("A factory that is started by an interrupted thread opens its socket")
	void whenStartedOnInterruptedThreadThenListens(String mode, @Nullable String stale) throws Exception {
		if (stale != null) {
			ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address()).close();
		}
		Thread.currentThread().interrupt();
		ManagedSocketFactory listener = this.recorder
			.open(listener().reuse(true).unixMode(mode.isEmpty() ? null : mode));
		assertThat(Thread.interrupted()).isTrue();
		assertThat(listener.getState()).isEqualTo(SocketState.LISTENING);
		SocketChannel.open(address()).close();
		this.recorder.awaitEvents(1);
	}

	@Test
	@DisplayName("A client binds its path and connects, not on the event loop")
	void whenClientIsBoundThenNotOnTheEventLoop(CapturedOutput output) throws Exception {
		this.recorder.open(listener(), SocketState.LISTENING);
		this.recorder.open(client().bind(other().toString()), SocketState.CONNECTED);
		Await.await()
			.untilAsserted(() -> assertThat(
					output.toString().lines().filter((line) -> line.contains("client 'client' connected")))
				.singleElement()
				.asString()
				.contains("socket-file-"));
	}

	@Test
	@DisplayName("A socket file that is deleted is missed within seconds; a retry makes another")
	void whenFileIsDeletedThenFails() throws Exception {
		RetrySettings retry = new RetrySettings(-1, Duration.ofMillis(20), 1, Duration.ofMillis(20), Duration.ZERO);
		Path datagram = this.folder.resolve("d");
		ManagedSocketFactory listener = this.recorder.open(listener().retry(retry), SocketState.LISTENING);
		ManagedSocketFactory other = this.recorder.open(SocketSpec.listener("other")
			.bind(datagram.toString())
			.type(SocketType.SOCK_DGRAM)
			.unclaimedTimeout(Duration.ofMinutes(1)), SocketState.OPEN);
		Files.delete(this.folder.resolve("s"));
		Files.delete(datagram);
		Files.writeString(datagram, "theirs");
		Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
			assertThat(this.recorder.getFailures())
				.extracting((event) -> event.getFailure().operation(), (event) -> event.getFailure().errnoName())
				.containsOnly(Assertions.tuple("bind", "ENOENT"))
				.hasSize(2);
			assertThat(other.getState()).isEqualTo(SocketState.FAILED);
			assertThat(listener.getState()).isEqualTo(SocketState.LISTENING);
		});
		SocketChannel.open(address()).close();
		assertThat(datagram).hasContent("theirs");
	}

	@ParameterizedTest
	@ValueSource(strings = { "tcp", "udp", "17", "nonsense" })
	@DisplayName("Case 77: a protocol is ignored with a warning")
	void whenProtocolThenWarning(String protocol, CapturedOutput output) throws Exception {
		this.recorder.open(listener().protocol(protocol), SocketState.LISTENING);
		this.recorder.open(client().protocol(protocol), SocketState.CONNECTED);
		assertThat(output).containsOnlyOnce(
				"listener 'test': 'protocol' does not apply to a listener of type SOCK_STREAM in AF_UNIX and is ignored")
			.containsOnlyOnce(
					"client 'client': 'protocol' does not apply to a client of type SOCK_STREAM in AF_UNIX and is ignored");
	}

	@ParameterizedTest
	@ValueSource(strings = { "660", "0o660", "1777", "0888", "rw-rw----", "" })
	@DisplayName("Case 78: a mode that is none is a configuration error")
	void whenModeIsMalformedThenNoSpec(String mode) {
		assertRefused(listener().unixMode(mode),
				"listener 'test': unix.mode '%s': it is not a 0 and three octal digits.".formatted(mode)
						+ " Write a mode such as \"0660\", with its quotes: YAML reads it as a number otherwise.");
	}

	@Test
	@DisplayName("A mode means something for a listener of the UNIX domain only")
	void whenModeIsMeaninglessThenWarning() {
		assertThat(client().unixMode("0600").build().getWarnings())
			.containsExactly("'unix.mode' does not apply to a client of type SOCK_STREAM in AF_UNIX and is ignored");
		assertThat(client().type(SocketType.SOCK_DGRAM).unixMode("0600").build().getWarnings())
			.containsExactly("'unix.mode' does not apply to a client of type SOCK_DGRAM in AF_UNIX and is ignored");
		assertThat(listener().unixMode("0600").build().getWarnings()).isEmpty();
		assertThat(listener().type(SocketType.SOCK_DGRAM).unixMode("0600").build().getWarnings()).isEmpty();
		assertThat(SocketSpec.listener("test").unixMode("0600").build().getWarnings())
			.containsExactly("'unix.mode' does not apply to a listener of type SOCK_STREAM in AF_INET and is ignored");
	}

	@Test
	@DisplayName("The handler can ask who the client is")
	void whenHandlerAsksThenPeerCredentials() throws Exception {
		ManagedSocketFactory listener = this.recorder.open(listener(), SocketState.LISTENING);
		try (SocketChannel client = SocketChannel.open(address())) {
			SocketChannel accepted = this.recorder.awaitEvent(listener, ConnectionAcceptedEvent.class).claimChannel();
			UnixDomainPrincipal peer = accepted.getOption(ExtendedSocketOptions.SO_PEERCRED);
			assertThat(peer.user()).hasToString(System.getProperty("user.name"));
			assertThat(peer.group().getName()).isNotEmpty();
			assertThat(client.isConnected()).isTrue();
		}
	}

	private ManagedSocketFactory fillQueue() throws IOException {
		ManagedSocketFactory listener = this.recorder.open(listener().listenQueue(1).startPaused(true),
				SocketState.LISTENING);
		connectAndForget();
		connectAndForget();
		return listener;
	}

	/**
	 * Connect a client that is closed at once; its connection waits all the same.
	 */
	private void connectAndForget() {
		try {
			SocketChannel.open(address()).close();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void assertInUse(boolean reuse, @Nullable String mode) throws Exception {
		assertFails(reuse, mode, path(), "EADDRINUSE", "Address already in use");
		try (Stream<Path> files = Files.list(this.folder)) {
			assertThat(files).noneMatch((file) -> file.getFileName().toString().startsWith("."));
		}
	}

	private void assertFails(boolean reuse, @Nullable String mode, Path path, String errno, String text) {
		ManagedSocketFactory factory = this.recorder
			.open(unix("failing").bind(path.toString()).reuse(reuse).unixMode(mode));
		SocketFailure failure = this.recorder.assertFailed(factory, "bind", errno, path + ": " + text);
		assertThat(failure.retryIn()).isNull();
		this.recorder.getFactories().close("failing");
	}

	private void assertRefused(SocketSpecBuilder spec, String message) {
		assertThatExceptionOfType(InvalidSocketSpecException.class).isThrownBy(() -> this.recorder.open(spec))
			.withMessage(message);
	}

	private void assertOnlySocketIsThere() throws IOException {
		try (Stream<Path> files = Files.list(this.folder)) {
			assertThat(files).containsExactly(path());
		}
	}

	private static void assertPasses(SocketChannel... ends) throws IOException {
		for (SocketChannel from : ends) {
			SocketChannel to = (from == ends[0]) ? ends[1] : ends[0];
			from.write(ByteBuffer.wrap("hello".getBytes()));
			ByteBuffer buffer = ByteBuffer.allocate(5);
			while (buffer.hasRemaining()) {
				assertThat(to.read(buffer)).isPositive();
			}
			assertThat(new String(buffer.array())).isEqualTo("hello");
		}
	}

	/**
	 * Return a path of a given length.
	 */
	private String pathOf(int length, String name) throws IOException {
		int rest = length - this.folder.toString().length() - 2 - name.length();
		Path subfolder = Files.createDirectories(this.folder.resolve("x".repeat(rest)));
		String path = subfolder.resolve(name).toString();
		assertThat(path).hasSize(length);
		return path;
	}

	private static SocketSpecBuilder unix(String name) {
		return SocketSpec.listener(name).domain(SocketDomain.AF_UNIX);
	}

	private SocketSpecBuilder listener() {
		return listener("test");
	}

	private SocketSpecBuilder listener(String name) {
		return unix(name).bind(path().toString());
	}

	private SocketSpecBuilder client() {
		return SocketSpec.client("client").domain(SocketDomain.AF_UNIX).remote(path().toString());
	}

	private SocketAddress address() {
		return UnixDomainSocketAddress.of(path());
	}

	private Path path() {
		return this.folder.resolve("s");
	}

	private Path other() {
		return this.folder.resolve("c");
	}

}
