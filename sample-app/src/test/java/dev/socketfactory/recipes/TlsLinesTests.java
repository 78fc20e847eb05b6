package dev.socketfactory.recipes;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TlsLines}.
 */
@SpringBootTest(classes = RecipeApplication.class, webEnvironment = SpringBootTest.WebEnvironment.NONE,
		properties = { "spring.config.location=classpath:recipes/tls-lines.yml", "LINES_PORT=0",
				"tls-lines.patience=2s" })
@Import(TlsLines.class)
@DirtiesContext
@Timeout(60)
class TlsLinesTests {

	private static final String PASSWORD = "secret";

	@TempDir
	private static Path folder;

	@Value("${local.socket.tls-lines.port}")
	private int port;

	@BeforeAll
	static void makeCertificate() throws IOException, InterruptedException {
		Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
				"-genkeypair", "-alias", "lines", "-keyalg", "EC", "-dname", "CN=localhost", "-ext", "san=ip:127.0.0.1",
				"-validity", "1", "-storetype", "PKCS12", "-storepass", PASSWORD, "-keystore", keystore().toString())
			.inheritIO()
			.start();
		assertThat(keytool.waitFor(30, TimeUnit.SECONDS)).isTrue();
		assertThat(keytool.exitValue()).isZero();
	}

	@DynamicPropertySource
	static void folder(DynamicPropertyRegistry registry) {
		registry.add("RUN_FOLDER", () -> folder.toString());
	}

	@Test
	void everyLineIsAnsweredToClientThatChecksTheCertificate() throws Exception {
		try (SSLSocket client = connect()) {
			BufferedReader in = new BufferedReader(
					new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
			for (String line : new String[] { "one", "two" }) {
				client.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
				assertThat(in.readLine()).isEqualTo(line.toUpperCase(Locale.ROOT));
			}
			assertThat(client.getSession().getProtocol()).isEqualTo("TLSv1.3");
		}
	}

	@Test
	void whoeverSpeaksPlainTextIsTurnedAwayAndTheNextOneServed() throws Exception {
		try (Lines plain = Lines.connect(this.port)) {
			assertThat(plain.ask("one two three")).isNotEqualTo("ONE TWO THREE");
		}
		everyLineIsAnsweredToClientThatChecksTheCertificate();
	}

	@Test
	void whoeverSaysNothingIsTurnedAwayAfterTheTimeout() throws Exception {
		try (Lines silent = Lines.connect(this.port)) {
			silent.hear();
		}
	}

	private SSLSocket connect() throws IOException, GeneralSecurityException {
		KeyStore trusted = KeyStore.getInstance("PKCS12");
		try (InputStream in = Files.newInputStream(keystore())) {
			trusted.load(in, PASSWORD.toCharArray());
		}
		KeyStore certificates = KeyStore.getInstance(KeyStore.getDefaultType());
		certificates.load(null, null);
		certificates.setCertificateEntry("lines", trusted.getCertificate("lines"));
		TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
		trust.init(certificates);
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(null, trust.getTrustManagers(), null);
		SSLSocket client = (SSLSocket) context.getSocketFactory()
			.createSocket(InetAddress.getByName("127.0.0.1"), this.port);
		client.setSoTimeout(20_000);
		return client;
	}

	private static Path keystore() {
		return folder.resolve("lines.p12");
	}

}
