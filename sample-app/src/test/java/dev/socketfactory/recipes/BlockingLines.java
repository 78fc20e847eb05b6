package dev.socketfactory.recipes;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.util.Locale;

import dev.socketfactory.SocketConnection;
import dev.socketfactory.event.SocketEventListener;

import org.springframework.stereotype.Component;

@Component
class BlockingLines {

	@SocketEventListener({ "lines", "lines-unix" })
	void serve(SocketConnection client) throws IOException {
		BufferedReader in = client.reader();
		Writer out = client.writer();
		for (String line = in.readLine(); line != null; line = in.readLine()) {
			out.write(line.toUpperCase(Locale.ROOT) + "\n");
			out.flush();
		}
	}

}
