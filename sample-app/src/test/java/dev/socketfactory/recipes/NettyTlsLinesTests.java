package dev.socketfactory.recipes;

import java.io.IOException;
import java.nio.file.Path;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link NettyTlsLines}.
 */
@SpringBootTest(classes = RecipeApplication.class, webEnvironment = SpringBootTest.WebEnvironment.NONE,
		properties = { "spring.config.location=classpath:recipes/lines.yml,classpath:recipes/lines-bundle.yml,"
				+ "classpath:recipes/netty-tls.yml", "LINES_PORT=0", "LINES_TLS_PORT=0" })
@Import({ NettyLines.class, NettyTlsLines.class })
@DirtiesContext
@Timeout(60)
class NettyTlsLinesTests {

	@TempDir
	private static Path folder;

	private static Certificate certificate;

	@Value("${local.socket.lines-netty-tls.port}")
	private int port;

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

}
