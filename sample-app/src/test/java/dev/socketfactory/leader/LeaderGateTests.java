package dev.socketfactory.leader;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;

import dev.socketfactory.PauseReason;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketState;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.event.SocketEventListener;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.integration.leader.Context;
import org.springframework.integration.leader.event.OnGrantedEvent;
import org.springframework.integration.leader.event.OnRevokedEvent;
import org.springframework.integration.support.leader.LockRegistryLeaderInitiator;
import org.springframework.integration.support.locks.DefaultLockRegistry;
import org.springframework.integration.support.locks.LockRegistry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link LeaderGate}.
 */
class LeaderGateTests {

	private static final PauseReason NOT_LEADER = PauseReason.of("not-leader");

	@Test
	void acceptsOnlyWhileLeadershipIsGranted() throws IOException {
		try (ConfigurableApplicationContext instance = start(Gate.class, null)) {
			SocketFactory listener = listenerOf(instance);
			assertThat(listener.getState()).isEqualTo(SocketState.LISTENING);
			assertThat(listener.getPauseReasons()).containsExactly(NOT_LEADER);
			try (Socket client = connect(instance)) {
				client.setSoTimeout(200);
				assertThat(listener.getPauseReasons()).containsExactly(NOT_LEADER);
				instance.publishEvent(new OnGrantedEvent(this, mock(Context.class), "rot13"));
				client.setSoTimeout(20_000);
				assertThat(client.getInputStream().read()).isEqualTo('!');
			}
			instance.publishEvent(new OnRevokedEvent(this, mock(Context.class), "rot13"));
			assertThat(listener.getPauseReasons()).containsExactly(NOT_LEADER);
		}
	}

	@Test
	void whenLeaderIsClosedTheOtherInstanceAccepts() throws IOException {
		LockRegistry<?> locks = new DefaultLockRegistry();
		try (ConfigurableApplicationContext first = start(Election.class, locks)) {
			awaitAccepting(first);
			try (ConfigurableApplicationContext second = start(Election.class, locks)) {
				assertThat(listenerOf(second).getPauseReasons()).containsExactly(NOT_LEADER);
				assertThat(listenerOf(first).getPauseReasons()).isEmpty();
				first.close();
				awaitAccepting(second);
				try (Socket client = connect(second)) {
					client.setSoTimeout(20_000);
					assertThat(client.getInputStream().read()).isEqualTo('!');
				}
			}
		}
	}

	private static void awaitAccepting(ConfigurableApplicationContext instance) {
		Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> listenerOf(instance).getPauseReasons().isEmpty());
	}

	private static SocketFactory listenerOf(ConfigurableApplicationContext instance) {
		return instance.getBean("rot13SocketFactory", SocketFactory.class);
	}

	private static Socket connect(ConfigurableApplicationContext instance) throws IOException {
		int port = instance.getEnvironment().getRequiredProperty("local.socket.rot13.port", Integer.class);
		return new Socket(InetAddress.getByName("127.0.0.1"), port);
	}

	private static ConfigurableApplicationContext start(Class<?> configuration, LockRegistry<?> locks) {
		return new SpringApplicationBuilder(configuration).web(WebApplicationType.NONE).initializers((context) -> {
			if (locks != null) {
				context.getBeanFactory().registerSingleton("locks", locks);
			}
		})
			.run("--spring.config.location=optional:classpath:/none/",
					"--socket-factory.listeners.rot13.bind=127.0.0.1:0");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import({ LeaderGate.class, Greeter.class })
	static class Gate {

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Gate.class)
	static class Election {

		@Bean
		LockRegistryLeaderInitiator leaderInitiator(LockRegistry<?> locks) {
			return new LockRegistryLeaderInitiator(locks);
		}

	}

	static class Greeter {

		@SocketEventListener(factory = "rot13")
		void greet(ConnectionAcceptedEvent event) throws IOException {
			try (var client = event.claimBlockingChannel()) {
				client.socket().getOutputStream().write('!');
			}
		}

	}

}
