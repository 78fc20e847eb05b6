package dev.socketfactory.recipes;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.event.SocketEventListener;

import org.springframework.stereotype.Component;

@Component
class BlockingLines {

	@SocketEventListener(factory = { "lines", "lines-unix" })
	void serve(ConnectionAcceptedEvent event) throws IOException {
		try (SocketChannel client = event.claimBlockingChannel()) {
			BufferedReader in = new BufferedReader(Channels.newReader(client, StandardCharsets.UTF_8));
			Writer out = Channels.newWriter(client, StandardCharsets.UTF_8);
			for (String line = in.readLine(); line != null; line = in.readLine()) {
				out.write(line.toUpperCase(Locale.ROOT) + "\n");
				out.flush();
			}
		}
	}

}
