package dev.socketfactory.recipes;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import dev.socketfactory.SocketConnection;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.event.SocketEventListener;

import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

@Component
class Broadcast {

	final Set<SocketConnection> clients = ConcurrentHashMap.newKeySet();

	private volatile boolean ended;

	@SocketEventListener("broadcast")
	void join(ConnectionAcceptedEvent event) {
		SocketConnection client = event.claimConnection();
		this.clients.add(client);
		if (this.ended) {
			leave(client);
		}
	}

	synchronized void send(String line) {
		for (SocketConnection client : this.clients) {
			try {
				client.writer().append(line).append('\n').flush();
			}
			catch (IOException ex) {
				leave(client);
			}
		}
	}

	@EventListener(ContextClosedEvent.class)
	void end() {
		this.ended = true;
		this.clients.forEach(this::leave);
	}

	private void leave(SocketConnection client) {
		this.clients.remove(client);
		try {
			client.close();
		}
		catch (IOException ex) {
			// It is closed all the same
		}
	}

}
