package dev.socketfactory.recipes;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;

import dev.socketfactory.SocketConnection;
import dev.socketfactory.event.SocketEventListener;
import dev.socketfactory.event.SocketFailureEvent;
import dev.socketfactory.event.SocketStateEvent;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.stereotype.Component;

@Component
class Handlers {

	private static final Log logger = LogFactory.getLog(Handlers.class);

	@SocketEventListener("greetings")
	void greet(SocketConnection client) throws IOException {
		client.writer().append("Hello\n").flush();
	}

	@SocketEventListener("beacon")
	void receive(DatagramChannel socket) throws IOException {
		ByteBuffer datagram = ByteBuffer.allocate(65536);
		while (true) {
			socket.receive(datagram.clear());
			logger.info("Got %d bytes".formatted(datagram.position()));
		}
	}

	@SocketEventListener("greetings")
	void failed(SocketFailureEvent event) {
		logger.warn("It is tried again in %s".formatted(event.getFailure().retryIn()));
	}

	@SocketEventListener
	void changed(SocketStateEvent event) {
		logger.info("%s: %s %s".formatted(event.getFactoryName(), event.getState(), event.getPauseReasons()));
	}

}
