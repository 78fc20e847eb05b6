package dev.socketfactory.sample;

import java.time.Duration;

import dev.socketfactory.test.AutoConfigureTestSockets;
import dev.socketfactory.test.TestConnection;
import dev.socketfactory.test.TestSockets;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

@SpringBootTest
@AutoConfigureTestSockets
class Rot13OverTcpTests {

	@Autowired
	private TestSockets sockets;

	@Test
	void everyLineIsAnswered() {
		try (TestConnection client = this.sockets.connect("rot13")) {
			client.sendLine("Hello").expectLine("Uryyb").expectNothingFor(Duration.ofMillis(100));
			client.closeOutput().expectEnd();
		}
	}

}
