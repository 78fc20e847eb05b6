package dev.socketfactory.autoconfigure;

import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.autoconfigure.context.properties.ConfigurationPropertiesReportEndpointAutoConfiguration;
import org.springframework.boot.actuate.context.properties.ConfigurationPropertiesReportEndpoint;
import org.springframework.boot.actuate.context.properties.ConfigurationPropertiesReportEndpoint.ConfigurationPropertiesBeanDescriptor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what {@code /actuator/configprops} shows of {@link SocketFactoryProperties}.
 */
class ConfigurationPropertiesReportTests {

	@Test
	void configurationInForceIsShown() {
		new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SocketFactoryAutoConfiguration.class,
					ConfigurationPropertiesReportEndpointAutoConfiguration.class))
			.withPropertyValues("management.endpoints.jmx.exposure.include=configprops",
					"management.endpoint.configprops.show-values=always", "spring.jmx.enabled=true",
					"socket-factory.fail-fast=false", "socket-factory.listeners.time-server.bind=127.0.0.1:0",
					"socket-factory.listeners.time-server.options.SO_RCVBUF=65536",
					"socket-factory.clients.upstream.remote=127.0.0.1:1",
					"socket-factory.clients.upstream.auto-startup=false")
			.run((context) -> {
				ConfigurationPropertiesBeanDescriptor properties = context
					.getBean(ConfigurationPropertiesReportEndpoint.class)
					.configurationPropertiesWithPrefix("socket-factory")
					.getContexts()
					.values()
					.stream()
					.flatMap((descriptor) -> descriptor.getBeans().values().stream())
					.findFirst()
					.orElseThrow();
				assertThat(properties.getProperties()).containsEntry("enabled", true)
					.containsEntry("failFast", false)
					.containsKeys("health", "dispatch")
					.extractingByKey("listeners")
					.asString()
					.contains("time-server={", "bind=127.0.0.1:0", "type=SOCK_STREAM", "SO_RCVBUF=65536",
							"unclaimedTimeout=PT5S", "retry={", "listenQueue=0");
				assertThat(properties.getProperties()).extractingByKey("clients")
					.asString()
					.contains("upstream={", "remote=127.0.0.1:1", "connectTimeout=PT10S", "reconnect=false");
				assertThat(properties.getInputs()).extractingByKey("listeners").asString().contains("origin=");
			});
	}

}
