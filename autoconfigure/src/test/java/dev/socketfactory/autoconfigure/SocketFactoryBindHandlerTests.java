package dev.socketfactory.autoconfigure;

import java.time.Duration;
import java.util.Map;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.RetrySettings;
import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketEndpoint;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketType;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.support.SpringApplicationJsonEnvironmentPostProcessor;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SocketFactoryBindHandler}: what becomes of values.
 * {@link BadConfigurationTests} has the mistakes, {@link EnvironmentVariableTests} what
 * environment variables override.
 */
@ExtendWith(OutputCaptureExtension.class)
class SocketFactoryBindHandlerTests {

	@Test
	void whenEntryHasNoKeysThenItIsWhatTheBuilderMakes() {
		assertThat(Environments.specs(Environments.of("""
				socket-factory:
				  listeners: {a: }
				  clients: {b: {remote: "127.0.0.1:1"}}
				"""))).usingRecursiveFieldByFieldElementComparator()
			.containsExactly(SocketSpec.listener("a").build(),
					SocketSpec.client("b")
						.remote("127.0.0.1:1")
						.connectTimeout(SocketSpec.client("b").remote("a:1").build().getConnectTimeout())
						.reconnect(false)
						.build());
	}

	@Test
	void whenEntryHasAllKeysThenAllAreMapped() {
		assertThat(Environments.specs(Environments.of("""
				socket-factory:
				  listeners:
				    a:
				      domain: AF_INET6
				      type: SOCK_STREAM
				      protocol: 6
				      bind: "[::1]:7"
				      reuse: on
				      listen-queue: 5
				      success-event: yeah
				      failure-event: alas
				      auto-startup: false
				      start-paused: true
				      follow-readiness: true
				      max-connections: 9
				      low-water: 8
				      unclaimed-timeout: 1s
				      retry: {max-retries: 1, delay: 2s, multiplier: 3, max-delay: 4s, jitter: 5ms}
				      options: {SO_RCVBUF: 1}
				      accepted-options: {TCP_NODELAY: true}
				      unix: {mode: "0660"}
				      dispatch: inline
				  clients:
				    b:
				      remote: "127.0.0.1:1"
				      bind: "127.0.0.1:0"
				      connect-timeout: 1s
				      reconnect: true
				"""))).usingRecursiveFieldByFieldElementComparator()
			.containsExactly(
					SocketSpec.listener("a")
						.domain(SocketDomain.AF_INET6)
						.type(SocketType.SOCK_STREAM)
						.protocol("6")
						.bind("[::1]:7")
						.reuse("true")
						.listenQueue(5)
						.successEvent("yeah")
						.failureEvent("alas")
						.autoStartup(false)
						.startPaused(true)
						.followReadiness(true)
						.maxConnections(9)
						.lowWater(8)
						.unclaimedTimeout(Duration.ofSeconds(1))
						.retry(new RetrySettings(1, Duration.ofSeconds(2), 3, Duration.ofSeconds(4),
								Duration.ofMillis(5)))
						.options(Map.of("SO_RCVBUF", "1"))
						.acceptedOptions(Map.of("TCP_NODELAY", "true"))
						.unixMode("0660")
						.dispatch(DispatchMode.INLINE)
						.build(),
					SocketSpec.client("b")
						.remote("127.0.0.1:1")
						.bind("127.0.0.1:0")
						.connectTimeout(Duration.ofSeconds(1))
						.reconnect(true)
						.build());
	}

	@ParameterizedTest
	@ValueSource(strings = { "rot13:", "rot13: {}", "rot13: {retry: }", "rot13: {unix: {}}", "rot13: {options: }",
			"rot13: {accepted-options: {}}" })
	void whenEntryIsEmptyThenItHasAllDefaults(String empty) {
		assertThat(Environments.specs(Environments.of("socket-factory: {listeners: {%s}}".formatted(empty))))
			.usingRecursiveFieldByFieldElementComparator()
			.containsExactly(SocketSpec.listener("rot13").build());
	}

