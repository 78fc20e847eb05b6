package dev.socketfactory.sample;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Greeter}.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.NONE, properties = { "ROT13_PORT=0", "ECHO_PORT=0" })
@ExtendWith(OutputCaptureExtension.class)
@DirtiesContext
@Timeout(30)
class GreeterTests {

	private static ServerSocket server;

	@TempDir
	private static Path folder;

	@DynamicPropertySource
	static void server(DynamicPropertyRegistry registry) throws IOException {
		server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
		registry.add("socket-factory.clients.greeter.remote", () -> "127.0.0.1:" + server.getLocalPort());
		registry.add("SAMPLE_FOLDER", () -> folder.toString());
	}

	@Test
	void oneLineIsSaidAndItsAnswerLogged(CapturedOutput output) throws IOException {
		server.setSoTimeout(20_000);
		try (ServerSocket only = server; Socket greeter = only.accept()) {
			BufferedReader in = new BufferedReader(
					new InputStreamReader(greeter.getInputStream(), StandardCharsets.UTF_8));
			assertThat(in.readLine()).isEqualTo("Hello, rot13");
			greeter.getOutputStream().write("Nice to meet you\n".getBytes(StandardCharsets.UTF_8));
			assertThat(in.readLine()).isNull();
		}
		Awaitility.await()
			.atMost(Duration.ofSeconds(10))
			.untilAsserted(() -> assertThat(output.toString()).contains("Said 'Hello, rot13', got 'Nice to meet you'"));
	}

}
