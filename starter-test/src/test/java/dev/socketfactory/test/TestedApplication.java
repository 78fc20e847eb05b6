package dev.socketfactory.test;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import dev.socketfactory.SocketConnection;
import dev.socketfactory.event.ConnectionEstablishedEvent;
import dev.socketfactory.event.DatagramSocketOpenedEvent;
import dev.socketfactory.event.SocketEventListener;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;

/**
 * An application with sockets of every kind, none of which could be opened as declared.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
class TestedApplication {

	final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

	@SocketEventListener({ "lines", "lines-v6", "lines-unix", "secure", "secure-unix", "mutual" })
	void serve(SocketConnection client) throws IOException {
		BufferedReader in = client.reader();
		Writer out = client.writer();
		for (String line = in.readLine(); line != null; line = in.readLine()) {
			out.write(line.toUpperCase(Locale.ROOT) + "\n");
			out.flush();
		}
	}

	@SocketEventListener({ "upstream", "upstream-unix", "upstream-tls", "own", "own-unix" })
	void ask(ConnectionEstablishedEvent event) throws IOException {
		try (SocketConnection server = event.claimConnection()) {
			Writer out = server.writer();
			out.write("ping\n");
			out.flush();
			String answer = server.reader().readLine();
			if (answer != null) {
				this.answers.add(answer);
			}
		}
	}

	@SocketEventListener("echo")
	void echo(DatagramChannel socket) throws IOException {
		ByteBuffer buffer = ByteBuffer.allocate(1000);
		while (socket.isOpen()) {
			SocketAddress sender = socket.receive(buffer.clear());
			socket.send(buffer.flip(), sender);
		}
	}

	@SocketEventListener("news")
	void subscribe(DatagramSocketOpenedEvent event) throws IOException {
		try (DatagramChannel socket = event.claimBlockingChannel()) {
			socket.write(StandardCharsets.UTF_8.encode("subscribe"));
			ByteBuffer buffer = ByteBuffer.allocate(1000);
			socket.read(buffer);
			this.answers.add(StandardCharsets.UTF_8.decode(buffer.flip()).toString());
		}
	}

}
