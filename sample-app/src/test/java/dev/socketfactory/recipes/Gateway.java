package dev.socketfactory.recipes;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import dev.socketfactory.SocketConnection;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.event.SocketEventListener;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * Connects each client to the server behind the gateway, and passes on what they say.
 */
@Component
class Gateway implements DisposableBean {

	private final SocketFactory backend;

	private final ExecutorService answers = Executors.newCachedThreadPool();

	Gateway(SocketFactory backendSocketFactory) {
		this.backend = backendSocketFactory;
	}

	@SocketEventListener("gateway")
	void relay(SocketConnection client) throws IOException {
		try (SocketConnection server = this.backend.connect().join()) {
			CompletableFuture<Void> answered = CompletableFuture.runAsync(() -> answer(server, client), this.answers);
			copy(client, server);
			answered.join();
		}
	}

	private static void answer(SocketConnection server, SocketConnection client) {
		try {
			copy(server, client);
		}
		catch (IOException ex) {
			// One of them has gone: so is the other one's connection
			close(server);
			close(client);
		}
	}

	private static void copy(SocketConnection from, SocketConnection to) throws IOException {
		from.getInputStream().transferTo(to.getOutputStream());
		to.shutdownOutput();
	}

	private static void close(SocketConnection connection) {
		try {
			connection.close();
		}
		catch (IOException ex) {
			// It is gone already
		}
	}

	@Override
	public void destroy() {
		this.answers.shutdownNow();
	}

}
