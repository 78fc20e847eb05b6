package dev.socketfactory.sample;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;

import dev.socketfactory.event.SocketEventListener;

import org.springframework.stereotype.Component;

/**
 * Sends every datagram back to where it came from, until the factory is stopped.
 */
@Component
class DatagramEcho {

	@SocketEventListener("echo")
	void serve(DatagramChannel socket) throws IOException {
		ByteBuffer datagram = ByteBuffer.allocate(65536);
		while (true) {
			SocketAddress sender = socket.receive(datagram.clear());
			socket.send(datagram.flip(), sender);
		}
	}

}
