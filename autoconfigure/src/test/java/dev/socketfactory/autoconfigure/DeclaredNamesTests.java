package dev.socketfactory.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.socketfactory.InvalidSocketSpecException;
import dev.socketfactory.SocketEndpoint;
import dev.socketfactory.SocketKind;
import dev.socketfactory.SocketSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.env.PropertySourceInfo;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for entries that several property sources, or spellings, declare together.
 */
class DeclaredNamesTests {

	private static final String TIME_SERVER = """
			socket-factory:
			  listeners:
			    time-server:
			      bind: "127.0.0.1:1313"
			      listen-queue: 5
			      options:
			        SO_RCVBUF: 65536
			""";

	@Test
	void whenOnlyYamlThenOriginsAreFileLineAndColumn() {
		ConfigurableEnvironment environment = environment(Collections.emptyMap(), TIME_SERVER);
		assertThat(originOf(environment, "listen-queue")).isEqualTo("application.yml - 5:21");
		assertThat(originOf(environment, "options.SO_RCVBUF")).isEqualTo("application.yml - 7:20");
	}

	@Test
	void whenVariableWithoutDashesItWinsAndDashedNameIsKept() {
		ConfigurableEnvironment environment = environment(
				Map.of("SOCKET_FACTORY_LISTENERS_TIMESERVER_LISTENQUEUE", "7"), TIME_SERVER);
		assertThat(specs(environment)).singleElement().satisfies((spec) -> {
			assertThat(spec.getName()).isEqualTo("time-server");
			assertThat(spec.getListenQueue()).isEqualTo(7);
			assertThat(spec.getBind()).hasToString("127.0.0.1:1313");
			assertThat(spec.getSuccessEvent()).isEqualTo("time-server.success");
		});
		assertThat(originOf(environment, "listen-queue"))
			.isEqualTo("System Environment Property \"SOCKET_FACTORY_LISTENERS_TIMESERVER_LISTENQUEUE\"");
	}

	@Test
	void whenVariableHasUnderscoresForDashesItIsTheSameEntry() {
		Map<String, Object> variables = Map.of("SOCKETFACTORY_LISTENERS_TIME_SERVER_BIND", "127.0.0.1:1414",
				"SOCKET_FACTORY_LISTENERS_TIME_SERVER_START_PAUSED", "true",
				"SOCKETFACTORY_LISTENERS_TIMESERVER_OPTIONS_SO_RCVBUF", "4096",
				"SOCKETFACTORY_LISTENERS_TIMESERVER_ACCEPTEDOPTIONS_TCP_NODELAY", "true",
				"SOCKETFACTORY_LISTENERS_TIMESERVER_ACCEPTED_OPTIONS_SO_KEEPALIVE", "true");
		assertThat(specs(environment(variables, TIME_SERVER))).singleElement().satisfies((spec) -> {
			assertThat(spec.getName()).isEqualTo("time-server");
			assertThat(spec.getBind()).hasToString("127.0.0.1:1414");
			assertThat(spec.isStartPaused()).isTrue();
			assertThat(spec.getOptions()).containsOnly(Map.entry("so.rcvbuf", "4096"));
			assertThat(spec.getAcceptedOptions())
				.containsExactlyInAnyOrderEntriesOf(Map.of("tcp.nodelay", "true", "so.keepalive", "true"));
		});
	}

	@Test
	void whenVariableHasAnUnderscoreMoreItDoesNotNameTheEntry() {
		assertThat(specs(environment(Map.of("SOCKET_FACTORY_LISTENERS_TIME_SER_VER_BIND", "127.0.0.1:1414"),
				TIME_SERVER, "socket-factory: {listeners: {timeserver: {reuse: on}}}")))
			.singleElement()
			.satisfies((spec) -> {
				assertThat(spec.getName()).isEqualTo("time-server");
				assertThat(spec.getBind()).hasToString("127.0.0.1:1414");
				assertThat(spec.isReuse()).isTrue();
			});
	}

	@ParameterizedTest
	@ValueSource(strings = { "TimeServer", "time_server", "Time-Ser-Ver" })
	void whenOneSpellingIsWellFormedItNamesTheEntry(String other) {
		assertThat(specs(environment(Collections.emptyMap(),
				"socket-factory: {listeners: {%s: {reuse: on}}}".formatted(other), TIME_SERVER)))
			.singleElement()
			.satisfies((spec) -> {
				assertThat(spec.getName()).isEqualTo("time-server");
				assertThat(spec.isReuse()).isTrue();
			});
	}

	@Test
	void whenNoSpellingIsWellFormedThenRefused() {
		ConfigurableEnvironment environment = environment(Collections.emptyMap(),
				"socket-factory: {listeners: {TimeServer: {reuse: on}}}");
		assertThatExceptionOfType(InvalidSocketSpecException.class).isThrownBy(() -> specs(environment))
			.satisfies((failure) -> assertThat(failure.getName()).isEqualTo("TimeServer"));
	}

