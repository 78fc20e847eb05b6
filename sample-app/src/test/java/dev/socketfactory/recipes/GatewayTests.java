package dev.socketfactory.recipes;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Gateway}.
 */
@SpringBootTest(classes = RecipeApplication.class, webEnvironment = SpringBootTest.WebEnvironment.NONE,
		properties = { "spring.config.location=classpath:recipes/gateway.yml", "GATEWAY_PORT=0" })
@Import(Gateway.class)
@DirtiesContext
@Timeout(30)
class GatewayTests {

	private static ServerSocket backend;

	@Value("${local.socket.gateway.port}")
	private int port;

	@DynamicPropertySource
	static void backend(DynamicPropertyRegistry registry) throws IOException {
		backend = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
		registry.add("BACKEND_PORT", backend::getLocalPort);
	}

	@AfterAll
	static void close() throws IOException {
		backend.close();
	}

	@Test
	void whatIsSaidIsPassedOnAndSoIsItsEnd() throws IOException {
		try (Socket client = connect(); Socket server = backend.accept()) {
			say(client, "question");
			assertThat(hear(server, 8)).isEqualTo("question");
			say(server, "answer");
			assertThat(hear(client, 6)).isEqualTo("answer");
			client.shutdownOutput();
			assertThat(server.getInputStream().read()).isEqualTo(-1);
			say(server, "last");
			server.shutdownOutput();
			assertThat(hear(client, 5)).isEqualTo("last");
		}
	}

	@Test
	void whenOneIsResetThenTheOtherEndsToo() throws IOException {
		try (Socket client = connect(); Socket server = backend.accept()) {
			server.setSoLinger(true, 0);
			server.close();
			assertThat(client.getInputStream().read()).isEqualTo(-1);
		}
		try (Socket client = connect(); Socket server = backend.accept()) {
			client.setSoLinger(true, 0);
			client.close();
			assertThat(server.getInputStream().read()).isEqualTo(-1);
		}
	}

	private Socket connect() throws IOException {
		Socket client = new Socket(InetAddress.getByName("127.0.0.1"), this.port);
		client.setSoTimeout(5000);
		return client;
	}

	private static void say(Socket socket, String text) throws IOException {
		socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
	}

	private static String hear(Socket socket, int most) throws IOException {
		return new String(socket.getInputStream().readNBytes(most), StandardCharsets.UTF_8);
	}

}
