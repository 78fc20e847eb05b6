package dev.socketfactory.recipes;

import java.io.IOException;
import java.time.Duration;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Broadcast}.
 */
@Timeout(30)
class BroadcastTests {

	@Test
	void everyClientHearsEveryLineUntilItLeavesOrTheApplicationEnds() throws IOException {
		try (ConfigurableApplicationContext context = run(); Lines staying = connect(context)) {
			Broadcast broadcast = context.getBean(Broadcast.class);
			try (Lines leaving = connect(context)) {
				Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> broadcast.clients.size() == 2);
				broadcast.send("one");
				assertThat(leaving.hear()).isEqualTo("one");
			}
			Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> {
				broadcast.send("two");
				return broadcast.clients.size() == 1;
			});
			assertThat(staying.hear()).isEqualTo("one");
			assertThat(staying.hear()).isEqualTo("two");
			long closing = System.nanoTime();
			context.close();
			assertThat(Duration.ofNanos(System.nanoTime() - closing)).isLessThan(Duration.ofSeconds(5));
			Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> staying.hear() == null);
		}
	}

	private static ConfigurableApplicationContext run() {
		return new SpringApplicationBuilder(RecipeApplication.class, Broadcast.class).web(WebApplicationType.NONE)
			.run("--spring.config.location=classpath:recipes/broadcast.yml", "--BROADCAST_PORT=0");
	}

	private static Lines connect(ConfigurableApplicationContext context) throws IOException {
		return Lines
			.connect(context.getEnvironment().getRequiredProperty("local.socket.broadcast.port", Integer.class));
	}

}
