package dev.socketfactory.recipes;

import java.io.IOException;
import java.io.Writer;
import java.util.concurrent.CompletableFuture;

import dev.socketfactory.SocketConnection;
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

	private static String ask(SocketConnection server, String question) {
		try (server) {
			Writer out = server.writer();
			out.write(question + "\n");
			out.flush();
			return server.reader().readLine();
		}
		catch (IOException ex) {
			throw new IllegalStateException("No answer", ex);
		}
	}

}
