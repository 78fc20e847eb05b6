package dev.socketfactory.sample;

import java.time.Duration;

import dev.socketfactory.test.AutoConfigureTestSockets;
import dev.socketfactory.test.TestConnection;
import dev.socketfactory.test.TestSockets;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Greeter}.
 */
@SpringBootTest
@AutoConfigureTestSockets
@ExtendWith(OutputCaptureExtension.class)
@Timeout(30)
class GreeterTests {

	@Autowired
	private TestSockets sockets;

	@Test
	void oneLineIsSaidAndItsAnswerLogged(CapturedOutput output) {
		try (TestConnection greeter = this.sockets.peer("greeter")) {
			greeter.expectLine("Hello, rot13").sendLine("Nice to meet you").expectEnd();
		}
		Awaitility.await()
			.atMost(Duration.ofSeconds(10))
			.untilAsserted(() -> assertThat(output.toString()).contains("Said 'Hello, rot13', got 'Nice to meet you'"));
	}

}
