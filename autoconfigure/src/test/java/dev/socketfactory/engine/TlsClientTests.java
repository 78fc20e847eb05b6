package dev.socketfactory.engine;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLException;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.RetrySettings;
import dev.socketfactory.SocketConnection;
import dev.socketfactory.SocketFailure;
import dev.socketfactory.SocketFailureException;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketSpecBuilder;
import dev.socketfactory.SocketState;
import dev.socketfactory.SslSettings;
import dev.socketfactory.engine.admission.TlsBundle;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.event.ConnectionEstablishedEvent;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.Certificates;
import dev.socketfactory.testing.EventRecorder;
import dev.socketfactory.testing.LeakCheck;
import dev.socketfactory.testing.OpenSsl;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for clients with TLS, against servers that are not ours.
 */
@ExtendWith(LeakCheck.class)
@Timeout(120)
class TlsClientTests {

	@TempDir
	private static Path directory;

	private static Certificates certificates;

	private final Map<String, TlsBundle> bundles = new ConcurrentHashMap<>();

	private final EventRecorder recorder = new EventRecorder(DispatchMode.EXECUTOR, this.bundles::get);

	private volatile IOException writingFailed;

	@BeforeAll
	static void issue() throws Exception {
		certificates = Certificates.in(directory)
			.issue("server", "DNS:localhost,IP:127.0.0.1")
			.issue("other", "DNS:other.example.org")
			.issue("client", "email:client@example.org")
			.issueExpired("expired", "DNS:localhost")
			.selfSigned("stranger");
	}

	@AfterEach
	void close() throws Exception {
		this.recorder.close();
	}

	@ParameterizedTest
	@CsvSource({ "-tls1_2, localhost", "-tls1_3, localhost", "-tls1_3, 127.0.0.1" })
	void whenServerTalksThenAnswered(String version, String host) throws Exception {
		int port = freePort();
		try (OpenSsl server = server(port, "server", version)) {
			ManagedSocketFactory client = open(spec(host, port).ssl(bundle(null)), SocketState.CONNECTED);
			SocketConnection connection = this.recorder.awaitEvent(client, ConnectionEstablishedEvent.class)
				.claimConnection();
			connection.writer().write("hello\n");
			connection.writer().flush();
			server.await("hello");
			server.send("world");
			assertThat(connection.reader().readLine()).isEqualTo("world");
			assertThat(connection.getSslSession().getPeerPrincipal().getName()).isEqualTo("CN=server");
			connection.close();
			server.await("CONNECTION CLOSED|closed|shutting down|DONE");
			this.recorder.awaitState(client, SocketState.STOPPED);
		}
	}

	@Test
	void whenConnectedOnDemandThenHandshakeIncluded() throws Exception {
		int port = freePort();
		try (OpenSsl server = server(port, "server")) {
			ManagedSocketFactory client = this.recorder
				.open(spec("localhost", port).ssl(bundle(null)).autoStartup(false));
			try (SocketConnection connection = client.connect().get(10, TimeUnit.SECONDS)) {
				assertThat(connection.getSslSession().getProtocol()).isEqualTo("TLSv1.3");
				connection.writer().write("on demand\n");
				connection.writer().flush();
				server.await("on demand");
			}
			assertThat(this.recorder.getSuccesses()).isEmpty();
		}
	}

