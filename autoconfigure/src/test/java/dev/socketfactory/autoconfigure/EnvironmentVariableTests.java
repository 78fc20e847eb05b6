package dev.socketfactory.autoconfigure;

import java.util.Collections;
import java.util.List;
import java.util.Map;

import dev.socketfactory.SocketSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.env.PropertySourceInfo;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for environment variables: they override what is declared, and declare nothing.
 */
@ExtendWith(OutputCaptureExtension.class)
class EnvironmentVariableTests {

	private static final String DECLARED = """
			socket-factory:
			  listeners:
			    time-server: {bind: "127.0.0.1:1313", listen-queue: 5, options: {SO_RCVBUF: 65536}}
			    trade-options: {bind: "127.0.0.1:0"}
			    "7004": {bind: "127.0.0.1:0", reuse: on}
			  clients:
			    upstream: {remote: "127.0.0.1:1"}
			""";

	@ParameterizedTest
	@ValueSource(strings = { "SOCKETFACTORY_LISTENERS_TIMESERVER_LISTENQUEUE",
			"SOCKET_FACTORY_LISTENERS_TIME_SERVER_LISTEN_QUEUE", "socketfactory_listeners_timeserver_listenqueue" })
	void whenAVariableFitsAKeyThenItOverrides(String variable, CapturedOutput output) {
		assertThat(specs(Map.of(variable, "7"))).hasSize(4).first().satisfies((spec) -> {
			assertThat(spec.getName()).isEqualTo("time-server");
			assertThat(spec.getListenQueue()).isEqualTo(7);
			assertThat(spec.getBind()).hasToString("127.0.0.1:1313");
			assertThat(spec.getSuccessEvent()).isEqualTo("time-server.success");
		});
		assertThat(output).doesNotContain("WARN");
	}

	@Test
	void whenANameEndsInAKeyThenItsVariableOverrides(CapturedOutput output) {
		assertThat(specs(Map.of("SOCKETFACTORY_LISTENERS_TRADEOPTIONS_BIND", "127.0.0.1:9")))
			.extracting((spec) -> spec.getName() + " " + spec.getBind())
			.contains("trade-options 127.0.0.1:9")
			.hasSize(4);
		assertThat(output).doesNotContain("WARN");
	}

	@Test
	void whenANameIsANumberThenItsVariableOverrides(CapturedOutput output) {
		assertThat(specs(Map.of("SOCKETFACTORY_LISTENERS_7004_BIND", "127.0.0.1:9"))).hasSize(4)
			.filteredOn((spec) -> spec.getName().equals("7004"))
			.singleElement()
			.satisfies((spec) -> {
				assertThat(spec.getBind()).hasToString("127.0.0.1:9");
				assertThat(spec.isReuse()).isTrue();
			});
		assertThat(output).doesNotContain("WARN");
	}

	@Test
	void whenAVariableNamesAnOptionThenItOverridesOrAdds(CapturedOutput output) {
		assertThat(specs(Map.of("SOCKETFACTORY_LISTENERS_TIMESERVER_OPTIONS_SO_RCVBUF", "4096",
				"SOCKETFACTORY_LISTENERS_TIMESERVER_ACCEPTEDOPTIONS_TCP_NODELAY", "true")))
			.first()
			.satisfies((spec) -> {
				assertThat(spec.getOptions()).containsOnly(Map.entry("so.rcvbuf", "4096"));
				assertThat(spec.getAcceptedOptions()).containsOnly(Map.entry("tcp.nodelay", "true"));
			});
		assertThat(output).doesNotContain("WARN");
	}

	@Test
	void whenAVariableHoldsAPlaceholderThenItIsResolved() {
		assertThat(specs(Map.of("SOCKETFACTORY_CLIENTS_UPSTREAM_REMOTE", "127.0.0.1:${PORT}", "PORT", "77")))
			.extracting((spec) -> String.valueOf(spec.getRemote()))
			.contains("127.0.0.1:77");
	}

