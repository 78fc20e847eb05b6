package dev.socketfactory.engine;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.InvalidSocketSpecException;
import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketSpecBuilder;
import dev.socketfactory.SocketState;
import dev.socketfactory.SocketType;
import dev.socketfactory.event.DatagramSocketOpenedEvent;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.EventRecorder;
import dev.socketfactory.testing.LeakCheck;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.newsclub.net.unix.AFUNIXDatagramChannel;
import org.newsclub.net.unix.AFUNIXSocketAddress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for datagram sockets of the UNIX domain: case 76, and 70, 71, 74 for datagrams.
 */
@ExtendWith(LeakCheck.class)
@Timeout(60)
@EnabledOnOs(OS.LINUX)
class UnixDatagramSocketTests {

	@TempDir
	Path folder;

	@RegisterExtension
	final EventRecorder recorder = new EventRecorder(DispatchMode.EXECUTOR);

	@ParameterizedTest
	@EnumSource(DispatchMode.class)
	@DisplayName("Case 76: a bound and a connected socket; datagrams pass both ways")
	void whenBoundAndConnectedThenDatagramsPassBothWays(DispatchMode dispatch) throws IOException {
		ManagedSocketFactory server = this.recorder.open(server().dispatch(dispatch), SocketState.OPEN);
		assertThat(server.getLocalAddress()).isEqualTo(UnixDomainSocketAddress.of(path()));
		DatagramSocketOpenedEvent opened = this.recorder.awaitEvent(server, DatagramSocketOpenedEvent.class);
		assertThat(opened.getRemoteAddress()).isNull();
		assertThat(opened.getRemotePort()).isNull();
		ManagedSocketFactory client = this.recorder.open(client().bind(other().toString()).dispatch(dispatch),
				SocketState.CONNECTED);
		assertThat(client.getLocalAddress()).isEqualTo(UnixDomainSocketAddress.of(other()));
		DatagramSocketOpenedEvent connected = this.recorder.awaitEvent(client, DatagramSocketOpenedEvent.class);
		assertThat(connected.getRemoteAddress()).isEqualTo(UnixDomainSocketAddress.of(path()));
		assertThat(connected.getRemotePort()).isNull();
		DatagramChannel serving = opened.claimChannel();
		DatagramChannel asking = connected.claimBlockingChannel();
		assertThat(serving.isBlocking()).isFalse();
		assertThat(asking.isBlocking()).isTrue();
		assertThat(serving.receive(ByteBuffer.allocate(1))).isNull();
		asking.write(bytes("ping"));
		SocketAddress sender = receive(serving, "ping");
		assertThat(((AFUNIXSocketAddress) sender).getFile()).isEqualTo(other().toFile());
		serving.send(bytes("pong"), sender);
		receive(asking, "pong");
		assertThat(this.recorder.getFailures()).isEmpty();
	}

	@Test
	@DisplayName("Case 76: a connected socket without a path can send, but gets no replies")
	void whenConnectedWithoutPathThenSends() throws IOException {
		ManagedSocketFactory server = this.recorder.open(server(), SocketState.OPEN);
		ManagedSocketFactory client = this.recorder.open(client(), SocketState.CONNECTED);
		assertThat(client.getLocalAddress()).isEqualTo(UnixDomainSocketAddress.of(""));
		this.recorder.awaitEvent(client, DatagramSocketOpenedEvent.class).claimBlockingChannel().write(bytes("log"));
		receive(this.recorder.awaitEvent(server, DatagramSocketOpenedEvent.class).claimBlockingChannel(), "log");
	}

	@Test
	@DisplayName("Case 61: a connectionless socket without a path can send, but gets no replies")
	void whenConnectionlessWithoutPathThenSends() throws IOException {
		ManagedSocketFactory server = this.recorder.open(server(), SocketState.OPEN);
		ManagedSocketFactory unbound = this.recorder.open(
				SocketSpec.listener("unbound").domain(SocketDomain.AF_UNIX).type(SocketType.SOCK_DGRAM),
				SocketState.OPEN);
		assertThat(unbound.getLocalAddress()).isNull();
		DatagramChannel sender = this.recorder.awaitEvent(unbound, DatagramSocketOpenedEvent.class)
			.claimBlockingChannel();
		sender.send(bytes("log"), AFUNIXSocketAddress.of(path()));
		receive(this.recorder.awaitEvent(server, DatagramSocketOpenedEvent.class).claimBlockingChannel(), "log");
		assertThat(unbound.getLocalAddress()).isNull();
	}

