package dev.socketfactory.health;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.List;

import dev.socketfactory.PauseReason;
import dev.socketfactory.SocketFactories;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.autoconfigure.SocketFactoryAutoConfiguration;
import dev.socketfactory.autoconfigure.SocketFactoryHealthContributorAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthContributors;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SocketsHealthContributor} and its auto-configuration.
 */
class SocketsHealthContributorTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketFactoryAutoConfiguration.class,
				SocketFactoryHealthContributorAutoConfiguration.class))
		.withPropertyValues("socket-factory.listeners.rot13.bind=127.0.0.1:0");

	@Test
	void whenListeningThenUpWithItsAddress() {
		this.runner.run((context) -> {
			Health health = health(context, "rot13");
			assertThat(health.getStatus()).isEqualTo(Status.UP);
			assertThat(health.getDetails().get("localAddress")).asString().startsWith("127.0.0.1:");
			assertThat(health.getDetails()).containsOnlyKeys("state", "localAddress");
		});
	}

	@Test
	void whenPausedThenUpWithTheReasons() {
		this.runner.run((context) -> {
			context.getBean(SocketFactories.class).get("rot13").pauseAccept();
			context.getBean(SocketFactories.class).get("rot13").pauseAccept(PauseReason.of("maintenance"));
			Health health = health(context, "rot13");
			assertThat(health.getStatus()).isEqualTo(Status.UP);
			assertThat(health.getDetails()).containsEntry("pauseReasons", List.of("USER", "maintenance"));
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " " })
	void whenPausedAndStatusIsEmptyThenUp(String empty) {
		this.runner.withPropertyValues("socket-factory.health.paused-status=" + empty).run((context) -> {
			context.getBean(SocketFactories.class).get("rot13").pauseAccept();
			assertThat(health(context, "rot13").getStatus()).isEqualTo(Status.UP);
		});
	}

	@Test
	void whenPausedAndStatusIsConfiguredThenThat() {
		this.runner.withPropertyValues("socket-factory.health.paused-status=OUT_OF_SERVICE").run((context) -> {
			assertThat(health(context, "rot13").getStatus()).isEqualTo(Status.UP);
			context.getBean(SocketFactories.class).get("rot13").pauseAccept();
			assertThat(health(context, "rot13").getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
		});
	}

	@Test
	void whenFailedThenDownWithTheFailure() {
		this.runner.run((context) -> {
			try (ServerSocketChannel other = ServerSocketChannel.open()
				.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
				context.getBean(SocketFactories.class)
					.open(SocketSpec.listener("taken").bind(other.getLocalAddress()).build());
				Health health = health(context, "taken");
				assertThat(health.getStatus()).isEqualTo(Status.DOWN);
				assertThat(health.getDetails().get("failure")).asString()
					.matches("bind 127\\.0\\.0\\.1:\\d+: Address already in use.* \\(EADDRINUSE\\)");
			}
		});
	}

	@Test
	void whenStoppedThenUp() {
		this.runner.run((context) -> {
			context.getBean(SocketFactories.class).get("rot13").stop();
			assertThat(health(context, "rot13").getStatus()).isEqualTo(Status.UP);
		});
	}

	@Test
	void thereIsAComponentForEveryFactoryAtTheMoment() {
		this.runner.run((context) -> {
			SocketFactories factories = context.getBean(SocketFactories.class);
			factories.open(SocketSpec.listener("later").bind("127.0.0.1").build());
			assertThat(names(context)).containsExactly("rot13", "later");
			factories.close("later");
			assertThat(names(context)).containsExactly("rot13");
			assertThat(context.getBean(SocketsHealthContributor.class).getContributor("later")).isNull();
		});
	}

	@Test
	void whenDisabledThenThereIsNone() {
		this.runner.withPropertyValues("management.health.sockets.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(SocketsHealthContributor.class));
	}

	@Test
	void whenThereAreNoFactoriesThenThereIsNone() {
		this.runner.withPropertyValues("socket-factory.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(SocketsHealthContributor.class));
	}

	private static Health health(AssertableApplicationContext context, String name) {
		HealthIndicator indicator = (HealthIndicator) context.getBean(SocketsHealthContributor.class)
			.getContributor(name);
		assertThat(indicator).isNotNull();
		Health health = indicator.health();
		assertThat(health).isNotNull();
		return health;
	}

	private static List<String> names(AssertableApplicationContext context) {
		return context.getBean(SocketsHealthContributor.class).stream().map(HealthContributors.Entry::name).toList();
	}

}