	@Test
	void whenOnlyVariablesThenEntryHasTheNameOfTheVariable() {
		assertThat(specs(environment(Map.of("SOCKET_FACTORY_LISTENERS_TIMESERVER_BIND", "1313",
				"SOCKETFACTORY_LISTENERS_DAY_TIME_LISTENQUEUE", "3"))))
			.extracting(SocketSpec::getName)
			.containsExactlyInAnyOrder("timeserver", "day-time");
	}

	@Test
	void whenVariableIsLowerCaseItIsRead() {
		assertThat(specs(environment(Map.of("socket_factory_listeners_timeserver_listen_queue", "9"), TIME_SERVER)))
			.extracting(SocketSpec::getListenQueue)
			.containsExactly(9);
	}

	@Test
	void whenVariableHasNoKeyThatExistsItIsIgnored() {
		Map<String, Object> variables = Map.of("SOCKET_FACTORY_LISTENERS_TIMESERVER_COLOUR", "red",
				"SOCKET_FACTORY_LISTENERS", "x", "SOCKET_FACTORY_HOME", "/opt");
		assertThat(specs(environment(variables, TIME_SERVER))).hasSize(1);
	}

	@Test
	void whenVariablesHaveAPrefixThenThoseWithoutItAreOfAnotherApplication() {
		ConfigurableEnvironment environment = environment(Collections.emptyMap(), TIME_SERVER);
		Map<String, Object> variables = Map.of("MY_APP_SOCKETFACTORY_LISTENERS_TIMESERVER_LISTENQUEUE", "9",
				"SOCKETFACTORY_LISTENERS_TIMESERVER_LISTENQUEUE", "7", "SOCKETFACTORY_LISTENERS_FOREIGN_BIND", "1414");
		environment.getPropertySources()
			.replace(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, new PrefixedVariables(variables));
		assertThat(specs(environment)).singleElement().satisfies((spec) -> {
			assertThat(spec.getName()).isEqualTo("time-server");
			assertThat(spec.getListenQueue()).isEqualTo(9);
		});
	}

	@Test
	void whenANameHasABracketThenItIsRefusedLikeAnyOther() {
		ConfigurableEnvironment environment = environment(Collections.emptyMap());
		environment.getPropertySources()
			.addFirst(new MapPropertySource("test", Map.of("socket-factory.listeners.a]b.bind", "1313")));
		assertThatExceptionOfType(InvalidSocketSpecException.class).isThrownBy(() -> specs(environment))
			.returns("name", InvalidSocketSpecException::getKey);
	}

	@Test
	void whenVariableIsWrongAnalysisNamesTheVariable() {
		ConfigurableEnvironment environment = environment(
				Map.of("SOCKET_FACTORY_LISTENERS_TIMESERVER_LISTENQUEUE", "many"), TIME_SERVER);
		assertThatExceptionOfType(InvalidSocketSpecException.class).isThrownBy(() -> specs(environment))
			.satisfies((failure) -> assertThat(new InvalidSocketSpecFailureAnalyzer(environment)
				.analyze(failure, new DeclaredSpecException(failure))
				.getDescription()).isEqualTo("""
						The listener 'time-server' cannot be made from its configuration:

						    Property: socket-factory.listeners.time-server.listen-queue
						    Value: "many"
						    Origin: System Environment Property "SOCKET_FACTORY_LISTENERS_TIMESERVER_LISTENQUEUE"
						    Reason: it is not a whole number up to 2147483647"""));
	}

	@Test
	void whenSpellingsDifferInOneFileTheyAreOneEntryAndTheDashedOneGivesTheName() {
		ConfigurableEnvironment environment = environment(Collections.emptyMap(), """
				socket-factory:
				  listeners:
				    timeserver:
				      listen-queue: 5
				      startPaused: true
				    time-server:
				      listenQueue: 6
				      accepted_options:
				        tcp-nodelay: true
				""");
		assertThat(specs(environment)).singleElement().satisfies((spec) -> {
			assertThat(spec.getName()).isEqualTo("time-server");
			assertThat(spec.getListenQueue()).isEqualTo(5);
			assertThat(spec.isStartPaused()).isTrue();
			assertThat(spec.getAcceptedOptions()).containsOnly(Map.entry("tcp-nodelay", "true"));
		});
	}

	@Test
	void whenSpellingsHaveTheSameKeyTheDashedOneGivesTheName() {
		assertThat(specs(environment(Collections.emptyMap(), """
				socket-factory:
				  listeners:
				    time-server: {listen-queue: 5}
				    timeserver: {listen-queue: 6}
				"""))).singleElement().satisfies((spec) -> {
			assertThat(spec.getName()).isEqualTo("time-server");
			assertThat(spec.getListenQueue()).isEqualTo(5);
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "rot13:", "rot13: {}", "rot13: {retry: }", "rot13: {unix: {}}" })
	void whenEntryIsEmptyItHasAllDefaults(String empty) {
		assertThat(specs(environment(Collections.emptyMap(), "socket-factory: {listeners: {%s}}".formatted(empty))))
			.extracting(SocketSpec::getBind)
			.containsExactly(SocketEndpoint.ANY);
	}

	@ParameterizedTest
	@ValueSource(strings = { "options:", "options: {}" })
	void whenOptionsAreEmptyThereAreNone(String empty) {
		assertThat(specs(
				environment(Collections.emptyMap(), "socket-factory: {listeners: {rot13: {%s}}}".formatted(empty))))
			.singleElement()
			.satisfies((spec) -> assertThat(spec.getOptions()).isEmpty());
	}

	@Test
	void whenHealthIsEmptyItHasItsDefault() {
		ConfigurableEnvironment environment = environment(Collections.emptyMap(), "socket-factory: {health: }");
		assertThat(specs(environment)).isEmpty();
		assertThat(new TopLevelSettings(environment).getPausedStatus()).isEqualTo("UP");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "\"\"", "\" \"" })
	void whenPausedStatusIsEmptyItIsTheDefault(String empty) {
		assertThat(new TopLevelSettings(
				environment(Collections.emptyMap(), "socket-factory: {health: {paused-status: %s}}".formatted(empty)))
			.getPausedStatus()).isEqualTo("UP");
	}