	@ParameterizedTest
	@ValueSource(strings = { "socket-factory:", "socket-factory: {health: , listeners: , clients: {}}", "other: 1" })
	void whenSectionsAreEmptyThenNothingIsDeclared(String empty) {
		SocketFactoryProperties properties = Environments.bind(Environments.of(empty));
		assertThat(properties.toSpecs()).isEmpty();
		assertThat(properties.getHealth().getPausedStatus()).isEqualTo("UP");
	}

	@ParameterizedTest
	@CsvSource({ "AF_INET6, AF_INET6", "af_inet6, AF_INET6", "PF_INET6, AF_INET6", "inet6, AF_INET6", "unix, AF_UNIX",
			"' Inet ', AF_INET", "${D}, AF_UNIX" })
	void domainHasItsSpellings(String text, SocketDomain domain) {
		assertThat(Environments
			.specs(Environments.of("{D: pf_unix, socket-factory: {listeners: {a: {domain: \"%s\", bind: %s}}}}"
				.formatted(text, (domain == SocketDomain.AF_UNIX) ? "/run/x" : "\"0\""))))
			.extracting(SocketSpec::getDomain)
			.containsExactly(domain);
	}

	@ParameterizedTest
	@CsvSource({ "SOCK_DGRAM, SOCK_DGRAM", "sock_dgram, SOCK_DGRAM", "datagram, SOCK_DGRAM", "Stream, SOCK_STREAM" })
	void typeHasItsSpellings(String text, SocketType type) {
		assertThat(Environments.specs(Environments.of("socket-factory: {listeners: {a: {type: %s}}}".formatted(text))))
			.extracting(SocketSpec::getType)
			.containsExactly(type);
	}

	@ParameterizedTest
	@ValueSource(strings = { "domain: 2", "domain: \"2\"", "domain: \"\"", "domain:", "domain: true",
			"domain: \"${NONE:}\"", "type: 1", "type: \"\"", "type: 0", "dispatch: 1", "dispatch: \"\"",
			"max-connections: 1.5", "listen-queue: 0.1", "retry: {max-retries: -0.5}", "listen-queue: 1e10",
			"listen-queue: 99999999999", "start-paused: 2", "unclaimed-timeout: 1.5" })
	void whenConversionWouldMakeSomethingElseOfAValueThenRefused(String value) {
		ConfigurableEnvironment environment = Environments
			.of("socket-factory: {listeners: {a: {%s}}}".formatted(value));
		assertThatExceptionOfType(BindException.class).isThrownBy(() -> Environments.specs(environment))
			.satisfies((ex) -> assertThat(ex.getProperty().getOrigin())
				.hasToString("application.yml - " + "1:" + (environmentColumn(value))));
	}

	private static int environmentColumn(String value) {
		int key = value.lastIndexOf(": ");
		return "socket-factory: {listeners: {a: {".length() + ((key >= 0) ? key + 3 : value.length() + 1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "dispatch: 0", "dispatch: \"\"" })
	void whenDispatchOfAllIsNoWordThenRefused(String value) {
		ConfigurableEnvironment environment = Environments.of("socket-factory: {%s}".formatted(value));
		assertThatExceptionOfType(BindException.class).isThrownBy(() -> Environments.bind(environment));
	}

	@ParameterizedTest
	@CsvSource(nullValues = "-", value = { "off, -", "Off, -", "false, -", "no, -", "'\"\"', -", "'', -",
			"'\"off\"', -", "on, a.failure", "'\"yes\"', a.failure", "office, office", "'\" off \"', -" })
	void whenEventIsOffThenThereIsNone(String value, @Nullable String name) {
		SocketSpec spec = Environments
			.specs(Environments
				.of("socket-factory: {listeners: {a: {failure-event: %s, success-event: %s}}}".formatted(value, value)))
			.get(0);
		assertThat(spec.getFailureEvent()).isEqualTo(name);
		assertThat(spec.getSuccessEvent()).isEqualTo((name != null) ? name.replace("failure", "success") : null);
	}