	@Test
	@DisplayName("Case 74: connecting to what is no datagram socket fails")
	void whenNobodyIsThereThenFails() throws IOException {
		ManagedSocketFactory client = this.recorder.open(client());
		this.recorder.assertFailed(client, "connect", "ENOENT", path() + ": No such file or directory");
		try (ServerSocketChannel stream = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			stream.bind(UnixDomainSocketAddress.of(path()));
			client.start();
			this.recorder.assertFailed(client, "connect", "EPROTOTYPE", path() + ": Protocol wrong type for socket");
		}
		client.start();
		this.recorder.assertFailed(client, "connect", "ECONNREFUSED", path() + ": Connection refused");
		Files.delete(path());
		Files.writeString(path(), "");
		client.start();
		this.recorder.assertFailed(client, "connect", "ECONNREFUSED", path() + ": Connection refused");
		Files.delete(path());
		assertThat(this.folder).isEmptyDirectory();
	}

	@Test
	@DisplayName("The file of a bound client is removed when connecting fails")
	void whenBoundClientFailsThenItsFileIsRemoved() {
		ManagedSocketFactory client = this.recorder.open(client().bind(other().toString()));
		this.recorder.assertFailed(client, "connect", "ENOENT", path() + ": No such file or directory");
		assertThat(this.folder).isEmptyDirectory();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@DisplayName("Case 71: only a stale socket is replaced, and only with reuse")
	void whenPathExistsThenOnlyStaleSocketIsReplaced(boolean reuse) throws IOException {
		assertPathIsInUse(reuse, () -> Files.writeString(path(), "precious"));
		assertPathIsInUse(reuse, () -> Files.createDirectory(path()));
		assertPathIsInUse(reuse, () -> Files.createSymbolicLink(path(), other()));
		try (DatagramChannel live = AFUNIXDatagramChannel.open()) {
			assertPathIsInUse(reuse, () -> live.bind(AFUNIXSocketAddress.of(path())));
		}
		ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path())).close();
		ManagedSocketFactory server = this.recorder.open(server().reuse(reuse));
		if (reuse) {
			assertThat(server.getState()).isEqualTo(SocketState.OPEN);
		}
		else {
			this.recorder.assertFailed(server, "bind", "EADDRINUSE", path() + ": Address already in use");
			assertThat(path()).exists();
			Files.delete(path());
		}
	}

	@Test
	@DisplayName("Case 72: the folder is missing")
	void whenFolderIsMissingThenFails() {
		Path missing = this.folder.resolve("missing").resolve("s");
		ManagedSocketFactory server = this.recorder.open(SocketSpec.listener("test")
			.domain(SocketDomain.AF_UNIX)
			.type(SocketType.SOCK_DGRAM)
			.bind(missing.toString()));
		this.recorder.assertFailed(server, "bind", "ENOENT", missing + ": No such file or directory");
	}

	@Test
	@DisplayName("At stop the file is removed; an unclaimed socket is closed")
	void whenStoppedUnclaimedThenFileIsRemoved() {
		ManagedSocketFactory server = this.recorder.open(server(), SocketState.OPEN);
		DatagramSocketOpenedEvent event = this.recorder.awaitEvent(server, DatagramSocketOpenedEvent.class);
		server.stop();
		assertThat(this.folder).isEmptyDirectory();
		assertThat(server.getLocalAddress()).isNull();
		assertThatIllegalStateException().isThrownBy(event::claimChannel)
			.withMessage("Channel of DatagramSocketOpenedEvent of 'test' was closed because its factory was stopped");
		server.start();
		assertThat(server.getState()).isEqualTo(SocketState.OPEN);
		assertThat(path()).exists();
	}

	@Test
	@DisplayName("A claimed socket can be asked after its factory was stopped; its file goes when it is closed")
	void whenStoppedClaimedThenFileIsRemovedWithTheChannel() throws IOException {
		ManagedSocketFactory server = this.recorder.open(server(), SocketState.OPEN);
		ManagedSocketFactory client = this.recorder.open(client().bind(other().toString()), SocketState.CONNECTED);
		DatagramChannel serving = this.recorder.awaitEvent(server, DatagramSocketOpenedEvent.class)
			.claimBlockingChannel();
		DatagramChannel asking = this.recorder.awaitEvent(client, DatagramSocketOpenedEvent.class)
			.claimBlockingChannel();
		server.stop();
		client.stop();
		assertThat(path()).exists();
		assertThat(other()).exists();
		asking.write(bytes("still there"));
		serving.send(bytes("answered"), receive(serving, "still there"));
		receive(asking, "answered");
		asking.close();
		serving.close();
		Await.await().untilAsserted(() -> assertThat(this.folder).isEmptyDirectory());
	}

	@Test
	@DisplayName("A file that somebody has put in the place of ours is not removed, however we end")
	void whenFileWasReplacedThenNotRemoved() throws IOException {
		ManagedSocketFactory server = this.recorder.open(server(), SocketState.OPEN);
		DatagramChannel channel = this.recorder.awaitEvent(server, DatagramSocketOpenedEvent.class).claimChannel();
		Files.delete(path());
		Files.writeString(path(), "theirs");
		server.stop();
		assertThat(path()).hasContent("theirs");
		channel.socket().close();
		assertThat(path()).hasContent("theirs");
	}

	@Test
	@DisplayName("When the claimant closes its channel, the file is removed and the factory stopped")
	void whenClaimantClosesThenFileIsRemoved() throws IOException {
		ManagedSocketFactory server = this.recorder.open(server(), SocketState.OPEN);
		this.recorder.awaitEvent(server, DatagramSocketOpenedEvent.class).claimChannel().close();
		this.recorder.awaitState(server, SocketState.STOPPED);
		assertThat(this.folder).isEmptyDirectory();
	}

	@Test
	@DisplayName("When the claimant closes its channel and starts the factory at once, the new file stays")
	void whenStartedAgainAtOnceThenNewFileStays() throws IOException {
		ManagedSocketFactory server = this.recorder.open(server(), SocketState.OPEN);
		this.recorder.awaitEvent(server, DatagramSocketOpenedEvent.class).claimChannel().close();
		server.start();
		assertThat(server.getState()).isEqualTo(SocketState.OPEN);
		// Longer than the interval at which the first channel is looked at
		Await.during(1200, () -> assertThat(path()).exists());
		assertThat(server.getState()).isEqualTo(SocketState.OPEN);
	}

	@Test
	@DisplayName("Options of a UNIX datagram socket")
	void whenOptionsThenSet() throws IOException {
		ManagedSocketFactory server = this.recorder.open(server().options(Map.of("so-rcvbuf", "32768")),
				SocketState.OPEN);
		assertThat(this.recorder.awaitEvent(server, DatagramSocketOpenedEvent.class)
			.claimChannel()
			.getOption(StandardSocketOptions.SO_RCVBUF)).isGreaterThanOrEqualTo(32768);
	}

	@Test
	@DisplayName("Case 76: without junixsocket the start stops and names the dependency")
	void whenNoJunixsocketThenRefused() throws Exception {
		String message = "%s 'test-%d': type 'SOCK_DGRAM': the JDK has no UNIX datagram sockets."
				+ " Add the dependency com.kohlschutter.junixsocket:junixsocket-core (type pom), or write SOCK_STREAM.";
		try (UnixSocketProcess other = UnixSocketProcess.start(Collections.emptyList(), Collections.emptyMap(),
				"junixsocket", "listener type=SOCK_DGRAM bind=" + path(), "client type=SOCK_DGRAM remote=" + path(),
				"listener bind=" + path(), "client remote=" + path(),
				"listener domain=inet type=SOCK_DGRAM bind=127.0.0.1")) {
			assertThat(other.next()).isEqualTo(message.formatted("listener", 1));
			assertThat(other.next()).isEqualTo(message.formatted("client", 2));
			assertThat(other.next()).isEqualTo("LISTENING");
			assertThat(other.next()).isEqualTo("CONNECTED");
			assertThat(other.next()).isEqualTo("OPEN");
		}
		assertThat(this.folder).isEmptyDirectory();
	}

	@Test
	@DisplayName("SO_REUSEADDR has a key of its own here, too")
	void whenReuseAddressThenRefused() {
		assertThatExceptionOfType(InvalidSocketSpecException.class)
			.isThrownBy(() -> this.recorder.open(server().options(Map.of("SO_REUSEADDR", true))))
			.withMessage("listener 'test': options.SO_REUSEADDR 'true': SO_REUSEADDR has a key of its own."
					+ " Write reuse: on, or reuse: off.");
	}

	private void assertPathIsInUse(boolean reuse, FileMaker maker) throws IOException {
		maker.make();
		Object before = Files.getAttribute(path(), "unix:ino", LinkOption.NOFOLLOW_LINKS);
		ManagedSocketFactory server = this.recorder.open(server().reuse(reuse));
		this.recorder.assertFailed(server, "bind", "EADDRINUSE", path() + ": Address already in use");
		assertThat(Files.getAttribute(path(), "unix:ino", LinkOption.NOFOLLOW_LINKS)).isEqualTo(before);
		this.recorder.getFactories().close("test");
		Files.delete(path());
	}

	private SocketSpecBuilder server() {
		return SocketSpec.listener("test")
			.domain(SocketDomain.AF_UNIX)
			.type(SocketType.SOCK_DGRAM)
			.bind(path().toString());
	}

	private SocketSpecBuilder client() {
		return SocketSpec.client("client")
			.domain(SocketDomain.AF_UNIX)
			.type(SocketType.SOCK_DGRAM)
			.remote(path().toString());
	}

	private Path path() {
		return this.folder.resolve("s");
	}

	private Path other() {
		return this.folder.resolve("c");
	}

	private static SocketAddress receive(DatagramChannel channel, String text) throws IOException {
		ByteBuffer buffer = ByteBuffer.allocate(100);
		SocketAddress sender = channel.receive(buffer);
		assertThat(new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8)).isEqualTo(text);
		return sender;
	}

	private static ByteBuffer bytes(String text) {
		return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Makes what is in the way.
	 */
	private interface FileMaker {

		void make() throws IOException;

	}

}
