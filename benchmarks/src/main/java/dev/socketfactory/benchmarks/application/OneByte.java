package dev.socketfactory.benchmarks.application;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.event.SocketEventListener;

/**
 * Writes one byte to every client of every listener.
 */
class OneByte {

	@SocketEventListener
	void answer(ConnectionAcceptedEvent event) throws IOException {
		try (SocketChannel channel = event.claimChannel()) {
			channel.write(ByteBuffer.wrap(new byte[] { 'x' }));
		}
	}

}
