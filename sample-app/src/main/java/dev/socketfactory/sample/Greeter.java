package dev.socketfactory.sample;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

import dev.socketfactory.event.ConnectionEstablishedEvent;
import dev.socketfactory.event.SocketEventListener;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.stereotype.Component;

/**
 * Says one line to the rot13 listener and logs the answer.
 */
@Component
class Greeter {

	private static final Log logger = LogFactory.getLog(Greeter.class);

	@SocketEventListener(factory = "greeter")
	void greet(ConnectionEstablishedEvent event) throws IOException {
		try (SocketChannel server = event.claimBlockingChannel()) {
			Writer out = Channels.newWriter(server, StandardCharsets.UTF_8);
			out.write("Hello, rot13\n");
			out.flush();
			BufferedReader in = new BufferedReader(Channels.newReader(server, StandardCharsets.UTF_8));
			logger.info("Said 'Hello, rot13', got '%s'".formatted(in.readLine()));
		}
	}

}
