package dev.socketfactory.engine;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.InvalidSocketSpecException;
import dev.socketfactory.ProxyProtocolSettings;
import dev.socketfactory.SocketConnection;
import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketFailure;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketSpecBuilder;
import dev.socketfactory.SocketState;
import dev.socketfactory.SslSettings;
import dev.socketfactory.engine.admission.TlsBundle;
import dev.socketfactory.engine.socket.ProcNet;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.event.SocketFailureEvent;
import dev.socketfactory.event.SocketSuccessEvent;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.Certificates;
import dev.socketfactory.testing.EventRecorder;
import dev.socketfactory.testing.LeakCheck;
import dev.socketfactory.testing.OpenSsl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Tests for listeners with TLS, against clients that are not ours.
 */
@ExtendWith(LeakCheck.class)
@Timeout(120)
class TlsListenerTests {

	@TempDir
	private static Path directory;

	private static Certificates certificates;

	private final Map<String, TlsBundle> bundles = new ConcurrentHashMap<>();

	private final EventRecorder recorder = new EventRecorder(DispatchMode.EXECUTOR, this.bundles::get)
		.handle(this::serve);

	private final Queue<String> ends = new ConcurrentLinkedQueue<>();

	@BeforeAll
	static void issue() throws Exception {
		certificates = Certificates.in(directory)
			.issue("server", "DNS:localhost,IP:127.0.0.1")
			.issue("other", "DNS:other.example.org")
			.issue("client", "email:client@example.org")
			.selfSigned("stranger");
	}

