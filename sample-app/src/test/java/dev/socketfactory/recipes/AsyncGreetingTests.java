package dev.socketfactory.recipes;

import java.io.IOException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import org.springframework.test.annotation.DirtiesContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link AsyncGreeting}.
 */
@SpringBootTest(classes = RecipeApplication.class, webEnvironment = SpringBootTest.WebEnvironment.NONE,
		properties = { "spring.config.location=classpath:recipes/greetings.yml", "GREETINGS_PORT=0" })
@Import(AsyncGreeting.class)
@DirtiesContext
@Timeout(30)
class AsyncGreetingTests {

	@Value("${local.socket.greetings.port}")
	private int port;

	@Test
	void handlerRunsOnThreadOfTheApplication() throws IOException {
		try (Lines client = Lines.connect(this.port)) {
			assertThat(client.hear()).startsWith("Hello from task-");
		}
	}

}
