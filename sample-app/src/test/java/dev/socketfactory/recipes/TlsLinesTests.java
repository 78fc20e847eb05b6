package dev.socketfactory.recipes;

import java.io.IOException;
import java.nio.file.Path;

import dev.socketfactory.SocketFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link BlockingLines} over TLS.
 */
@SpringBootTest(classes = RecipeApplication.class, webEnvironment = SpringBootTest.WebEnvironment.NONE,
		properties = { "spring.config.location=classpath:recipes/lines.yml,classpath:recipes/lines-bundle.yml,"
				+ "classpath:recipes/tls-lines.yml", "LINES_PORT=0" })
@Import(BlockingLines.class)
@DirtiesContext
@Timeout(60)
class TlsLinesTests {

	@TempDir
	private static Path folder;

	private static Certificate certificate;

	@Value("${local.socket.lines.port}")
	private int port;

	@Autowired
	private SocketFactory linesUnixSocketFactory;

	@BeforeAll
	static void makeCertificate() throws IOException, InterruptedException {
		certificate = Certificate.in(folder);
	}

	@DynamicPropertySource
	static void folder(DynamicPropertyRegistry registry) {
		registry.add("RUN_FOLDER", () -> folder.toString());
	}

	@Test
	void everyLineIsAnsweredToClientThatChecksTheCertificate() throws IOException {
		try (TlsLinesClient client = new TlsLinesClient(certificate, this.port)) {
			assertThat(client.ask("one")).isEqualTo("ONE");
			assertThat(client.ask("two")).isEqualTo("TWO");
			assertThat(client.protocol()).isEqualTo("TLSv1.3");
		}
	}

	@Test
	void whoeverSpeaksPlainTextIsTurnedAwayAndTheNextOneServed() throws IOException {
		try (Lines plain = Lines.connect(this.port)) {
			assertThat(plain.ask("one two three")).isNotEqualTo("ONE TWO THREE");
		}
		everyLineIsAnsweredToClientThatChecksTheCertificate();
	}

	@Test
	void sameHandlerServesThoseWithoutTls() throws IOException {
		try (Lines plain = new Lines(this.linesUnixSocketFactory.getLocalAddress())) {
			assertThat(plain.ask("one")).isEqualTo("ONE");
		}
	}

}
