package dev.socketfactory.autoconfigure;

import dev.socketfactory.SocketFactories;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.metrics.SocketMeterBinder;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SocketFactoryMetricsAutoConfiguration}.
 */
class SocketFactoryMetricsAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketFactoryAutoConfiguration.class,
				SocketFactoryMetricsAutoConfiguration.class))
		.withPropertyValues("socket-factory.listeners.rot13.bind=127.0.0.1:0");

	private final ApplicationContextRunner runnerWithRegistry = this.runner
		.withConfiguration(AutoConfigurations.of(MetricsAutoConfiguration.class,
				SimpleMetricsExportAutoConfiguration.class, CompositeMeterRegistryAutoConfiguration.class));

	@Test
	void whenThereIsARegistryThenMetersAreBound() {
		this.runnerWithRegistry.run((context) -> {
			MeterRegistry registry = context.getBean(MeterRegistry.class);
			assertThat(registry.get("socket.factory.accepts").tag("factory", "rot13").functionCounter().count())
				.isZero();
			context.getBean(SocketFactories.class).open(SocketSpec.listener("later").bind("127.0.0.1").build());
			assertThat(registry.find("socket.factory.accepts").tag("factory", "later").functionCounter()).isNotNull();
		});
	}

	@Test
	void whenThereIsNoRegistryThenNothingIsMeasured() {
		this.runner.run((context) -> assertThat(context).doesNotHaveBean(SocketMeterBinder.class));
	}

	@Test
	void whenThereAreNoFactoriesThenNothingIsMeasured() {
		this.runnerWithRegistry.withPropertyValues("socket-factory.enabled=false")
			.run((context) -> assertThat(context).doesNotHaveBean(SocketMeterBinder.class));
	}

}
