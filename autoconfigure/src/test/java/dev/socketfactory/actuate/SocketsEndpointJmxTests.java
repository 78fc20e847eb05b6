package dev.socketfactory.actuate;

import java.lang.management.ManagementFactory;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.stream.Stream;

import javax.management.MBeanOperationInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.ReflectionException;

import dev.socketfactory.PauseReason;
import dev.socketfactory.SocketFactory;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.MapAssert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SocketsEndpoint} over JMX.
 */
class SocketsEndpointJmxTests {

	private static final MBeanServer SERVER = ManagementFactory.getPlatformMBeanServer();

	private static ConfigurableApplicationContext context;

	private static ObjectName sockets;

	@BeforeAll
	static void start() throws Exception {
		context = new SpringApplicationBuilder(TestApplication.class).web(WebApplicationType.NONE)
			.properties("spring.jmx.enabled=true", "management.endpoints.jmx.exposure.include=sockets",
					"socket-factory.listeners.idle.bind=127.0.0.1:0")
			.run();
		sockets = new ObjectName("org.springframework.boot:type=Endpoint,name=Sockets");
	}

	@AfterAll
	static void stop() {
		context.close();
	}

	@Test
	void hasTheOperationsOfTheEndpoint() throws Exception {
		assertThat(Arrays.stream(SERVER.getMBeanInfo(sockets).getOperations()).map(MBeanOperationInfo::getName))
			.containsExactlyInAnyOrder("sockets", "socket", "view", "control", "disconnect", "limit");
	}

	@Test
	void listsAndDescribes() throws Exception {
		Object one = invoke("socket", "idle");
		assertThat(one).asInstanceOf(InstanceOfAssertFactories.MAP)
			.containsEntry("name", "idle")
			.containsEntry("state", "LISTENING")
			.as("what does not apply")
			.doesNotContainKeys("maxConnections", "lowWater", "lastFailure");
		assertThat(SERVER.invoke(sockets, "sockets", new Object[0], new String[0]))
			.isEqualTo(Map.of("listeners", Map.of("idle", one), "clients", Collections.emptyMap()));
	}

	@Test
	void tellsTheLocalAddress() throws Exception {
		assertThat(invoke("view", "idle", "getsockname")).isEqualTo(Map.of("domain", "AF_INET", "address", "127.0.0.1",
				"port", context.getEnvironment().getProperty("local.socket.idle.port", Integer.class)));
	}

	@Test
	void pausesAndResumesInAnyCase() throws Exception {
		SocketFactory factory = context.getBean(SocketFactory.class);
		assertThat(invoke("control", "idle", "PAUSE").toString()).contains("reason=USER");
		assertThat(factory.getPauseReasons()).containsExactly(PauseReason.USER);
		assertThat(invoke("control", "idle", "resume").toString()).contains("pauseReasons=[]");
		assertThat(factory.getPauseReasons()).isEmpty();
	}

	@Test
	void changesTheLimit() throws Exception {
		assertLimit(500, 400, limit(500, 400));
		assertLimit(500, null, limit(null, -1));
		assertLimit(600, null, limit("600", null));
		assertLimit(600, 10, limit(null, 10L));
		assertLimit(null, null, limit(-1, null)).containsEntry("name", "idle");
	}

	@ParameterizedTest
	@MethodSource
	void refusesWhatIsNoNumber(Object value) throws Exception {
		limit(10, 5);
		assertThatExceptionOfType(ReflectionException.class).isThrownBy(() -> limit(value, null))
			.withMessage("'maxConnections' must be -1 (any number) or a whole number from 0 to 2147483647, not '%s'"
				.formatted(value));
		assertThatExceptionOfType(ReflectionException.class).isThrownBy(() -> limit(null, value))
			.withMessage("'lowWater' must be -1 (one less than maxConnections) or a whole number from 0 to 9, not '%s'"
				.formatted(value));
		assertLimit(10, 5, invoke("socket", "idle"));
	}

	static Stream<Object> refusesWhatIsNoNumber() {
		return Stream.of(-2, 2.5, 2.5F, 99999999999L, new BigDecimal("4.0"), true, "many", "2.5", "");
	}

	@Test
	void saysWhatIsWrong() {
		assertRefused("There is no socket factory 'nobody'; there is idle", "socket", "nobody");
		assertRefused("There is no socket factory 'nobody'; there is idle", "view", "nobody", "getsockname");
		assertRefused("There is no socket factory 'nobody'; there is idle", "control", "nobody", "pause");
		assertRefused("There is no action 'dance'; there is pause, resume, start, stop, disconnect", "control", "idle",
				"dance");
		assertRefused("There is nothing called 'dance' to read; there is getsockname, connections", "view", "idle",
				"dance");
	}

	private static Object limit(Object maxConnections, Object lowWater) throws Exception {
		String[] signature = { String.class.getName(), String.class.getName(), String.class.getName() };
		return SERVER.invoke(sockets, "limit", new Object[] { "idle", maxConnections, lowWater }, signature);
	}

	private static MapAssert<Object, Object> assertLimit(Integer maxConnections, Integer lowWater, Object description) {
		return assertThat(description).asInstanceOf(InstanceOfAssertFactories.MAP)
			.returns(maxConnections, (map) -> map.get("maxConnections"))
			.returns(lowWater, (map) -> map.get("lowWater"));
	}

	private static Object invoke(String operation, String... arguments) throws Exception {
		String[] signature = new String[arguments.length];
		Arrays.fill(signature, String.class.getName());
		return SERVER.invoke(sockets, operation, arguments, signature);
	}

	private static void assertRefused(String message, String operation, String... arguments) {
		assertThatExceptionOfType(ReflectionException.class).isThrownBy(() -> invoke(operation, arguments))
			.withMessage(message)
			.withCauseInstanceOf(IllegalArgumentException.class);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class TestApplication {

	}

}
