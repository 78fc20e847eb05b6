package dev.socketfactory.autoconfigure;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketfactory.SocketFactories;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.actuate.SocketsEndpoint;
import dev.socketfactory.actuate.SocketsEndpointWebExtension;
import dev.socketfactory.engine.DefaultSocketFactories;
import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.jmx.JmxEndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.jmx.JmxAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SocketsEndpointAutoConfiguration}.
 */
class SocketsEndpointAutoConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketFactoryAutoConfiguration.class,
				SocketsEndpointAutoConfiguration.class, EndpointAutoConfiguration.class));

	@Test
	void whenExposedOnTheWebCreatesEndpointAndExtension() {
		this.runner.withPropertyValues("management.endpoints.web.exposure.include=sockets")
			.run((context) -> assertThat(context).hasSingleBean(SocketsEndpoint.class)
				.hasSingleBean(SocketsEndpointWebExtension.class));
	}

	@Test
	void whenExposedOverJmxOnlyCreatesNoExtension() {
		this.runner
			.withConfiguration(AutoConfigurations.of(JmxAutoConfiguration.class, JmxEndpointAutoConfiguration.class))
			.withPropertyValues("spring.jmx.enabled=true", "management.endpoints.jmx.exposure.include=sockets")
			.run((context) -> assertThat(context).hasSingleBean(SocketsEndpoint.class)
				.doesNotHaveBean(SocketsEndpointWebExtension.class));
	}

	@Test
	void whenNotExposedCreatesNothing() {
		this.runner.run((context) -> assertThat(context).hasSingleBean(SocketFactories.class)
			.doesNotHaveBean(SocketsEndpoint.class)
			.doesNotHaveBean(SocketsEndpointWebExtension.class));
	}

	@Test
	void whenAccessIsNoneCreatesNothing() {
		this.runner
			.withPropertyValues("management.endpoints.web.exposure.include=sockets",
					"management.endpoint.sockets.access=NONE")
			.run((context) -> assertThat(context).hasSingleBean(SocketFactories.class)
				.doesNotHaveBean(SocketsEndpoint.class));
	}

	@Test
	void whenSocketFactoriesAreDisabledCreatesNothing() {
		this.runner
			.withPropertyValues("management.endpoints.web.exposure.include=sockets", "socket-factory.enabled=false")
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(SocketsEndpoint.class));
	}

	@Test
	void whenUserDefinesEndpointBacksOff() {
		this.runner.withUserConfiguration(OwnEndpoint.class)
			.withPropertyValues("management.endpoints.web.exposure.include=sockets")
			.run((context) -> assertThat(context).hasSingleBean(SocketsEndpoint.class)
				.hasBean("ownEndpoint")
				.hasSingleBean(SocketsEndpointWebExtension.class));
	}

	@Test
	void whenUserDefinesExtensionBacksOff() {
		this.runner.withUserConfiguration(OwnExtension.class)
			.withPropertyValues("management.endpoints.web.exposure.include=sockets")
			.run((context) -> assertThat(context).hasSingleBean(SocketsEndpointWebExtension.class)
				.hasBean("ownExtension"));
	}

	@Test
	void whenActuatorIsNotOnClasspathApplicationRunsWithoutEndpoint() throws Exception {
		String classPath = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> !entry.contains("actuator") && !entry.contains("spring-boot-health")
					&& !entry.contains("micrometer"))
			.collect(Collectors.joining(File.pathSeparator));
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				classPath, ApplicationWithoutActuator.class.getName())
			.redirectErrorStream(true)
			.start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(output).contains("idle is LISTENING, endpoint: false");
		assertThat(process.waitFor()).isZero();
	}

	@Configuration(proxyBeanMethods = false)
	static class OwnEndpoint {

		@Bean
		SocketsEndpoint ownEndpoint(DefaultSocketFactories factories) {
			return new SocketsEndpoint(factories);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnExtension {

		@Bean
		SocketsEndpointWebExtension ownExtension(SocketsEndpoint endpoint) {
			return new SocketsEndpointWebExtension(endpoint);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	public static class ApplicationWithoutActuator {

		public static void main(String[] args) {
			try (ConfigurableApplicationContext context = new SpringApplicationBuilder(ApplicationWithoutActuator.class)
				.web(WebApplicationType.NONE)
				.properties("socket-factory.listeners.idle.bind=127.0.0.1:0")
				.run(args)) {
				System.out.printf("idle is %s, endpoint: %b%n", context.getBean(SocketFactory.class).getState(),
						context.containsBean("socketsEndpoint"));
			}
		}

	}

}
