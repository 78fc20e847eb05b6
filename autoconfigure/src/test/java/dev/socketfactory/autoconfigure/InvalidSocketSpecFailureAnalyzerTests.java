package dev.socketfactory.autoconfigure;

import java.util.Map;

import dev.socketfactory.SocketFactories;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketFactoryCustomizer;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketSpecBuilder;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link InvalidSocketSpecFailureAnalyzer} where the mistake is in code.
 * {@link BadConfigurationTests} has the mistakes of a configuration.
 */
class InvalidSocketSpecFailureAnalyzerTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(SocketFactoryAutoConfiguration.class))
		.withPropertyValues("socket-factory.listeners.rot13.bind=127.0.0.1:0");

	@Test
	void whenCodeMakesASpecificationThenNoPropertyIsBlamed() {
		this.runner.withUserConfiguration(OpenedInCode.class).run((context) -> {
			FailureAnalysis analysis = analyze(context.getStartupFailure());
			assertThat(analysis.getDescription()).isEqualToNormalizingNewlines("""
					The listener 'own' cannot be made:

					    Key: bind
					    Value: "127.0.0.1:99999"
					    Reason: port 99999 is larger than 65535""");
			assertThat(analysis.getAction()).isEqualTo("Write a port from 0 (a free one) to 65535.");
		});
	}

	@Test
	void whenACustomizerSpoilsASpecificationThenItIsNamed() {
		this.runner.withBean(Spoiler.class)
			.run((context) -> assertThat(analyze(context.getStartupFailure()).getDescription())
				.isEqualToNormalizingNewlines("""
						The listener 'rot13' cannot be made after it was customized by %s:

						    Key: bind
						    Value: "127.0.0.1:99999"
						    Reason: port 99999 is larger than 65535""".formatted(Spoiler.class.getName())));
	}

	@Test
	void whenACustomizerAddsAnOptionThatDoesNotExistThenItIsNamed() {
		SocketFactoryCustomizer customizer = (spec) -> spec.options(Map.of("SO_NONSENSE", 1));
		this.runner.withBean(SocketFactoryCustomizer.class, () -> customizer)
			.run((context) -> assertThat(analyze(context.getStartupFailure()).getDescription())
				.startsWith("The listener 'rot13' cannot be made after it was customized by ")
				.contains("Key: options.SO_NONSENSE"));
	}

	@Test
	void whenCodeMakesASpecificationOfADeclaredNameThenItsPropertiesAreNotBlamed() {
		this.runner
			.withBean("spec", SocketSpec.class, () -> SocketSpec.listener("rot13").bind("127.0.0.1:99999").build())
			.run((context) -> assertThat(analyze(context.getStartupFailure()).getDescription())
				.startsWith("The listener 'rot13' cannot be made:"));
	}

	private FailureAnalysis analyze(Throwable failure) {
		FailureAnalysis analysis = new InvalidSocketSpecFailureAnalyzer().analyze(failure);
		assertThat(analysis).isNotNull();
		return analysis;
	}

	@Configuration(proxyBeanMethods = false)
	static class OpenedInCode {

		@Bean
		SocketFactory own(SocketFactories factories) {
			return factories.open(SocketSpec.listener("own").bind("127.0.0.1:99999").build());
		}

	}

	static class Spoiler implements SocketFactoryCustomizer {

		@Override
		public void customize(SocketSpecBuilder spec) {
			spec.bind("127.0.0.1:99999");
		}

	}

}
