package dev.socketfactory.recipes;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import dev.socketfactory.SocketFactory;
import dev.socketfactory.event.ConnectionAcceptedEvent;
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

	@SocketEventListener(factory = "gateway")
	void relay(ConnectionAcceptedEvent event) throws IOException {
		try (SocketChannel client = event.claimBlockingChannel();
				SocketChannel server = this.backend.connect().join()) {
			server.configureBlocking(true);
			CompletableFuture<Void> answered = CompletableFuture.runAsync(() -> answer(server, client), this.answers);
			copy(client, server);
			answered.join();
		}
	}

	private static void answer(SocketChannel server, SocketChannel client) {
		try {
			copy(server, client);
		}
		catch (IOException ex) {
			// One of them has gone: so is the other one's connection
			close(server);
			close(client);
		}
	}

	private static void copy(SocketChannel from, SocketChannel to) throws IOException {
		ByteBuffer bytes = ByteBuffer.allocateDirect(8192);
		while (from.read(bytes.clear()) >= 0) {
			to.write(bytes.flip());
		}
		to.shutdownOutput();
	}

	private static void close(SocketChannel channel) {
		try {
			channel.close();
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