	@Test
	void keysOfAllFactoriesAreRelaxed() {
		assertThat(Environments
			.bind(Environments
				.of(Map.of("SOCKETFACTORY_FAILFAST", "true", "SOCKET_FACTORY_HEALTH_PAUSED_STATUS", "DOWN")))
			.getHealth()
			.getPausedStatus()).isEqualTo("DOWN");
		assertThat(Environments.bind(Environments.of(Map.of("SOCKETFACTORY_FAILFAST", "true"))).getFailFast()).isTrue();
		assertThat(Environments.bind(Environments.of(Map.of("SOCKET_FACTORY_FAIL_FAST", "true"))).getFailFast())
			.isTrue();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
							SOCKETFACTORY_LISTENERS_TRADE_OPTIONS_BIND           | SOCKETFACTORY_LISTENERS_TRADEOPTIONS_BIND
							SOCKETFACTORY_LISTENERS_TIME_SERVER_BIND             | SOCKETFACTORY_LISTENERS_TIMESERVER_BIND
							SOCKET_FACTORY_LISTENERS_TIMESERVER_BIND             | SOCKETFACTORY_LISTENERS_TIMESERVER_BIND
							SOCKETFACTORY_LISTENERS_TIMESERVER_LISTEN_QUEUE      | SOCKETFACTORY_LISTENERS_TIMESERVER_LISTENQUEUE
							SOCKETFACTORY_LISTENERS_TIMESERVER_RETRY_MAX_RETRIES | SOCKETFACTORY_LISTENERS_TIMESERVER_RETRY_MAXRETRIES
							SOCKETFACTORY_CLIENTS_UPSTREAM_CONNECT_TIMEOUT       | SOCKETFACTORY_CLIENTS_UPSTREAM_CONNECTTIMEOUT
							SOCKETFACTORY_LISTENERS_TIME_SERVER_OPTIONS_SO_RCVBUF | SOCKETFACTORY_LISTENERS_TIMESERVER_OPTIONS_SO_RCVBUF
							SOCKETFACTORY_LISTENERS_TIMESERVER_ACCEPTED_OPTIONS_TCP_NODELAY | SOCKETFACTORY_LISTENERS_TIMESERVER_ACCEPTEDOPTIONS_TCP_NODELAY
							SOCKETFACTORY_FAIL_FAST                              | SOCKETFACTORY_FAILFAST
					SOCKETFACTORY_HEALTH_PAUSED_STATUS                   | SOCKETFACTORY_HEALTH_PAUSEDSTATUS
					socketfactory_listeners_time_server_bind             | SOCKETFACTORY_LISTENERS_TIMESERVER_BIND
							""")
	void whenAVariableIsSpelledInAnotherWayThenTheRightOneIsTold(String variable, String right, CapturedOutput output) {
		assertThat(specs(Map.of(variable, "6"))).usingRecursiveFieldByFieldElementComparator()
			.isEqualTo(specs(Collections.emptyMap()));
		assertThat(output).containsOnlyOnce("WARN")
			.containsOnlyOnce("The environment variable %s is ignored: write %s".formatted(variable, right));
	}

	@ParameterizedTest
	@CsvSource({ "SOCKETFACTORY_LISTENERS_FOREIGN_BIND, 1", "SOCKET_FACTORY_LISTENERS_DAY_TIME_LISTEN_QUEUE, many",
			"SOCKETFACTORY_LISTENERS_FOREIGN_LISTENQUEUE, many", "SOCKETFACTORY_LISTENERS_TIMESERVER_COLOUR, red",
			"SOCKETFACTORY_LISTENERS_UPSTREAM_BIND, 1", "SOCKETFACTORY_LISTENERS_TIMESERVER_REMOTE, a",
			"SOCKETFACTORY_LISTENERS_TIMESERVERS_BIND, a", "SOCKETFACTORY_LISTENERS_7005_BIND, 1" })
	void whenAVariableFitsNoKeyOfADeclaredEntryThenWarnedAndIgnored(String variable, String value,
			CapturedOutput output) {
		assertThat(specs(Map.of(variable, value))).usingRecursiveFieldByFieldElementComparator()
			.isEqualTo(specs(Collections.emptyMap()));
		assertThat(output).containsOnlyOnce("WARN")
			.containsOnlyOnce(
					"The environment variable %s is ignored: it fits no key of a declared listener, and declares none"
						.formatted(variable));
	}

	@ParameterizedTest
	@ValueSource(strings = { "SOCKETFACTORY_PORT", "SOCKET_FACTORY_PORT", "SOCKETFACTORY_FOO", "SOCKET_FACTORY_HOME",
			"SOCKETFACTORY", "SOCKET_FACTORY", "SOCKETFACTORY_LISTENERS", "SOCKETFACTORY_LISTENERS_TIMESERVER",
			"SOCKET_FACTORY_SERVICE_HOST", "SOCKETFACTORY_PORT_12345_TCP_PROTO",
			"SPRING_SOCKETFACTORY_LISTENERS_A_BIND", "SOCKETFACTORY_CLIENTS", "SOCKETFACTORY_LISTENERS_" })
	void whenAVariableIsAStrayThenItIsHarmless(String variable, CapturedOutput output) {
		assertThat(specs(Map.of(variable, "tcp://10.0.0.1:80"))).usingRecursiveFieldByFieldElementComparator()
			.isEqualTo(specs(Collections.emptyMap()));
		assertThat(Environments.bind(Environments.of(Map.of(variable, "tcp://10.0.0.1:80"))).toSpecs()).isEmpty();
		assertThat(output).doesNotContain("ERROR");
	}

	@Test
	void whenOnlyVariablesThenNothingIsDeclared() {
		assertThat(Environments.specs(Environments.of(Map.of("SOCKETFACTORY_LISTENERS_TIMESERVER_BIND", "1313",
				"SOCKET_FACTORY_CLIENTS_UPSTREAM_REMOTE", "a:1"))))
			.isEmpty();
	}

	@Test
	void whenVariablesHaveAPrefixThenThoseWithoutItAreOfAnotherApplication(CapturedOutput output) {
		Map<String, Object> variables = Map.of("MY_APP_SOCKETFACTORY_LISTENERS_TIMESERVER_LISTENQUEUE", "9",
				"MY_APP_SOCKETFACTORY_LISTENERS_TRADE_OPTIONS_BIND", "1",
				"SOCKETFACTORY_LISTENERS_TIMESERVER_LISTENQUEUE", "7", "SOCKETFACTORY_LISTENERS_FOREIGN_BIND", "1414");
		assertThat(Environments.specs(Environments.of(new PrefixedVariables(variables), DECLARED))).hasSize(4)
			.first()
			.satisfies((spec) -> assertThat(spec.getListenQueue()).isEqualTo(9));
		assertThat(output).containsOnlyOnce("WARN")
			.contains("The environment variable MY_APP_SOCKETFACTORY_LISTENERS_TRADE_OPTIONS_BIND is ignored:"
					+ " write MY_APP_SOCKETFACTORY_LISTENERS_TRADEOPTIONS_BIND");
	}

	@Test
	void whenAVariableIsWrongThenItIsTheOrigin() {
		assertThatExceptionOfType(BindException.class)
			.isThrownBy(() -> specs(Map.of("SOCKETFACTORY_LISTENERS_TIMESERVER_LISTENQUEUE", "many")))
			.satisfies((ex) -> assertThat(ex.getProperty().getOrigin()).asString()
				.contains("SOCKETFACTORY_LISTENERS_TIMESERVER_LISTENQUEUE"));
	}

	private static List<SocketSpec> specs(Map<String, Object> variables) {
		return Environments.specs(Environments.of(variables, DECLARED));
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

}
