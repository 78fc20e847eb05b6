package dev.socketfactory.autoconfigure;

import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.autoconfigure.context.properties.ConfigurationPropertiesReportEndpointAutoConfiguration;
import org.springframework.boot.actuate.context.properties.ConfigurationPropertiesReportEndpoint;
import org.springframework.boot.actuate.context.properties.ConfigurationPropertiesReportEndpoint.ConfigurationPropertiesBeanDescriptor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what {@code /actuator/configprops} shows of {@link SocketFactoryProperties}.
 */
class ConfigurationPropertiesReportTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketFactoryAutoConfiguration.class,
				ConfigurationPropertiesReportEndpointAutoConfiguration.class))
		.withPropertyValues("management.endpoints.jmx.exposure.include=configprops", "spring.jmx.enabled=true",
				"socket-factory.fail-fast=false", "socket-factory.listeners.time-server.bind=127.0.0.1:0",
				"socket-factory.listeners.time-server.options.SO_RCVBUF=65536",
				"socket-factory.clients.upstream.remote=127.0.0.1:1",
				"socket-factory.clients.upstream.auto-startup=false");

	@Test
	void configurationInForceIsShown() {
		this.runner.withPropertyValues("management.endpoint.configprops.show-values=always")
			.withSystemProperties("socket-factory.listeners.time-server.listen-queue=7")
			.run((context) -> {
				ConfigurationPropertiesBeanDescriptor properties = report(context);
				assertThat(properties.getProperties()).containsEntry("enabled", true)
					.containsEntry("failFast", false)
					.containsKeys("health", "dispatch")
					.extractingByKey("listeners")
					.asString()
					.contains("time-server={", "bind=127.0.0.1:0", "type=SOCK_STREAM", "SO_RCVBUF=65536",
							"unclaimedTimeout=PT5S", "retry={", "listenQueue=7");
				assertThat(properties.getProperties()).extractingByKey("clients")
					.asString()
					.contains("upstream={", "remote=127.0.0.1:1", "connectTimeout=PT10S", "reconnect=false");
				assertThat(properties.getInputs()).extractingByKey("listeners").asString().contains("origin=");
			});
	}

	@Test
	void valuesAreHiddenByDefault() {
		this.runner.run((context) -> assertThat(report(context).getProperties()).extractingByKey("listeners")
			.asString()
			.contains("time-server={", "bind=******")
			.doesNotContain("127.0.0.1", "65536"));
	}

	private static ConfigurationPropertiesBeanDescriptor report(ApplicationContext context) {
		return context.getBean(ConfigurationPropertiesReportEndpoint.class)
			.configurationPropertiesWithPrefix("socket-factory")
			.getContexts()
			.values()
			.stream()
			.flatMap((descriptor) -> descriptor.getBeans().values().stream())
			.findFirst()
			.orElseThrow();
	}

}
