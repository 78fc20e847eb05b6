package dev.socketfactory.recipes;

import java.time.Duration;

import dev.socketfactory.test.AutoConfigureTestSockets;
import dev.socketfactory.test.TestConnection;
import dev.socketfactory.test.TestSockets;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;

/**
 * How an application is tested on a real socket.
 */
@SpringBootTest(classes = RecipeApplication.class, properties = "spring.config.location=classpath:recipes/lines.yml")
@Import(BlockingLines.class)
@AutoConfigureTestSockets
class LinesOverTcpTests {

	@Autowired
	private TestSockets sockets;

	@Test
	void everyLineIsAnswered() {
		try (TestConnection client = this.sockets.connect("lines")) {
			client.sendLine("Hello").expectLine("HELLO").expectNothingFor(Duration.ofMillis(100));
			client.closeOutput().expectEnd();
		}
	}

}
