package dev.socketfactory.recipes;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import dev.socketfactory.SocketFailureException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for {@link Upstream} over TLS.
 */
@SpringBootTest(classes = RecipeApplication.class, webEnvironment = SpringBootTest.WebEnvironment.NONE,
		properties = "spring.config.location=classpath:recipes/upstream.yml,classpath:recipes/tls-upstream.yml")
@Import(Upstream.class)
@DirtiesContext
@Timeout(60)
class TlsUpstreamTests {

	@TempDir
	private static Path folder;

	@TempDir
	private static Path otherFolder;

	private static Certificate certificate;

	private static ServerSocket server;

	@Autowired
	private Upstream upstream;

	@BeforeAll
	static void makeCertificate() throws IOException, InterruptedException {
		certificate = Certificate.in(folder);
	}

	@DynamicPropertySource
	static void server(DynamicPropertyRegistry registry) throws IOException {
		server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
		registry.add("UPSTREAM_PORT", server::getLocalPort);
		registry.add("RUN_FOLDER", () -> folder.toString());
	}

	@AfterAll
	static void close() throws IOException {
		server.close();
	}

	@Test
	void questionIsAnsweredByServerWithTrustedCertificate() throws Exception {
		CompletableFuture<String> answer = this.upstream.ask("one");
		answerOne(certificate);
		assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo("one?");
	}

	@Test
	void serverWithAnotherCertificateIsAskedNothing() throws Exception {
		Certificate other = Certificate.in(otherFolder);
		CompletableFuture<String> answer = this.upstream.ask("one");
		assertThatIOException().isThrownBy(() -> answerOne(other));
		assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> answer.get(10, TimeUnit.SECONDS))
			.havingCause()
			.isInstanceOfSatisfying(SocketFailureException.class,
					(failure) -> assertThat(failure.getFailure().operation()).isEqualTo("handshake"));
	}

	private static void answerOne(Certificate shown) throws IOException {
		try (Socket client = server.accept();
				Socket secured = shown.context().getSocketFactory().createSocket(client, null, true)) {
			secured.setSoTimeout(20_000);
			BufferedReader in = new BufferedReader(
					new InputStreamReader(secured.getInputStream(), StandardCharsets.UTF_8));
			secured.getOutputStream().write((in.readLine() + "?\n").getBytes(StandardCharsets.UTF_8));
		}
	}

}
