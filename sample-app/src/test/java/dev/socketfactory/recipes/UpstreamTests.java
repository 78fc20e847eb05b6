package dev.socketfactory.recipes;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketState;
import dev.socketfactory.test.AutoConfigureTestSockets;
import dev.socketfactory.test.TestConnection;
import dev.socketfactory.test.TestSockets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Upstream}.
 */
@SpringBootTest(classes = RecipeApplication.class, webEnvironment = SpringBootTest.WebEnvironment.NONE,
		properties = "spring.config.location=classpath:recipes/upstream.yml")
@Import(Upstream.class)
@AutoConfigureTestSockets
@Timeout(30)
class UpstreamTests {

	@Autowired
	private Upstream upstream;

	@Autowired
	private TestSockets sockets;

	@Autowired
	private SocketFactory upstreamSocketFactory;

	@Test
	void everyQuestionIsAskedOnItsOwnConnection() throws Exception {
		for (String question : new String[] { "one", "two" }) {
			CompletableFuture<String> answer = this.upstream.ask(question);
			try (TestConnection server = this.sockets.peer("upstream")) {
				server.expectLine(question).sendLine(question + "?").expectEnd();
			}
			assertThat(answer.get(10, TimeUnit.SECONDS)).isEqualTo(question + "?");
		}
		assertThat(this.upstreamSocketFactory.getState()).isEqualTo(SocketState.NEW);
	}

	@Test
	void whenTheServerHangsUpThereIsNoAnswer() throws Exception {
		CompletableFuture<String> answer = this.upstream.ask("anybody there");
		this.sockets.peer("upstream").expectLine("anybody there").close();
		assertThat(answer.get(10, TimeUnit.SECONDS)).isNull();
	}

}