	@ParameterizedTest
	@CsvSource({ "on, true", "true, true", "1, true", "0, false", "off, false", "no, false", "2.5, true" })
	void reuseHasItsWords(String value, boolean reuse) {
		assertThat(
				Environments.specs(Environments.of("socket-factory: {listeners: {a: {reuse: %s}}}".formatted(value))))
			.extracting(SocketSpec::isReuse)
			.containsExactly(reuse);
	}

	@Test
	void placeholderWithDefaultIsResolved() {
		String yaml = "socket-factory: {listeners: {rot13: {bind: \"127.0.0.1:${PORT:0}\"}}}";
		assertThat(Environments.specs(Environments.of(yaml))).extracting(SocketSpec::getBind)
			.asString()
			.isEqualTo("[127.0.0.1:0]");
		assertThat(Environments.specs(Environments.of(Map.of("PORT", "12345"), yaml))).extracting(SocketSpec::getBind)
			.asString()
			.isEqualTo("[127.0.0.1:12345]");
	}

	@Test
	void sourceOfHigherPrecedenceOverridesSingleValues() {
		ConfigurableEnvironment environment = Environments.of("""
				socket-factory:
				  listeners:
				    time-server:
				      bind: "127.0.0.1:2000"
				      options: {TCP_KEEPIDLE: 60, SO_RCVBUF: 1}
				""", """
				socket-factory:
				  listeners:
				    time-server:
				      bind: "127.0.0.1:1313"
				      listen-queue: 5
				      options: {SO_RCVBUF: 65536, SO_REUSEPORT: true}
				""");
		assertThat(Environments.specs(environment)).singleElement().satisfies((spec) -> {
			assertThat(spec.getBind()).hasToString("127.0.0.1:2000");
			assertThat(spec.getListenQueue()).isEqualTo(5);
			assertThat(spec.getOptions()).containsExactlyInAnyOrderEntriesOf(
					Map.of("TCP_KEEPIDLE", "60", "SO_RCVBUF", "1", "SO_REUSEPORT", "true"));
		});
	}

