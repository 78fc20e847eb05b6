package dev.socketfactory.recipes;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

import dev.socketfactory.SocketFactory;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mockito.Mockito;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How a handler is tested without an application.
 */
@Timeout(30)
class LinesHandlerTests {

	private final SocketFactory factory = Mockito.mock(SocketFactory.class);

	@Test
	void answersALine() throws IOException {
		InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
		try (ServerSocketChannel listener = ServerSocketChannel.open().bind(loopback);
				SocketChannel client = SocketChannel.open(listener.getLocalAddress())) {
			client.write(StandardCharsets.UTF_8.encode("Hello\n"));
			client.shutdownOutput();
			new BlockingLines().serve(new ConnectionAcceptedEvent(this.factory, "lines.success", listener.accept(),
					client.getLocalAddress()));
			BufferedReader in = new BufferedReader(Channels.newReader(client, StandardCharsets.UTF_8));
			assertThat(in.readLine()).isEqualTo("HELLO");
			assertThat(in.readLine()).as("what follows the answer, the end").isNull();
		}
	}

}
