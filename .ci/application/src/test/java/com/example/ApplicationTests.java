package com.example;

import dev.socketfactory.test.AutoConfigureTestSockets;
import dev.socketfactory.test.TestConnection;
import dev.socketfactory.test.TestSockets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

/**
 * Tests for {@link Application}.
 */
@SpringBootTest
@AutoConfigureTestSockets
@Timeout(60)
class ApplicationTests {

	@Autowired
	private TestSockets sockets;

	@Test
	void answersInCapitals() throws Exception {
		try (TestConnection client = this.sockets.connect("lines")) {
			client.sendLine("Hello").expectLine("HELLO");
		}
	}

}