	@AfterEach
	void close() throws Exception {
		this.recorder.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "-tls1_2", "-tls1_3" })
	void whenOpenSslTalksThenAnswered(String version) throws Exception {
		ManagedSocketFactory listener = listen(SslSettings.of("server"));
		try (OpenSsl client = client(listener, version, "-verify_return_error", "-servername", "localhost")) {
			client.send("hello");
			client.await("HELLO");
			assertThat(session().getSslSession().getProtocol())
				.isEqualTo(version.equals("-tls1_2") ? "TLSv1.2" : "TLSv1.3");
			client.endInput();
			Await.await().until(() -> this.ends.contains("end"));
		}
		assertThat(this.recorder.getFailures()).isEmpty();
	}

	@Test
	void whenJdkTalksThenAnswered() throws Exception {
		ManagedSocketFactory listener = listen(SslSettings.of("server"));
		try (SSLSocket client = socket(listener, "localhost", null)) {
			assertEcho(client);
		}
		Await.await().until(() -> this.ends.contains("end"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "1.2", "1.3" })
	void whenCurlTalksThenAnswered(String version) throws Exception {
		assumeThat(Certificates.isInstalled("curl")).as("curl is installed").isTrue();
		this.recorder.handle(this::serveHttp);
		int port = SocketFactoryHarness.addressOf(listen(SslSettings.of("server"))).getPort();
		String url = "https://localhost:%d/".formatted(port);
		assertThat(curl("--tlsv" + version, "--tls-max", version, "--cacert", file("ca.crt"), url))
			.isEqualTo("0 hello");
		assertThat(curl("--tlsv" + version, "--cacert", file("stranger.crt"), url)).isEqualTo("60 ");
		assertFailure("");
	}

	@Test
	void whenConnectionIsEncryptedThenItsChannelIsNotForUse() throws Exception {
		this.recorder.handle((event) -> {
		});
		ManagedSocketFactory listener = listen(SslSettings.of("server"));
		try (SSLSocket client = socket(listener, "localhost", null)) {
			ConnectionAcceptedEvent event = this.recorder.awaitEvent(listener, ConnectionAcceptedEvent.class);
			assertThatIllegalStateException().isThrownBy(event::claimBlockingChannel)
				.withMessageContaining("claimConnection()");
			assertThatIllegalStateException().isThrownBy(event::claimChannel)
				.withMessageContaining("claimConnection()");
			SocketConnection connection = event.claimConnection();
			assertThatIllegalStateException().isThrownBy(connection::getChannel);
			connection.close();
			assertThat(client.getInputStream().read()).isEqualTo(-1);
		}
	}

	@Test
	void whenClientHasNoCertificateThenRefusedWithAnAlert() throws Exception {
		ManagedSocketFactory listener = listen(SslSettings.of("server").withClientAuth(SslSettings.ClientAuth.NEED));
		try (OpenSsl client = client(listener, "-tls1_3")) {
			client.send("hello");
			client.await("alert certificate required|alert bad certificate|alert handshake failure");
		}
		assertFailure("Empty client certificate chain");
		assertThat(this.recorder.getSuccesses()).isEmpty();
	}

	@Test
	void whenClientHasAWrongCertificateThenRefusedWithAnAlert() throws Exception {
		ManagedSocketFactory listener = listen(SslSettings.of("server").withClientAuth(SslSettings.ClientAuth.NEED));
		try (OpenSsl client = client(listener, "-tls1_2", "-cert", file("stranger.crt"), "-key",
				file("stranger.key"))) {
			client.await("alert certificate unknown|alert unknown ca|alert bad certificate");
		}
		assertFailure("the certificate of the peer is not trusted");
	}

	@ParameterizedTest
	@ValueSource(strings = { "WANT", "NEED" })
	void whenClientHasACertificateThenItIsInTheSession(SslSettings.ClientAuth clientAuth) throws Exception {
		ManagedSocketFactory listener = listen(SslSettings.of("server").withClientAuth(clientAuth));
		try (OpenSsl client = client(listener, "-cert", file("client.crt"), "-key", file("client.key"))) {
			client.send("hello");
			client.await("HELLO");
			assertThat(session().getSslSession().getPeerPrincipal().getName()).isEqualTo("CN=client");
		}
	}

	@Test
	void whenClientAsksForANameThenTheBundleOfThatName() throws Exception {
		SslSettings settings = new SslSettings("server", SslSettings.ClientAuth.NONE, Map.of("*.example.org", "other"),
				Duration.ofSeconds(10), true, null);
		ManagedSocketFactory listener = listen(settings);
		for (String name : List.of("other.example.org", "localhost", "a.b.example.org")) {
			try (OpenSsl client = client(listener, "-servername", name)) {
				client.await("subject=.*" + (name.equals("other.example.org") ? "other" : "server"));
				client.send("hello");
				client.await("HELLO");
			}
		}
		try (OpenSsl client = client(listener, "-noservername")) {
			client.await("subject=.*server");
		}
	}

	@Test
	void whenBundleIsReplacedThenNewConnectionsHaveTheNewOne() throws Exception {
		ManagedSocketFactory listener = listen(SslSettings.of("server"));
		try (SSLSocket before = socket(listener, "localhost", null)) {
			this.bundles.put("server", certificates.issue("server2", "DNS:localhost").tls("server2"));
			try (SSLSocket after = socket(listener, "localhost", null)) {
				assertThat(before.getSession().getPeerPrincipal().getName()).isEqualTo("CN=server");
				assertThat(after.getSession().getPeerPrincipal().getName()).isEqualTo("CN=server2");
				assertEcho(before);
				assertEcho(after);
			}
		}
	}

	@Test
	void whenClientIsKilledThenItsInputIsTruncated() throws Exception {
		ManagedSocketFactory listener = listen(SslSettings.of("server"));
		try (OpenSsl client = client(listener)) {
			client.send("hello");
			client.await("HELLO");
			client.kill();
		}
		Await.await().until(() -> this.ends.contains("truncated"));
	}

	@Test
	void whenClientSaysNothingThenRefusedWithoutAnEvent() throws Exception {
		ManagedSocketFactory listener = listen(quick());
		try (Socket client = connect(listener)) {
			assertThat(client.getInputStream().read()).isEqualTo(-1);
		}
		assertThat(listener.getCounters().getRefused()).containsEntry("first-byte", 1L);
		assertThat(this.recorder.getFailures()).isEmpty();
		assertThat(listener.getStatus().failures()).isEmpty();
	}

	@Test
	void whenClientLeavesBeforeItsFirstByteThenCountedOnly() throws Exception {
		ManagedSocketFactory listener = listen(SslSettings.of("server"));
		connect(listener).close();
		Await.await().untilAsserted(() -> assertThat(listener.getStatus().failures()).containsEntry("handshake", 1L));
		Await.await().untilAsserted(() -> assertThat(listener.getStatus().connections().active()).isZero());
		assertThat(this.recorder.getFailures()).isEmpty();
		assertThat(listener.getLastFailure()).isNull();
	}

	@Test
	void whenClientStopsInTheHandshakeThenTimeOut() throws Exception {
		ManagedSocketFactory listener = listen(quick());
		try (Socket client = connect(listener)) {
			client.getOutputStream().write(22);
			assertThat(client.getInputStream().read()).isEqualTo(-1);
		}
		assertThat(assertFailure("the handshake has taken longer than 300ms").errnoName()).isEqualTo("ETIMEDOUT");
	}

	@Test
	void whenClientDoesNotSpeakTlsThenThatIsTheReason() throws Exception {
		ManagedSocketFactory listener = listen(SslSettings.of("server"));
		try (Socket client = connect(listener)) {
			client.getOutputStream()
				.write("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			readToEnd(client);
		}
		SocketFailure failure = assertFailure("the peer does not speak TLS");
		assertThat(failure.message()).startsWith("127.0.0.1:");
	}

	@Test
	void whenClientSendsAMegabyteBeforeTheHandshakeThenClosed() throws Exception {
		ManagedSocketFactory listener = listen(SslSettings.of("server"));
		try (Socket client = connect(listener)) {
			assertThatIOException().isThrownBy(() -> {
				for (int i = 0; i < 100; i++) {
					client.getOutputStream().write(new byte[1_000_000]);
				}
			});
		}
		assertFailure("");
	}

	@Test
	void whenClientWantsToRenegotiateThenRefused() throws Exception {
		ManagedSocketFactory listener = listen(SslSettings.of("server"));
		try (OpenSsl client = client(listener, "-tls1_2")) {
			client.send("hello");
			client.await("HELLO");
			client.send("R");
			client.await("no renegotiation|closed|alert|error");
		}
		Await.await().until(() -> !this.ends.isEmpty());
	}

	@Test
	void whenManyFailThenFewEvents() throws Exception {
		ManagedSocketFactory listener = listen(SslSettings.of("server"));
		for (int i = 0; i < 50; i++) {
			try (Socket client = connect(listener)) {
				client.getOutputStream().write("no TLS at all\n".getBytes(StandardCharsets.US_ASCII));
				readToEnd(client);
			}
		}
		Await.await().untilAsserted(() -> assertThat(listener.getStatus().failures()).containsEntry("handshake", 50L));
		assertThat(this.recorder.getFailures()).hasSizeBetween(1, 20);
	}

	@Test
	void whenSilentClientsAreManyThenTheyHoldNoThreadAndTheOldestGoesFirst() throws Exception {
		ManagedSocketFactory listener = listen(SslSettings.of("server"));
		List<Socket> silent = new ArrayList<>();
		try {
			for (int i = 0; i < 510; i++) {
				silent.add(connect(listener));
			}
			try (SSLSocket client = socket(listener, "localhost", null)) {
				assertEcho(client);
			}
			assertThat(silent.get(0).getInputStream().read()).isEqualTo(-1);
			assertThat(listener.getCounters().getRefused().get("first-byte")).isGreaterThanOrEqualTo(10L);
			assertThat(this.recorder.getSuccesses()).hasSize(1);
		}
		finally {
			for (Socket client : silent) {
				client.close();
			}
		}
	}

	@Test
	void whenUnixThenTheSame() throws Exception {
		this.bundles.put("server", certificates.tls("server"));
		Path path = directory.resolve("tls.sock");
		this.recorder.open(SocketSpec.listener("test").bind(path.toString()).ssl(SslSettings.of("server")),
				SocketState.LISTENING);
		try (OpenSsl client = OpenSsl.client("-unix", path.toString(), "-CAfile", file("ca.crt"))) {
			client.send("hello");
			client.await("HELLO");
		}
	}

	@Test
	void whenTlsCannotBeThenNotOpened() {
		this.bundles.put("server", certificates.tls("server"));
		assertThatExceptionOfType(InvalidSocketSpecException.class)
			.isThrownBy(() -> this.recorder.open(spec().dispatch(DispatchMode.INLINE).ssl(SslSettings.of("server"))))
			.withMessage(
					"listener 'test': ssl.bundle 'server': a handshake blocks, and with dispatch: inline nothing may."
							+ " Write dispatch: executor for it, or leave ssl out.");
		assertThatExceptionOfType(InvalidSocketSpecException.class)
			.isThrownBy(() -> spec().ssl(SslSettings.of(null)).build())
			.withMessageContaining("a listener with TLS needs a certificate");
		assertThatExceptionOfType(InvalidSocketSpecException.class)
			.isThrownBy(() -> spec().type("datagram").ssl(SslSettings.of("server")).build())
			.withMessageContaining("there is no TLS over datagrams");
		assertThatExceptionOfType(InvalidSocketSpecException.class)
			.isThrownBy(() -> SocketSpec.client("test").remote("/run/s").ssl(SslSettings.of(null)).build())
			.withMessageContaining("a UNIX socket has no host name to verify");
		assertThat(SocketDomain.values()).isNotEmpty();
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void behindAProxyTheHeaderComesFirstAndThenTheHandshake(boolean atOnce) throws Exception {
		ManagedSocketFactory listener = listenBehindProxy(SslSettings.of("server"));
		if (atOnce) {
			// Header and handshake are there when it is accepted
			listener.pauseAccept();
		}
		try (Socket proxy = connect(listener)) {
			SocketAddress peer = proxy.getLocalSocketAddress();
			sendHeader(proxy);
			CompletableFuture<SSLSocket> connecting = CompletableFuture.supplyAsync(() -> handshake(proxy));
			if (atOnce) {
				Await.await().until(() -> listener.getAcceptQueueDepth(new ProcNet()) == 1);
				Await.during(100, () -> assertThat(connecting).isNotDone());
				listener.resumeAccept();
			}
			try (SSLSocket client = connecting.get(20, TimeUnit.SECONDS)) {
				assertEcho(client);
			}
			assertThat(session().getRemoteAddress()).isEqualTo(new InetSocketAddress("192.0.2.7", 56324));
			assertThat(session().getPeerAddress()).isEqualTo(peer);
			assertThat(session().getProxyHeader()).isNotNull();
			assertThat(session().getSslSession()).isNotNull();
		}
		assertThat(this.recorder.getFailures()).isEmpty();
	}

	@Test
	void behindAProxyTheClientOfAFailedHandshakeIsNamed() throws Exception {
		ManagedSocketFactory listener = listenBehindProxy(SslSettings.of("server"));
		try (Socket proxy = connect(listener)) {
			sendHeader(proxy);
			proxy.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			readToEnd(proxy);
		}
		assertThat(assertFailure("does not speak TLS").message()).startsWith("192.0.2.7:56324: ");
	}

	@Test
	void behindAProxyTheTimeOfTheHandshakeBeginsAfterTheHeader() throws Exception {
		ManagedSocketFactory listener = listenBehindProxy(quick());
		try (Socket silent = connect(listener); Socket slow = connect(listener)) {
			sendHeader(silent);
			readToEnd(silent);
			assertThat(listener.getRefused()).containsEntry("first-byte", 1L);
			assertThat(this.recorder.getFailures()).isEmpty();
			sendHeader(slow);
			slow.getOutputStream().write(22);
			readToEnd(slow);
		}
		assertFailure("the handshake has taken longer than 300ms");
	}

	private ManagedSocketFactory listenBehindProxy(SslSettings settings) {
		this.bundles.put("server", certificates.tls("server"));
		return this.recorder.open(spec().ssl(settings).proxyProtocol(ProxyProtocolSettings.of(List.of("127.0.0.1"))),
				SocketState.LISTENING);
	}

	private static void sendHeader(Socket proxy) throws IOException {
		proxy.getOutputStream()
			.write("PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\n".getBytes(StandardCharsets.US_ASCII));
	}

	private static SSLSocket handshake(Socket socket) {
		try {
			return handshake(socket, "localhost", null);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private void serve(SocketSuccessEvent event) {
		try (SocketConnection connection = ((ConnectionAcceptedEvent) event).claimConnection()) {
			BufferedReader in = connection.reader();
			Writer out = connection.writer();
			for (String line = in.readLine(); line != null; line = in.readLine()) {
				out.write(line.toUpperCase(Locale.ROOT) + "\n");
				out.flush();
			}
			this.ends.add("end");
		}
		catch (EOFException ex) {
			this.ends.add("truncated");
		}
		catch (IOException ex) {
			this.ends.add(ex.toString());
		}
	}

	private void serveHttp(SocketSuccessEvent event) {
		try (SocketConnection connection = ((ConnectionAcceptedEvent) event).claimConnection()) {
			BufferedReader in = connection.reader();
			while (!in.readLine().isEmpty()) {
				// A request without a body
			}
			Writer out = connection.writer();
			out.write("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello");
			out.flush();
		}
		catch (IOException ex) {
			this.ends.add(ex.toString());
		}
	}

	/**
	 * Run curl.
	 * @return its exit code and what it has received
	 */
	private static String curl(String... options) throws Exception {
		List<String> command = new ArrayList<>(List.of("curl", "-4", "-s", "--noproxy", "*", "--max-time", "20"));
		command.addAll(List.of(options));
		Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
		String received = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
		return process.exitValue() + " " + received;
	}

	private static SslSettings quick() {
		return new SslSettings("server", SslSettings.ClientAuth.NONE, Collections.emptyMap(), Duration.ofMillis(300),
				true, null);
	}

	private static SocketSpecBuilder spec() {
		return SocketSpec.listener("test").bind("127.0.0.1:0");
	}

	@Test
	void whenNoThreadIsFreeForAHandshakeThenSaysSo() throws Exception {
		this.bundles.put("server", certificates.tls("server"));
		CountDownLatch served = new CountDownLatch(1);
		try (EventRecorder crowded = new EventRecorder(DispatchMode.EXECUTOR, this.bundles::get, 1)) {
			crowded.handle((event) -> await(served));
			ManagedSocketFactory tls = crowded.open(spec().ssl(quick()), SocketState.LISTENING);
			ManagedSocketFactory plain = crowded.open(SocketSpec.listener("plain").bind("127.0.0.1:0"),
					SocketState.LISTENING);
			try (SocketChannel late = SocketChannel.open(tls.getLocalAddress())) {
				Await.await().until(() -> tls.getConnections().active() == 1);
				try (SocketChannel busy = SocketChannel.open(plain.getLocalAddress())) {
					crowded.awaitEvent(plain, ConnectionAcceptedEvent.class);
					late.write(ByteBuffer.wrap(new byte[] { 22 }));
					Await.await().until(() -> !crowded.getFailures().isEmpty());
					assertThat(crowded.getFailures().get(0).getFailure().message())
						.endsWith(": no thread was free for the handshake within 300ms");
					assertThat(tls.getRefused()).isEmpty();
					assertThat(busy.isOpen()).isTrue();
				}
				finally {
					served.countDown();
				}
			}
		}
	}

	private static void await(CountDownLatch latch) {
		try {
			latch.await(10, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private ManagedSocketFactory listen(SslSettings settings) {
		this.bundles.put("server", certificates.tls("server"));
		this.bundles.put("other", certificates.tls("other"));
		return this.recorder.open(spec().ssl(settings), SocketState.LISTENING);
	}

	private ConnectionAcceptedEvent session() {
		return (ConnectionAcceptedEvent) this.recorder.getSuccesses().get(0);
	}

	private SocketFailure assertFailure(String text) {
		Await.await().until(() -> !this.recorder.getFailures().isEmpty());
		SocketFailureEvent event = this.recorder.getFailures().get(0);
		assertThat(event.getFailure().operation()).isEqualTo("handshake");
		assertThat(event.getFailure().message()).contains(text);
		assertThat(this.recorder.getFactories().get("test").getState()).isEqualTo(SocketState.LISTENING);
		return event.getFailure();
	}

	private static OpenSsl client(ManagedSocketFactory listener, String... options) throws IOException {
		List<String> all = new ArrayList<>(List.of("-connect",
				"127.0.0.1:" + SocketFactoryHarness.addressOf(listener).getPort(), "-CAfile", file("ca.crt")));
		all.addAll(List.of(options));
		return OpenSsl.client(all.toArray(String[]::new));
	}

	private static SSLSocket socket(ManagedSocketFactory listener, String serverName, String name) throws IOException {
		return handshake(connect(listener), serverName, name);
	}

	private static SSLSocket handshake(Socket connected, String serverName, String name) throws IOException {
		SSLSocket socket = (SSLSocket) certificates.tls(name)
			.context()
			.getSocketFactory()
			.createSocket(connected, "localhost", connected.getPort(), true);
		SSLParameters parameters = socket.getSSLParameters();
		parameters.setServerNames(List.of(new SNIHostName(serverName)));
		parameters.setEndpointIdentificationAlgorithm("HTTPS");
		socket.setSSLParameters(parameters);
		socket.startHandshake();
		return socket;
	}

	private static Socket connect(ManagedSocketFactory listener) throws IOException {
		Socket socket = new Socket();
		socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(20));
		socket.connect(SocketFactoryHarness.addressOf(listener));
		return socket;
	}

	private static void assertEcho(Socket client) throws IOException {
		client.getOutputStream().write("hello\n".getBytes(StandardCharsets.US_ASCII));
		assertThat(client.getInputStream().readNBytes(6)).asString(StandardCharsets.US_ASCII).isEqualTo("HELLO\n");
	}

	private static void readToEnd(Socket client) {
		try {
			client.getInputStream().readAllBytes();
		}
		catch (IOException ex) {
			// Reset, because it was not read to the end
		}
	}

	private static String file(String name) {
		return certificates.path(name).toString();
	}

}
