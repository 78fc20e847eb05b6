package dev.socketfactory.recipes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;

import dev.socketfactory.SocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PeerCredentials}.
 */
@SpringBootTest(classes = RecipeApplication.class, webEnvironment = SpringBootTest.WebEnvironment.NONE,
		properties = { "spring.config.location=classpath:recipes/lines.yml", "LINES_PORT=0" })
@Import(PeerCredentials.class)
@DirtiesContext
@Timeout(30)
class PeerCredentialsTests {

	@TempDir
	private static Path folder;

	@Autowired
	private SocketFactory linesUnixSocketFactory;

	@DynamicPropertySource
	static void folder(DynamicPropertyRegistry registry) {
		registry.add("RUN_FOLDER", () -> folder.toString());
	}

	@Test
	void clientIsToldWhoItIs() throws IOException {
		Path own = Files.createFile(folder.resolve("own"));
		PosixFileAttributes attributes = Files.readAttributes(own, PosixFileAttributes.class);
		try (Lines client = new Lines(this.linesUnixSocketFactory.getLocalAddress())) {
			assertThat(client.hear()).isEqualTo(
					"You are %s of the group %s".formatted(attributes.owner().getName(), attributes.group().getName()));
		}
	}

}
