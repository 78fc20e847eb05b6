package dev.socketfactory.sample;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

import dev.socketfactory.SocketFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.newsclub.net.unix.AFUNIXDatagramChannel;
import org.newsclub.net.unix.AFUNIXSocketAddress;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DatagramLog}.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.NONE, properties = { "ROT13_PORT=0", "ECHO_PORT=0" })
@ExtendWith(OutputCaptureExtension.class)
@DirtiesContext
@Timeout(30)
class DatagramLogTests {

	@TempDir
	private static Path folder;

	@Autowired
	private SocketFactory logSocketFactory;

	@DynamicPropertySource
	static void folder(DynamicPropertyRegistry registry) {
		registry.add("SAMPLE_FOLDER", () -> folder.toString());
	}

	@Test
	void everyDatagramIsLoggedAlsoAfterRestart(CapturedOutput output) throws IOException {
		send("a line\n");
		await(output, "DatagramLog     : a line\n");
		this.logSocketFactory.stop();
		assertThat(folder.resolve("sample-log.sock")).doesNotExist();
		this.logSocketFactory.start();
		send("another one");
		await(output, "DatagramLog     : another one\n");
		assertThat(output).doesNotContain("ERROR", "DatagramLog     : \n");
	}

	private static void send(String text) throws IOException {
		try (AFUNIXDatagramChannel client = AFUNIXDatagramChannel.open()) {
			client.send(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)),
					AFUNIXSocketAddress.of(folder.resolve("sample-log.sock")));
		}
	}

	private static void await(CapturedOutput output, String text) {
		Awaitility.await()
			.atMost(Duration.ofSeconds(10))
			.untilAsserted(() -> assertThat(output.toString()).contains(text));
	}

}