	@Test
	void profileAndCommandLineOverrideInRealApplication() {
		SpringApplication application = new SpringApplication(BadConfigurationTests.Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		application.setAdditionalProfiles("loud");
		try (ConfigurableApplicationContext context = application.run(
				"--spring.config.location=classpath:/dev/socketfactory/autoconfigure/profiles.yml",
				"--socket-factory.listeners.time-server.failure-event=on-error",
				"--socket-factory.listeners.day-time.bind=127.0.0.1:0", "--spring.main.banner-mode=off")) {
			assertThat(Environments.specs(context.getEnvironment()))
				.filteredOn((spec) -> spec.getName().equals("time-server"))
				.singleElement()
				.satisfies((spec) -> {
					assertThat(spec.getSuccessEvent()).isEqualTo("on-loud-client");
					assertThat(spec.getFailureEvent()).isEqualTo("on-error");
					assertThat(spec.isStartPaused()).isTrue();
				});
			assertThat(context.containsBean("timeServerSocketFactory")).isTrue();
			assertThat(context.containsBean("dayTimeSocketFactory")).isTrue();
		}
	}

	@Test
	void jsonAndSystemPropertiesSpellNamesAndDeclare() {
		ConfigurableEnvironment environment = Environments
			.of(Map.of("SPRING_APPLICATION_JSON", "{\"socket-factory\":{\"listeners\":{\"day-time\":{\"bind\":1}}}}"));
		environment.getPropertySources()
			.replace(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME,
					new MapPropertySource(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME,
							Map.of("socket-factory.listeners.time-server.bind", "2", "socket-factory.foo", "bar",
									"socket-factory.listeners.time-server.colour", "red", "socket-factory", "x",
									"spring.socket-factory.x", "y")));
		new SpringApplicationJsonEnvironmentPostProcessor().postProcessEnvironment(environment,
				new SpringApplication());
		assertThat(Environments.specs(environment)).extracting(SocketSpec::getName)
			.containsExactlyInAnyOrder("day-time", "time-server");
	}

	@Test
	void whenSourcesSpellANameInTwoWaysThenRefused() {
		ConfigurableEnvironment environment = Environments.of("socket-factory: {listeners: {timeserver: {bind: 1}}}",
				"socket-factory: {listeners: {time-server: {bind: 2}}}");
		assertThatExceptionOfType(BindException.class).isThrownBy(() -> Environments.specs(environment))
			.havingCause()
			.isInstanceOfSatisfying(UnknownKeysException.class,
					(ex) -> assertThat(ex.getKeys()).extracting(UnknownKeysException.UnknownKey::property)
						.containsExactly("socket-factory.listeners.timeserver.bind",
								"socket-factory.listeners.time-server.bind"));
	}

	@Test
	void whenKeysHaveOtherSpellingsThenTheyAreTheSame() {
		assertThat(Environments.specs(Environments.of("""
				socketFactory:
				  listeners:
				    time-server: {listenQueue: 6, start_paused: true, acceptedOptions: {tcp-nodelay: true}}
				"""))).singleElement().satisfies((spec) -> {
			assertThat(spec.getListenQueue()).isEqualTo(6);
			assertThat(spec.isStartPaused()).isTrue();
			assertThat(spec.getAcceptedOptions()).containsOnly(Map.entry("tcp-nodelay", "true"));
		});
	}

	@Test
	void sourceThatCannotBeEnumeratedOverridesButDeclaresNothing() {
		ConfigurableEnvironment environment = Environments.of("""
				socket-factory: {listeners: {rot13: {bind: "127.0.0.1:1", max-connections: 100}}}
				""");
		Map<String, Object> values = Map.of("socket-factory.listeners.rot13.max-connections", "5",
				"socket-factory.listeners.rot13.bind", "127.0.0.1:2", "socket-factory.listeners.other.bind", "1");
		environment.getPropertySources().addFirst(new PropertySource<>("vault", values) {

			@Override
			public @Nullable Object getProperty(String name) {
				return getSource().get(name);
			}

		});
		assertThat(Environments.specs(environment)).singleElement().satisfies((spec) -> {
			assertThat(spec.getMaxConnections()).isEqualTo(5);
			assertThat(spec.getBind()).hasToString("127.0.0.1:2");
		});
	}

	@Test
	void whenAKeyIsForTheOtherKindThenWarnedAndIgnored(CapturedOutput output) {
		assertThat(Environments.specs(Environments.of("""
				socket-factory:
				  listeners: {a: {remote: "localhost:1", reconnect: true}}
				  clients: {b: {remote: "localhost:1", listenQueue: 3, unix: {mode: "0660"}, accepted-options: {A: 1}}}
				"""))).extracting(SocketSpec::getWarnings).allSatisfy((warnings) -> assertThat(warnings).isEmpty());
		assertThat(output.getOut()
			.lines()
			.filter((line) -> line.contains(" WARN "))
			.map((line) -> line.replaceFirst(".*(?=(listener|client) ')", "")))
			.containsExactlyInAnyOrder("listener 'a': 'remote' does not apply to a listener and is ignored",
					"listener 'a': 'reconnect' does not apply to a listener and is ignored",
					"client 'b': 'listen-queue' does not apply to a client and is ignored",
					"client 'b': 'unix.mode' does not apply to a client and is ignored",
					"client 'b': 'accepted-options' does not apply to a client and is ignored");
	}

	@ParameterizedTest
	@ValueSource(strings = { "a]b", "a[b", "a b", "ä" })
	void whenANameHasAnOddCharacterThenRefused(String name) {
		ConfigurableEnvironment environment = Environments.of();
		environment.getPropertySources()
			.addFirst(
					new MapPropertySource("test", Map.of("socket-factory.listeners.%s.bind".formatted(name), "1313")));
		assertThatExceptionOfType(BindException.class).isThrownBy(() -> Environments.specs(environment))
			.withCauseInstanceOf(UnknownKeysException.class);
	}

	@Test
	void whenNothingIsBoundThenAny() {
		assertThat(Environments.specs(Environments.of("socket-factory: {listeners: {a: {}}}")))
			.extracting(SocketSpec::getBind)
			.containsExactly(SocketEndpoint.ANY);
	}

}
