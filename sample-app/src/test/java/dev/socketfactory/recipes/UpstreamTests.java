package dev.socketfactory.recipes;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketFailureException;
import dev.socketfactory.SocketState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Upstream}.
 */
@SpringBootTest(classes = RecipeApplication.class, webEnvironment = SpringBootTest.WebEnvironment.NONE,
		properties = "spring.config.location=classpath:recipes/upstream.yml")
@Import(Upstream.class)
@DirtiesContext
@Timeout(30)
class UpstreamTests {

	private static ServerSocket server;

	@Autowired
	private Upstream upstream;

	@Autowired
	private SocketFactory upstreamSocketFactory;

	@DynamicPropertySource
	static void server(DynamicPropertyRegistry registry) throws IOException {
		server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
		registry.add("UPSTREAM_PORT", server::getLocalPort);
	}

	@Test
	void everyQuestionHasConnectionOfItsOwnUntilNobodyListens() throws Exception {
		for (String question : new String[] { "one", "two" }) {
			CompletableFuture<String> answer = this.upstream.ask(question);
			answerOne();
			assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo(question + "?");
		}
		assertThat(this.upstreamSocketFactory.getState()).isEqualTo(SocketState.NEW);
		server.close();
		assertThatExceptionOfType(ExecutionException.class)
			.isThrownBy(() -> this.upstream.ask("three").get(10, TimeUnit.SECONDS))
			.havingCause()
			.isInstanceOfSatisfying(SocketFailureException.class, (failure) -> {
				assertThat(failure.getFailure().operation()).isEqualTo("connect");
				assertThat(failure.getFailure().errnoName()).isEqualTo("ECONNREFUSED");
			});
	}

	private static void answerOne() throws IOException {
		try (Socket client = server.accept()) {
			BufferedReader in = new BufferedReader(
					new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
			client.getOutputStream().write((in.readLine() + "?\n").getBytes(StandardCharsets.UTF_8));
		}
	}

}
