package dev.socketfactory.sample;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;

import dev.socketfactory.SocketState;
import dev.socketfactory.event.DatagramSocketOpenedEvent;
import dev.socketfactory.event.SocketEventListener;
import dev.socketfactory.event.SocketStateEvent;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * Logs every datagram that a process of this machine sends to the UNIX socket.
 */
@Component
class DatagramLog {

	private static final Log logger = LogFactory.getLog(DatagramLog.class);

	private volatile @Nullable DatagramChannel socket;

	@SocketEventListener(factory = "log")
	void serve(DatagramSocketOpenedEvent event) throws IOException {
		ByteBuffer datagram = ByteBuffer.allocate(65536);
		try (DatagramChannel channel = event.claimBlockingChannel()) {
			this.socket = channel;
			while (event.getSource().isRunning()) {
				channel.receive(datagram.clear());
				if (channel.isOpen()) { // junixsocket just returns when it is closed
					logger.info(StandardCharsets.UTF_8.decode(datagram.flip()).toString().stripTrailing());
				}
			}
		}
		catch (ClosedChannelException ex) {
			// stopped() has closed it
		}
	}

	@SocketEventListener(factory = "log")
	void stopped(SocketStateEvent event) throws IOException {
		DatagramChannel channel = this.socket;
		if (event.getState() == SocketState.STOPPED && channel != null && !event.getSource().isRunning()) {
			channel.close();
		}
	}

}
