package dev.socketfactory.sample;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

import dev.socketfactory.SocketFactory;
import dev.socketfactory.test.AutoConfigureTestSockets;
import dev.socketfactory.test.TestConnection;
import dev.socketfactory.test.TestSockets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Rot13}.
 */
@SpringBootTest
@AutoConfigureTestSockets
@Timeout(60)
class Rot13Tests {

	@Autowired
	private TestSockets sockets;

	@Autowired
	private SocketFactory rot13SocketFactory;

	@Autowired
	private SocketFactory rot13UnixSocketFactory;

	@ParameterizedTest
	@CsvSource({ "abcxyz, nopklm", "'Hello, World!', 'Uryyb, Jbeyq!'", "'', ''", "äß€𝄞 1, äß€𝄞 1" })
	void lettersAreRotated(String text, String rotated) {
		assertThat(Rot13.rot13(text)).isEqualTo(rotated);
		assertThat(Rot13.rot13(rotated)).isEqualTo(text);
	}

	@Test
	void everyLineIsAnswered() {
		try (TestConnection client = this.sockets.connect("rot13")) {
			client.sendLine("Hello").expectLine("Uryyb").sendLine("").expectLine("");
			client.send("a line").sendLine(" in two parts").expectLine("n yvar va gjb cnegf");
			client.closeOutput().expectEnd();
		}
	}

	@Test
	void everyLineIsAnsweredOverUnixSocketOfItsOwnerAlone() throws IOException {
		UnixDomainSocketAddress address = (UnixDomainSocketAddress) this.rot13UnixSocketFactory.getLocalAddress();
		Path file = address.getPath();
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
		try (TestConnection client = this.sockets.connect("rot13-unix")) {
			client.sendLine("Hello").closeOutput().expectLine("Uryyb").expectEnd();
		}
		this.rot13UnixSocketFactory.stop();
		assertThat(file).doesNotExist();
		this.rot13UnixSocketFactory.start();
	}

	@Test
	void manyClientsAreServedAtOnce() {
		List<TestConnection> clients = new ArrayList<>();
		try {
			for (int i = 0; i < 50; i++) {
				clients.add(this.sockets.connect("rot13"));
			}
			clients.forEach((client) -> client.sendLine("same").expectLine("fnzr"));
		}
		finally {
			clients.forEach(TestConnection::close);
		}
	}

	@Test
	void clientsThatVanishHarmNobody() {
		try (TestConnection witness = this.sockets.connect("rot13")) {
			for (int i = 0; i < 20; i++) {
				this.sockets.connect("rot13").send("half a li").reset();
			}
			witness.sendLine("still").expectLine("fgvyy");
		}
		assertThat(this.rot13SocketFactory.isRunning()).isTrue();
		assertThat(this.rot13SocketFactory.getLastFailure()).isNull();
	}

}
