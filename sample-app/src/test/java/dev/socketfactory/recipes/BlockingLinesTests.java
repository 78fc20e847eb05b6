package dev.socketfactory.recipes;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.socketfactory.SocketFactories;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link BlockingLines}.
 */
@SpringBootTest(classes = RecipeApplication.class, webEnvironment = SpringBootTest.WebEnvironment.NONE,
		properties = { "spring.config.location=classpath:recipes/lines.yml", "LINES_PORT=0" })
@Import({ BlockingLines.class, BlockingLinesTests.Threads.class })
@DirtiesContext
@Timeout(30)
class BlockingLinesTests {

	@TempDir
	private static Path folder;

	@Autowired
	private SocketFactories factories;

	@Autowired
	private Threads threads;

	@DynamicPropertySource
	static void folder(DynamicPropertyRegistry registry) {
		registry.add("RUN_FOLDER", () -> folder.toString());
	}

	@ParameterizedTest
	@ValueSource(strings = { "lines", "lines-unix" })
	void everyLineIsAnsweredWhileOthersAreConnected(String factory) throws IOException {
		SocketAddress address = this.factories.get(factory).getLocalAddress();
		try (Lines idle = new Lines(address); Lines client = new Lines(address)) {
			assertThat(client.ask("one")).isEqualTo("ONE");
			assertThat(idle.ask("two")).isEqualTo("TWO");
			assertThat(client.ask("three")).isEqualTo("THREE");
		}
	}

	@Test
	void fileHasItsMode() throws IOException {
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("lines.sock"))))
			.isEqualTo("rw-rw----");
	}

	@Test
	void handlersRunOnVirtualThreadsWhereThereAreAny() throws IOException {
		new Lines(this.factories.get("lines").getLocalAddress()).close();
		Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !this.threads.names.isEmpty());
		String kind = (Runtime.version().feature() >= 21) ? "VirtualThread[" : "Thread[socket-";
		assertThat(this.threads.names).allMatch((name) -> name.startsWith(kind));
	}

	static class Threads {

		private final List<String> names = new CopyOnWriteArrayList<>();

		@EventListener
		void note(ConnectionAcceptedEvent event) {
			this.names.add(Thread.currentThread().toString());
		}

	}

}
