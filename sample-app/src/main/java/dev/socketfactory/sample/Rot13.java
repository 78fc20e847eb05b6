package dev.socketfactory.sample;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.event.SocketEventListener;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.stereotype.Component;

/**
 * Answers every line of a client with the same line in rot13.
 */
@Component
class Rot13 {

	private static final Log logger = LogFactory.getLog(Rot13.class);

	@SocketEventListener(factory = { "rot13", "rot13-unix" })
	void serve(ConnectionAcceptedEvent event) {
		try (SocketChannel client = event.claimBlockingChannel()) {
			BufferedReader in = new BufferedReader(Channels.newReader(client, StandardCharsets.UTF_8));
			Writer out = Channels.newWriter(client, StandardCharsets.UTF_8);
			for (String line = in.readLine(); line != null; line = in.readLine()) {
				out.write(rot13(line) + "\n");
				out.flush();
			}
		}
		catch (IOException ex) {
			logger.info("Client %s has gone: %s".formatted(event.getRemoteAddress(), ex));
		}
	}

	static String rot13(String text) {
		return text.codePoints()
			.map(Rot13::rotate)
			.collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
			.toString();
	}

	private static int rotate(int letter) {
		if (letter >= 'a' && letter <= 'z') {
			return 'a' + (letter - 'a' + 13) % 26;
		}
		if (letter >= 'A' && letter <= 'Z') {
			return 'A' + (letter - 'A' + 13) % 26;
		}
		return letter;
	}

}