	@ParameterizedTest
	@CsvSource({ "other, No subject alternative DNS name matching localhost found",
			"stranger, the certificate of the peer is not trusted",
			"expired, the certificate of the peer has expired" })
	void whenServerIsNotToBeTrustedThenFails(String certificate, String reason) throws Exception {
		int port = freePort();
		try (OpenSsl server = server(port, certificate)) {
			ManagedSocketFactory client = open(spec("localhost", port).ssl(bundle(null)), SocketState.FAILED);
			assertFailure(client.getLastFailure(), reason);
			assertThat(this.recorder.getSuccesses()).isEmpty();
			server.await("alert");
			CompletableFuture<SocketConnection> future = client.connect();
			assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> future.get(10, TimeUnit.SECONDS))
				.havingCause()
				.asInstanceOf(InstanceOfAssertFactories.type(SocketFailureException.class))
				.satisfies((ex) -> assertFailure(ex.getFailure(), reason));
		}
	}

	@Test
	void whenServerNameIsGivenThenSentAndVerified() throws Exception {
		int port = freePort();
		try (OpenSsl server = server(port, "other", "-servername", "other.example.org", "-cert2", file("other.crt"),
				"-key2", file("other.key"))) {
			open(spec("localhost", port).ssl(bundle(null).withServerName("other.example.org")), SocketState.CONNECTED);
			server.await("Hostname in TLS extension: \"other.example.org\"");
		}
	}

	@Test
	void whenHostIsNotVerifiedThenConnects() throws Exception {
		int port = freePort();
		SslSettings settings = new SslSettings("client", SslSettings.ClientAuth.NONE, Collections.emptyMap(),
				Duration.ofSeconds(10), false, null);
		this.bundles.put("client", certificates.tls(null));
		try (OpenSsl server = server(port, "other")) {
			open(spec("localhost", port).ssl(settings), SocketState.CONNECTED);
			server.await("CIPHER is");
		}
	}

	@Test
	void whenServerAsksForACertificateThenSent() throws Exception {
		int port = freePort();
		try (OpenSsl server = server(port, "server", "-Verify", "1", "-CAfile", file("ca.crt"),
				"-verify_return_error")) {
			open(spec("localhost", port).ssl(bundle("client")), SocketState.CONNECTED);
			server.await("subject=.*client");
		}
	}

	@Test
	void whenServerIsKilledThenInputIsTruncated() throws Exception {
		int port = freePort();
		try (OpenSsl server = server(port, "server")) {
			ManagedSocketFactory client = open(spec("localhost", port).ssl(bundle(null)), SocketState.CONNECTED);
			SocketConnection connection = this.recorder.awaitEvent(client, ConnectionEstablishedEvent.class)
				.claimConnection();
			server.await("CIPHER is");
			server.kill();
			assertThatExceptionOfType(EOFException.class).isThrownBy(() -> connection.getInputStream().read())
				.withMessageContaining("close_notify");
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenServerSaysNothingThenTimeOutOrStop(boolean stop) throws Exception {
		SslSettings settings = new SslSettings("client", SslSettings.ClientAuth.NONE, Collections.emptyMap(),
				stop ? Duration.ofMinutes(1) : Duration.ofMillis(300), true, null);
		this.bundles.put("client", certificates.tls(null));
		try (ServerSocket silent = new ServerSocket(0)) {
			ManagedSocketFactory client = this.recorder.open(spec("127.0.0.1", silent.getLocalPort()).ssl(settings));
			try (Socket accepted = silent.accept()) {
				assertThat(client.getState()).isEqualTo(SocketState.CONNECTING);
				if (stop) {
					client.stop();
					assertThat(client.getState()).isEqualTo(SocketState.STOPPED);
					Await.await().untilAsserted(() -> assertThat(client.getSockets().size()).isZero());
				}
				else {
					this.recorder.awaitState(client, SocketState.FAILED);
					assertFailure(client.getLastFailure(), "the handshake has taken longer than 300ms");
					assertThat(client.getLastFailure().cause()).isInstanceOf(SocketTimeoutException.class);
				}
				assertThat(accepted.isConnected()).isTrue();
			}
		}
	}

	@Test
	void whenHandshakeFailsAndRetryThenTriedAgain() throws Exception {
		RetrySettings retry = new RetrySettings(-1, Duration.ofMillis(20), 1, Duration.ofMillis(20), Duration.ZERO);
		int port = freePort();
		try (OpenSsl server = server(port, "other")) {
			ManagedSocketFactory client = this.recorder.open(spec("localhost", port).ssl(bundle(null)).retry(retry));
			Await.await().untilAsserted(() -> assertThat(this.recorder.getFailures()).hasSizeGreaterThan(2));
			this.bundles.put("client", certificates.tls(null));
			assertThat(client.isRunning() || client.getState() == SocketState.FAILED).isTrue();
			client.stop();
			server.await("alert");
		}
	}

	@Test
	void whenOursTalksToOursOverUnixThenTheSame() throws Exception {
		this.bundles.put("server", certificates.tls("server"));
		String path = directory.resolve("ours.sock").toString();
		this.recorder.open(SocketSpec.listener("listener").bind(path).ssl(SslSettings.of("server")),
				SocketState.LISTENING);
		ManagedSocketFactory client = open(
				SocketSpec.client("test").remote(path).ssl(bundle(null).withServerName("localhost")),
				SocketState.CONNECTED);
		assertThat(this.recorder.awaitEvent(client, ConnectionEstablishedEvent.class).getSslSession()).isNotNull();
	}

	@Test
	void whenOutputIsShutDownThenTheAnswerIsStillRead() throws Exception {
		ManagedSocketFactory client = clientOfAnswering("TLSv1.3");
		try (SocketConnection connection = client.connect().get(10, TimeUnit.SECONDS)) {
			connection.writer().write("one\ntwo\n");
			connection.writer().flush();
			connection.shutdownOutput();
			connection.shutdownOutput();
			assertThat(connection.reader().readLine()).isEqualTo("2 lines");
			assertThat(connection.reader().readLine()).isNull();
			assertThatIOException().isThrownBy(() -> connection.write(ByteBuffer.wrap(new byte[1])));
		}
	}

	/**
	 * RFC 5246, 7.2.1: whoever receives {@code close_notify} closes, too.
	 */
	@Test
	void whenOutputIsShutDownWithTls12ThenThePeerCannotWriteAnyMore() throws Exception {
		ManagedSocketFactory client = clientOfAnswering("TLSv1.2");
		try (SocketConnection connection = client.connect().get(10, TimeUnit.SECONDS)) {
			connection.shutdownOutput();
			assertThat(connection.reader().readLine()).isNull();
		}
		Await.await().until(() -> this.writingFailed != null);
	}

	private ManagedSocketFactory clientOfAnswering(String protocol) {
		this.bundles.put("server", certificates.tls("server"));
		this.bundles.put("client", new TlsBundle(certificates.tls(null).context(), new String[] { protocol }, null));
		this.recorder.handle((event) -> answerAfterTheEnd((ConnectionAcceptedEvent) event));
		ManagedSocketFactory listener = open(
				SocketSpec.listener("listener").bind("127.0.0.1:0").ssl(SslSettings.of("server")),
				SocketState.LISTENING);
		int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
		return this.recorder.open(spec("127.0.0.1", port).ssl(SslSettings.of("client")).autoStartup(false));
	}

	private void answerAfterTheEnd(ConnectionAcceptedEvent event) {
		try (SocketConnection connection = event.claimConnection()) {
			long lines = connection.reader().lines().count();
			connection.writer().write(lines + " lines\n");
			connection.writer().flush();
		}
		catch (IOException ex) {
			this.writingFailed = ex;
		}
	}

	private ManagedSocketFactory open(SocketSpecBuilder spec, SocketState state) {
		return this.recorder.open(spec, state);
	}

	private static SocketSpecBuilder spec(String host, int port) {
		return SocketSpec.client("test").remote(host + ":" + port);
	}

	private SslSettings bundle(String certificate) {
		this.bundles.put("client", certificates.tls(certificate));
		return SslSettings.of("client");
	}

	private static void assertFailure(SocketFailure failure, String reason) {
		assertThat(failure).isNotNull();
		assertThat(failure.operation()).isEqualTo("handshake");
		assertThat(failure.message()).contains(reason);
		assertThat(failure.cause()).isInstanceOfAny(SSLException.class, IOException.class);
	}

	private static OpenSsl server(int port, String certificate, String... options) throws IOException {
		List<String> all = new ArrayList<>(List.of("-accept", "127.0.0.1:" + port, "-cert", file(certificate + ".crt"),
				"-key", file(certificate + ".key")));
		all.addAll(List.of(options));
		OpenSsl server = OpenSsl.server(all.toArray(String[]::new));
		server.await("ACCEPT");
		return server;
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0)) {
			return socket.getLocalPort();
		}
	}

	private static String file(String name) {
		return certificates.path(name).toString();
	}

}
