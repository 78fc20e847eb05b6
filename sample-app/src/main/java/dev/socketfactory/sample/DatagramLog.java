package dev.socketfactory.sample;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;

import dev.socketfactory.event.SocketEventListener;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.stereotype.Component;

/**
 * Logs every datagram that a process of this machine sends to the UNIX socket.
 */
@Component
class DatagramLog {

	private static final Log logger = LogFactory.getLog(DatagramLog.class);

	@SocketEventListener("log")
	void serve(DatagramChannel socket) throws IOException {
		ByteBuffer datagram = ByteBuffer.allocate(65536);
		socket.receive(datagram);
		while (socket.isOpen()) { // junixsocket just returns when it is closed
			logger.info(StandardCharsets.UTF_8.decode(datagram.flip()).toString().stripTrailing());
			socket.receive(datagram.clear());
		}
	}

}
