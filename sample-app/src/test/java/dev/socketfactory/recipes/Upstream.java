package dev.socketfactory.recipes;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

import dev.socketfactory.SocketFactory;

import org.springframework.stereotype.Component;

@Component
class Upstream {

	private final SocketFactory factory;

	Upstream(SocketFactory upstreamSocketFactory) {
		this.factory = upstreamSocketFactory;
	}

	CompletableFuture<String> ask(String question) {
		return this.factory.connect().thenApplyAsync((server) -> ask(server, question));
	}

	private static String ask(SocketChannel server, String question) {
		try (server) {
			server.configureBlocking(true);
			Writer out = Channels.newWriter(server, StandardCharsets.UTF_8);
			out.write(question + "\n");
			out.flush();
			return new BufferedReader(Channels.newReader(server, StandardCharsets.UTF_8)).readLine();
		}
		catch (IOException ex) {
			throw new IllegalStateException("No answer", ex);
		}
	}

}
