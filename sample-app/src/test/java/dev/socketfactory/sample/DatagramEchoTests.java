package dev.socketfactory.sample;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

import dev.socketfactory.SocketFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DatagramEcho}.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.NONE, properties = { "ROT13_PORT=0", "ECHO_PORT=0" })
@DirtiesContext
@Timeout(30)
class DatagramEchoTests {

	@TempDir
	private static Path folder;

	@Autowired
	private SocketFactory echoSocketFactory;

	@DynamicPropertySource
	static void folder(DynamicPropertyRegistry registry) {
		registry.add("SAMPLE_FOLDER", () -> folder.toString());
	}

	@Test
	void everyDatagramComesBack() throws IOException {
		try (DatagramSocket client = client()) {
			assertThat(echo(client, "Hello")).isEqualTo("Hello");
			assertThat(echo(client, "")).isEmpty();
			assertThat(echo(client, "x".repeat(60_000))).hasSize(60_000);
		}
	}

	@Test
	void whenStoppedHandlerEndsAndItsPortIsFreeUntilStartedAgain() throws IOException {
		InetSocketAddress address = address();
		this.echoSocketFactory.stop();
		assertThat(this.echoSocketFactory.getLocalAddress()).isNull();
		Awaitility.await()
			.atMost(Duration.ofSeconds(10))
			.ignoreException(IOException.class)
			.untilAsserted(() -> new DatagramSocket(address).close());
		this.echoSocketFactory.start();
		everyDatagramComesBack();
	}

	private InetSocketAddress address() {
		InetSocketAddress address = (InetSocketAddress) this.echoSocketFactory.getLocalAddress();
		assertThat(address).isNotNull();
		return address;
	}

	private static DatagramSocket client() throws IOException {
		DatagramSocket client = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"));
		client.setSoTimeout(20_000);
		return client;
	}

	private String echo(DatagramSocket client, String text) throws IOException {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		client.send(new DatagramPacket(bytes, bytes.length, address()));
		DatagramPacket answer = new DatagramPacket(new byte[65536], 65536);
		client.receive(answer);
		return new String(answer.getData(), 0, answer.getLength(), StandardCharsets.UTF_8);
	}

}
