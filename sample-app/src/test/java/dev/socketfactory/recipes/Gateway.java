package dev.socketfactory.recipes;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;

import dev.socketfactory.SocketConnection;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.event.SocketEventListener;

import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.stereotype.Component;

@Component
class Gateway {

	private final SocketFactory backend;

	private final AsyncTaskExecutor answers = new SimpleAsyncTaskExecutor("answers-");

	Gateway(SocketFactory backendSocketFactory) {
		this.backend = backendSocketFactory;
	}

	@SocketEventListener("gateway")
	void relay(SocketConnection client) throws IOException {
		try (SocketConnection server = this.backend.connect().join()) {
			CompletableFuture<?> answered = this.answers.submitCompletable(() -> answer(server, client));
			copy(client, server);
			answered.join();
		}
	}

	private static long answer(SocketConnection server, SocketConnection client) throws IOException {
		try {
			return copy(server, client);
		}
		catch (IOException ex) {
			// One of them has broken off: so does the other one's connection
			try (server; client) {
				throw ex;
			}
		}
	}

	private static long copy(SocketConnection from, SocketConnection to) throws IOException {
		long count = from.getInputStream().transferTo(to.getOutputStream());
		to.shutdownOutput();
		return count;
	}

}