	@Test
	void placeholderWithDefaultIsResolved() {
		String yaml = """
				socket-factory:
				  listeners:
				    rot13:
				      bind: "127.0.0.1:${PORT:0}"
				""";
		assertThat(specs(environment(Collections.emptyMap(), yaml))).extracting((spec) -> spec.getBind().port())
			.containsExactly("0");
		assertThat(specs(environment(Map.of("PORT", "12345"), yaml))).extracting((spec) -> spec.getBind().port())
			.containsExactly("12345");
	}

	@Test
	void placeholderInVariableIsResolved() {
		assertThat(specs(environment(Map.of("SOCKET_FACTORY_LISTENERS_ROT13_BIND", "127.0.0.1:${PORT}", "PORT", "77"))))
			.extracting((spec) -> spec.getBind().toString())
			.containsExactly("127.0.0.1:77");
	}

	@Test
	void sourceOfHigherPrecedenceOverridesSingleValues() {
		ConfigurableEnvironment environment = environment(Collections.emptyMap(), """
				socket-factory:
				  listeners:
				    time-server:
				      bind: "127.0.0.1:2000"
				      options:
				        TCP_KEEPIDLE: 60
				""", TIME_SERVER);
		assertThat(specs(environment)).singleElement().satisfies((spec) -> {
			assertThat(spec.getBind()).hasToString("127.0.0.1:2000");
			assertThat(spec.getListenQueue()).isEqualTo(5);
			assertThat(spec.getOptions())
				.containsExactlyInAnyOrderEntriesOf(Map.of("TCP_KEEPIDLE", "60", "SO_RCVBUF", "65536"));
		});
	}

	@Test
	void profileAndCommandLineOverrideInRealApplication() {
		SpringApplication application = new SpringApplication(BadConfigurationTests.Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		application.setAdditionalProfiles("loud");
		try (ConfigurableApplicationContext context = application.run(
				"--spring.config.location=classpath:/dev/socketfactory/autoconfigure/profiles.yml",
				"--socket-factory.listeners.timeserver.failure-event=on-error", "--spring.main.banner-mode=off")) {
			assertThat(specs(context.getEnvironment())).singleElement().satisfies((spec) -> {
				assertThat(spec.getName()).isEqualTo("time-server");
				assertThat(spec.getSuccessEvent()).isEqualTo("on-loud-client");
				assertThat(spec.getFailureEvent()).isEqualTo("on-error");
				assertThat(spec.isStartPaused()).isTrue();
			});
			assertThat(context.containsBean("timeServerSocketFactory")).isTrue();
		}
	}

	private static List<SocketSpec> specs(ConfigurableEnvironment environment) {
		return new SpecBinder(environment).bind();
	}

	private static String originOf(ConfigurableEnvironment environment, String key) {
		DeclaredProperty property = DeclaredSockets.of(environment).find(SocketKind.LISTENER, "time-server", key);
		assertThat(property).isNotNull();
		return String.valueOf(property.origin());
	}

	private static ConfigurableEnvironment environment(Map<String, Object> variables, String... documents) {
		StandardEnvironment environment = new StandardEnvironment();
		String name = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
		environment.getPropertySources()
			.replace(name, new SystemEnvironmentPropertySource(name, new LinkedHashMap<>(variables)));
		for (int i = 0; i < documents.length; i++) {
			load("document" + i, documents[i]).forEach(environment.getPropertySources()::addLast);
		}
		return environment;
	}

	private static List<PropertySource<?>> load(String name, String yaml) {
		try {
			return new YamlPropertySourceLoader().load(name, new NamedResource(yaml));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * What an application gets whose {@code SpringApplication} has an environment prefix.
	 */
	private static final class PrefixedVariables extends SystemEnvironmentPropertySource implements PropertySourceInfo {

		PrefixedVariables(Map<String, Object> variables) {
			super(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables);
		}

		@Override
		public String getPrefix() {
			return "my.app";
		}

	}

	private static final class NamedResource extends ByteArrayResource {

		NamedResource(String text) {
			super(text.getBytes(StandardCharsets.UTF_8));
		}

		@Override
		public String getDescription() {
			return "application.yml";
		}

	}

}
