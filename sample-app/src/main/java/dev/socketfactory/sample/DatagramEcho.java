package dev.socketfactory.sample;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;

import dev.socketfactory.SocketState;
import dev.socketfactory.event.DatagramSocketOpenedEvent;
import dev.socketfactory.event.SocketEventListener;
import dev.socketfactory.event.SocketStateEvent;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Sends every datagram back to where it came from.
 */
@Component
class DatagramEcho {

	private volatile @Nullable DatagramChannel socket;

	@SocketEventListener(factory = "echo")
	void serve(DatagramSocketOpenedEvent event) throws IOException {
		ByteBuffer datagram = ByteBuffer.allocate(65536);
		try (DatagramChannel channel = event.claimBlockingChannel()) {
			this.socket = channel;
			while (event.getSource().isRunning()) {
				SocketAddress sender = channel.receive(datagram.clear());
				channel.send(datagram.flip(), sender);
			}
		}
		catch (ClosedChannelException ex) {
			// stopped() has closed it
		}
	}

	@SocketEventListener(factory = "echo")
	void stopped(SocketStateEvent event) throws IOException {
		DatagramChannel channel = this.socket;
		if (event.getState() == SocketState.STOPPED && channel != null && !event.getSource().isRunning()) {
			channel.close();
		}
	}

}
