package dev.socketfactory.metrics;

import dev.socketfactory.autoconfigure.SocketFactoryAutoConfiguration;
import dev.socketfactory.engine.DefaultSocketFactories;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests which meters of time a factory has.
 */
class ConnectTimeMeterTests {

	@Test
	void onlyClientsHaveATimeToConnect() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(SocketFactoryAutoConfiguration.class))
			.withPropertyValues("socket-factory.listeners.listener.bind=127.0.0.1:0",
					"socket-factory.clients.client.remote=127.0.0.1:1",
					"socket-factory.clients.client.auto-startup=false")
			.run((context) -> {
				SimpleMeterRegistry registry = new SimpleMeterRegistry();
				new SocketMeterBinder(context.getBean(DefaultSocketFactories.class)).bindTo(registry);
				assertThat(registry.get(SocketMeter.CONNECT_TIME.getName()).timers())
					.extracting((timer) -> timer.getId().getTag("factory"))
					.containsExactly("client");
				assertThat(registry.get(SocketMeter.HANDLER_TIME.getName()).timers()).hasSize(2);
			});
	}

}
