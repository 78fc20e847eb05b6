package dev.socketfactory.recipes;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.socketfactory.SocketFactories;
import dev.socketfactory.engine.ManagedSocketFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link NettyLines}.
 */
@SpringBootTest(classes = RecipeApplication.class, webEnvironment = SpringBootTest.WebEnvironment.NONE,
		properties = { "spring.config.location=classpath:recipes/lines.yml", "LINES_PORT=0" })
@Import(NettyLines.class)
@DirtiesContext
@Timeout(30)
class NettyLinesTests {

	@TempDir
	private static Path folder;

	@Autowired
	private SocketFactories factories;

	@DynamicPropertySource
	static void folder(DynamicPropertyRegistry registry) {
		registry.add("RUN_FOLDER", () -> folder.toString());
	}

	@ParameterizedTest
	@ValueSource(strings = { "lines", "lines-unix" })
	void everyLineIsAnswered(String factory) throws IOException {
		SocketAddress address = this.factories.get(factory).getLocalAddress();
		List<Lines> clients = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			clients.add(new Lines(address));
		}
		for (Lines client : clients) {
			assertThat(client.ask("one")).isEqualTo("ONE");
			assertThat(client.ask("two")).isEqualTo("TWO");
			client.close();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "lines", "lines-unix" })
	void factoryNoticesThatNettyHasClosed(String factory) throws IOException {
		ManagedSocketFactory lines = (ManagedSocketFactory) this.factories.get(factory);
		try (Lines client = new Lines(lines.getLocalAddress())) {
			assertThat(client.ask("one")).isEqualTo("ONE");
		}
		Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> lines.getStatus().connections().active() == 0);
	}

}
