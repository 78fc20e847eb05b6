package dev.socketfactory.engine;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.ProxyHeader;
import dev.socketfactory.ProxyProtocolSettings;
import dev.socketfactory.SocketConnection;
import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketSpecBuilder;
import dev.socketfactory.SocketState;
import dev.socketfactory.SslSettings;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.Certificates;
import dev.socketfactory.testing.EventRecorder;
import dev.socketfactory.testing.LeakCheck;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Tests for listeners behind a real HAProxy, which are skipped where it is not installed.
 */
@ExtendWith(LeakCheck.class)
@Timeout(60)
class HaproxyTests {

	private static final Duration PATIENCE = Duration.ofSeconds(15);

	@TempDir
	private Path folder;

	@BeforeAll
	static void requireHaproxy() {
		assumeThat(Stream.of(System.getenv("PATH").split(":"), new String[] { "/usr/sbin" })
			.flatMap(Stream::of)
			.anyMatch((path) -> Files.isExecutable(Path.of(path, "haproxy")))).as("haproxy is installed").isTrue();
	}

	@ParameterizedTest
	@CsvSource({ "127.0.0.1, send-proxy, 1", "127.0.0.1, send-proxy-v2, 2", "::1, send-proxy, 1",
			"::1, send-proxy-v2, 2" })
	void theClientIsKnownAndItsBytesAreUntouched(String host, String option, int version) throws Exception {
		try (SocketFactoryHarness harness = echo()) {
			ManagedSocketFactory listener = harness.listen(listener(host));
			int port = freePort();
			Process proxy = haproxy(host, port, "%s %s".formatted(endpoint(listener), option));
			try (Socket client = connect(host, port)) {
				assertThat(ask(client, "hello")).isEqualTo("hello");
				ConnectionAcceptedEvent event = harness.getAccepted().get(0);
				assertThat(event.getRemoteAddress()).isEqualTo(client.getLocalSocketAddress());
				assertThat(event.getPeerAddress()).isNotEqualTo(event.getRemoteAddress());
				ProxyHeader header = Objects.requireNonNull(event.getProxyHeader());
				assertThat(header.getVersion()).isEqualTo(version);
				assertThat(header.getDestination()).isEqualTo(client.getRemoteSocketAddress());
			}
			finally {
				end(proxy);
			}
		}
	}

	@Test
	void aProxyReachesAUnixSocket() throws Exception {
		try (SocketFactoryHarness harness = echo()) {
			ManagedSocketFactory listener = harness.listen(SocketSpec.listener("test")
				.domain(SocketDomain.AF_UNIX)
				.bind(this.folder.resolve("s").toString())
				.proxyProtocol(ProxyProtocolSettings.of(Collections.emptyList())));
			int port = freePort();
			Process proxy = haproxy("127.0.0.1", port, "unix@%s send-proxy-v2".formatted(listener.getLocalAddress()));
			try (Socket client = connect("127.0.0.1", port)) {
				assertThat(ask(client, "hello")).isEqualTo("hello");
				assertThat(harness.getAccepted().get(0).getRemoteAddress()).isEqualTo(client.getLocalSocketAddress());
			}
			finally {
				end(proxy);
			}
		}
	}

	@Test
	void healthChecksOfTheProxyAreItsOwnConnections() throws Exception {
		try (SocketFactoryHarness harness = echo()) {
			ManagedSocketFactory listener = harness.listen(listener("127.0.0.1"));
			int port = freePort();
			Process proxy = haproxy("127.0.0.1", port,
					"%s send-proxy-v2 check inter 200ms".formatted(endpoint(listener)));
			try {
				Await.await().atMost(PATIENCE).until(() -> !harness.getAccepted().isEmpty());
				ConnectionAcceptedEvent check = harness.getAccepted().get(0);
				assertThat(Objects.requireNonNull(check.getProxyHeader()).isLocal()).isTrue();
				assertThat(check.getRemoteAddress()).isEqualTo(check.getPeerAddress());
				assertThat(listener.getStatus().failures()).isEmpty();
			}
			finally {
				end(proxy);
			}
		}
	}

