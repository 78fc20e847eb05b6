package dev.socketfactory.actuate;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;

import javax.management.MBeanOperationInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.ReflectionException;

import dev.socketfactory.PauseReason;
import dev.socketfactory.SocketFactory;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

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
			.containsExactlyInAnyOrder("sockets", "socket", "view", "control", "limit");
	}

	@Test
	void listsAndDescribes() throws Exception {
		Object one = invoke("socket", "idle");
		assertThat(one).asInstanceOf(InstanceOfAssertFactories.MAP)
			.containsEntry("name", "idle")
			.containsEntry("state", "LISTENING");
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
		String[] signature = { String.class.getName(), Integer.class.getName(), Integer.class.getName() };
		assertThat(SERVER.invoke(sockets, "limit", new Object[] { "idle", 500, 400 }, signature))
			.asInstanceOf(InstanceOfAssertFactories.MAP)
			.containsEntry("maxConnections", 500)
			.containsEntry("lowWater", 400);
		assertThat(SERVER.invoke(sockets, "limit", new Object[] { "idle", -1, null }, signature))
			.asInstanceOf(InstanceOfAssertFactories.MAP)
			.containsEntry("name", "idle")
			.containsEntry("maxConnections", null)
			.containsEntry("lowWater", null);
		assertThatExceptionOfType(ReflectionException.class)
			.isThrownBy(() -> SERVER.invoke(sockets, "limit", new Object[] { "idle", -2, null }, signature))
			.withMessage("'maxConnections' must be -1 (any number) or not negative, not -2");
	}

	@Test
	void saysWhatIsWrong() {
		assertRefused("There is no socket factory 'nobody'; there is idle", "socket", "nobody");
		assertRefused("There is no socket factory 'nobody'; there is idle", "view", "nobody", "getsockname");
		assertRefused("There is no socket factory 'nobody'; there is idle", "control", "nobody", "pause");
		assertRefused("There is no action 'dance'; there is pause, resume, start, stop", "control", "idle", "dance");
		assertRefused("There is nothing called 'dance' to read; there is getsockname", "view", "idle", "dance");
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
