package dev.socketfactory.sample;

import java.io.IOException;
import java.io.Writer;

import dev.socketfactory.SocketConnection;
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

	@SocketEventListener("greeter")
	void greet(SocketConnection server) throws IOException {
		Writer out = server.writer();
		out.write("Hello, rot13\n");
		out.flush();
		logger.info("Said 'Hello, rot13', got '%s'".formatted(server.reader().readLine()));
	}

}
