package dev.socketfactory.sample;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

import dev.socketfactory.SocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Rot13}.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "ROT13_PORT=0", "ECHO_PORT=0" })
@DirtiesContext
@Timeout(60)
class Rot13Tests {

	@TempDir
	private static Path folder;

	@Value("${local.socket.rot13.port}")
	private int port;

	@Autowired
	private SocketFactory rot13SocketFactory;

	@Autowired
	private SocketFactory rot13UnixSocketFactory;

	@DynamicPropertySource
	static void folder(DynamicPropertyRegistry registry) {
		registry.add("SAMPLE_FOLDER", () -> folder.toString());
	}

	@ParameterizedTest
	@CsvSource({ "abcxyz, nopklm", "'Hello, World!', 'Uryyb, Jbeyq!'", "'', ''", "äß€𝄞 1, äß€𝄞 1" })
	void lettersAreRotated(String text, String rotated) {
		assertThat(Rot13.rot13(text)).isEqualTo(rotated);
		assertThat(Rot13.rot13(rotated)).isEqualTo(text);
	}

	@Test
	void everyLineIsAnswered() throws IOException {
		try (Rot13Client client = new Rot13Client(this.port)) {
			assertThat(client.ask("Hello")).isEqualTo("Uryyb");
			assertThat(client.ask("")).isEmpty();
			client.send("a line");
			assertThat(client.ask(" in two parts")).isEqualTo("n yvar va gjb cnegf");
			assertThat(client.endOfInput()).isNull();
		}
	}

	@Test
	void everyLineIsAnsweredOverUnixSocketOfItsOwnerAlone() throws IOException {
		Path file = folder.resolve("rot13.sock");
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------");
		try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(file))) {
			client.write(ByteBuffer.wrap("Hello\n".getBytes(StandardCharsets.UTF_8)));
			client.shutdownOutput();
			String answer = new String(Channels.newInputStream(client).readAllBytes(), StandardCharsets.UTF_8);
			assertThat(answer).isEqualTo("Uryyb\n");
		}
		this.rot13UnixSocketFactory.stop();
		assertThat(file).doesNotExist();
		this.rot13UnixSocketFactory.start();
	}

	@Test
	void manyClientsAreServedAtOnce() throws IOException {
		List<Rot13Client> clients = new ArrayList<>();
		try {
			for (int i = 0; i < 50; i++) {
				clients.add(new Rot13Client(this.port));
			}
			for (Rot13Client client : clients) {
				assertThat(client.ask("same")).isEqualTo("fnzr");
			}
		}
		finally {
			for (Rot13Client client : clients) {
				client.close();
			}
		}
	}

	@Test
	void clientsThatVanishHarmNobody() throws IOException {
		try (Rot13Client witness = new Rot13Client(this.port)) {
			for (int i = 0; i < 20; i++) {
				Rot13Client client = new Rot13Client(this.port);
				client.send("half a li");
				client.reset();
			}
			assertThat(witness.ask("still")).isEqualTo("fgvyy");
		}
		assertThat(this.rot13SocketFactory.isRunning()).isTrue();
		assertThat(this.rot13SocketFactory.getLastFailure()).isNull();
	}

}
