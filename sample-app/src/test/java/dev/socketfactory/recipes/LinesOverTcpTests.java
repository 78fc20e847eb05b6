package dev.socketfactory.recipes;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import org.springframework.test.annotation.DirtiesContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How an application is tested on a real socket.
 */
@SpringBootTest(classes = RecipeApplication.class,
		properties = { "spring.config.location=optional:file:none/", "spring.main.web-application-type=none",
				"socket-factory.listeners.lines.bind=127.0.0.1:0" })
@Import(BlockingLines.class)
@DirtiesContext
@Timeout(30)
class LinesOverTcpTests {

	@Value("${local.socket.lines.port}")
	private int port;

	@Test
	void answersALine() throws IOException {
		try (Socket client = new Socket(InetAddress.getLoopbackAddress(), this.port)) {
			client.setSoTimeout(5000);
			client.getOutputStream().write("Hello\n".getBytes(StandardCharsets.UTF_8));
			BufferedReader in = new BufferedReader(
					new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
			assertThat(in.readLine()).isEqualTo("HELLO");
		}
	}

}