	@Test
	void tlsOfTheClientPassesThroughTheProxy() throws Exception {
		Certificates certificates = Certificates.in(this.folder).issue("server", "DNS:localhost");
		try (EventRecorder recorder = new EventRecorder(DispatchMode.EXECUTOR, (bundle) -> certificates.tls("server"))
			.handle((event) -> echo((ConnectionAcceptedEvent) event))) {
			ManagedSocketFactory listener = recorder.open(listener("127.0.0.1").ssl(SslSettings.of("server")),
					SocketState.LISTENING);
			int port = freePort();
			Process proxy = haproxy("127.0.0.1", port, "%s send-proxy-v2".formatted(endpoint(listener)));
			try (Socket connected = connect("127.0.0.1", port);
					Socket client = certificates.tls(null)
						.context()
						.getSocketFactory()
						.createSocket(connected, "localhost", port, true)) {
				assertThat(ask(client, "hello")).isEqualTo("hello");
				ConnectionAcceptedEvent event = (ConnectionAcceptedEvent) recorder.getSuccesses().get(0);
				assertThat(event.getRemoteAddress()).isEqualTo(connected.getLocalSocketAddress());
				assertThat(Objects.requireNonNull(event.getSslSession()).getProtocol()).isEqualTo("TLSv1.3");
			}
			finally {
				end(proxy);
			}
		}
	}

	private static SocketFactoryHarness echo() {
		return SocketFactoryHarness.executor().handle(HaproxyTests::echo);
	}

	private static void echo(ConnectionAcceptedEvent event) {
		try (SocketConnection connection = event.claimConnection()) {
			connection.getInputStream().transferTo(connection.getOutputStream());
		}
		catch (IOException ex) {
			// The proxy has broken the connection off
		}
	}

	private static SocketSpecBuilder listener(String host) {
		String bind = host.contains(":") ? "[%s]:0".formatted(host) : host + ":0";
		return SocketSpec.listener("test").bind(bind).proxyProtocol(ProxyProtocolSettings.of(List.of(host)));
	}

	private Process haproxy(String host, int port, String server) throws IOException {
		String bind = host.contains(":") ? "[%s]:%d".formatted(host, port) : "%s:%d".formatted(host, port);
		Path configuration = Files.writeString(this.folder.resolve("haproxy.cfg"), """
				defaults
					mode tcp
					timeout connect 5s
					timeout client 30s
					timeout server 30s

				frontend lines
					bind %s
					default_backend application

				backend application
					server one %s
				""".formatted(bind, server));
		return new ProcessBuilder("haproxy", "-db", "-f", configuration.toString()).redirectErrorStream(true)
			.redirectOutput(this.folder.resolve("haproxy.log").toFile())
			.start();
	}

	private static String endpoint(ManagedSocketFactory listener) {
		InetSocketAddress address = SocketFactoryHarness.addressOf(listener);
		return "%s:%d".formatted(address.getAddress().getHostAddress(), address.getPort());
	}

	private static Socket connect(String host, int port) {
		SocketAddress address = new InetSocketAddress(host, port);
		return Await.await().atMost(PATIENCE).ignoreExceptions().until(() -> {
			Socket client = new Socket();
			client.connect(address);
			client.setSoTimeout((int) PATIENCE.toMillis());
			return client;
		}, Socket::isConnected);
	}

	private static String ask(Socket client, String text) throws IOException {
		client.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
		return new String(client.getInputStream().readNBytes(text.length()), StandardCharsets.US_ASCII);
	}

	private static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	private static void end(Process proxy) throws InterruptedException {
		proxy.destroy();
		assertThat(proxy.waitFor(20, TimeUnit.SECONDS)).isTrue();
	}

}
