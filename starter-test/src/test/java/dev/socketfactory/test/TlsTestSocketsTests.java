package dev.socketfactory.test;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import dev.socketfactory.SocketFactories;
import dev.socketfactory.SocketState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link TestSockets} over TLS.
 */
@SpringBootTest
@ActiveProfiles("tls")
@AutoConfigureTestSockets
@DirtiesContext
class TlsTestSocketsTests {

	@TempDir
	private static Path folder;

	@Autowired
	private TestSockets sockets;

	@Autowired
	private SocketFactories factories;

	@Autowired
	private TestedApplication application;

	@DynamicPropertySource
	static void keystore(DynamicPropertyRegistry registry) throws IOException, InterruptedException {
		Path keystore = folder.resolve("keys.p12");
		Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
				"-genkeypair", "-alias", "key", "-keyalg", "EC", "-dname", "CN=somebody", "-validity", "1",
				"-storetype", "PKCS12", "-storepass", "secret", "-keystore", keystore.toString())
			.inheritIO()
			.start();
		assertThat(keytool.waitFor(30, TimeUnit.SECONDS)).isTrue();
		assertThat(keytool.exitValue()).isZero();
		registry.add("test.keystore", () -> keystore.toUri().toString());
	}

	@ParameterizedTest
	@ValueSource(strings = { "secure", "secure-unix", "mutual" })
	void testTalksToListener(String listener) {
		try (TestConnection client = this.sockets.connect(listener)) {
			client.sendLine("Hello")
				.expectLine("HELLO")
				.expectNothingFor(Duration.ofMillis(50))
				.sendLine("again")
				.closeOutput()
				.expectLine("AGAIN")
				.expectEnd();
		}
		this.sockets.connect(listener).reset();
	}

	@Test
	void muchIsSentAndReceived() {
		String much = "0123456789".repeat(50_000);
		try (TestConnection client = this.sockets.connect("secure")) {
			client.sendLine(much).expectLine(much);
		}
	}

	@Test
	void testIsTheServerOfClientWhoseBundleHasKey() throws InterruptedException {
		try (TestConnection peer = this.sockets.peer("upstream-tls")) {
			assertThat(this.factories.get("upstream-tls").getState()).isIn(SocketState.CONNECTING,
					SocketState.CONNECTED);
			peer.expectLine("ping").sendLine("pong").expectEnd();
		}
		assertThat(this.application.answers.poll(10, TimeUnit.SECONDS)).isEqualTo("pong");
	}

	@Test
	void clientWhoseBundleHasNoKeyIsTold() {
		assertThatIllegalStateException().isThrownBy(() -> this.sockets.peer("upstream-trusting"))
			.withMessage("client 'upstream-trusting' has TLS, and its SSL bundle 'trust' has no key that its peer "
					+ "could use. Give it, in the tests, a bundle with a key store that its trust store trusts");
	}

	@Test
	void handshakeThatGetsNoAnswerIsTold() {
		this.factories.get("secure").pauseAccept();
		try {
			assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> this.sockets.connect("secure"))
				.withMessageMatching("The TLS handshake with listener 'secure' \\(127\\.0\\.0\\.1:\\d+\\) failed: "
						+ "no answer within 5s");
		}
		finally {
			this.factories.get("secure").resumeAccept();
		}
	}

}
