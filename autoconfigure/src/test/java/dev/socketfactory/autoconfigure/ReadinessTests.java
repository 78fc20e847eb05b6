package dev.socketfactory.autoconfigure;

import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import dev.socketfactory.PauseReason;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.engine.ManagedSocketFactory;
import dev.socketfactory.engine.socket.ProcNet;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.event.SocketEventListener;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@code follow-readiness} in a running application.
 */
@ExtendWith(OutputCaptureExtension.class)
class ReadinessTests {

	private static final Duration QUIET = Duration.ofMillis(100);

	@AfterEach
	void nothingIsLeft() {
		SocketThreads.awaitNone();
	}

	@Test
	void whenRunnersAreNotDoneThenClientsWaitUntilTheApplicationIsReady() throws Exception {
		AtomicReference<ConfigurableApplicationContext> running = new AtomicReference<>();
		Thread main = new Thread(() -> running.set(run("socket-factory.listeners.rot13.follow-readiness=true",
				"socket-factory.listeners.eager.bind=127.0.0.1:0")));
		Application.reset();
		main.start();
		assertThat(Application.started.await(20, TimeUnit.SECONDS)).isTrue();
		ManagedSocketFactory factory = (ManagedSocketFactory) Application.factory;
		try (SocketChannel client = SocketChannel.open(addressOf(factory))) {
			Awaitility.await().during(QUIET).untilAsserted(() -> {
				assertThat(factory.getPauseReasons()).containsExactly(PauseReason.NOT_READY);
				assertThat(accepted(factory)).isZero();
			});
			Application.go.countDown();
			Awaitility.await().untilAsserted(() -> assertThat(accepted(factory)).isOne());
			assertThat(factory.getPauseReasons()).isEmpty();
			assertThat(client.isOpen()).isTrue();
		}
		finally {
			Application.go.countDown();
			main.join(TimeUnit.SECONDS.toMillis(20));
			running.get().close();
		}
	}

	@Test
	void whenTrafficIsRefusedThenPausesAndOtherReasonsAreUntouched(CapturedOutput output) throws Exception {
		Application.open();
		try (ConfigurableApplicationContext context = run("socket-factory.listeners.rot13.follow-readiness=true",
				"socket-factory.listeners.eager.bind=127.0.0.1:0")) {
			SocketFactory factory = context.getBean("rot13SocketFactory", SocketFactory.class);
			SocketFactory eager = context.getBean("eagerSocketFactory", SocketFactory.class);
			assertThat(factory.getPauseReasons()).isEmpty();
			factory.pauseAccept();
			AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC);
			assertThat(factory.getPauseReasons()).containsExactlyInAnyOrder(PauseReason.USER, PauseReason.NOT_READY);
			assertThat(eager.getPauseReasons()).isEmpty();
			factory.resumeAccept();
			assertThat(factory.getPauseReasons()).containsExactly(PauseReason.NOT_READY);
			AvailabilityChangeEvent.publish(context, LivenessState.CORRECT);
			assertThat(factory.getPauseReasons()).containsExactly(PauseReason.NOT_READY);
			factory.stop();
			factory.start();
			assertThat(factory.getPauseReasons()).containsExactly(PauseReason.NOT_READY);
			factory.pauseAccept();
			AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
			assertThat(factory.getPauseReasons()).containsExactly(PauseReason.USER);
			assertThat(output).contains("listener 'rot13' is paused: USER, NOT_READY")
				.contains(", paused: NOT_READY)")
				.doesNotContain("listener 'eager' is");
		}
	}

	@Test
	void whenNotReadyAtShutdownThenQueuedClientsAreServedAllTheSame() throws Exception {
		Application.open();
		SocketChannel client;
		SocketChannel other;
		ManagedSocketFactory factory;
		try (ConfigurableApplicationContext context = run("socket-factory.listeners.rot13.follow-readiness=true")) {
			factory = context.getBean("rot13SocketFactory", ManagedSocketFactory.class);
			AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC);
			client = SocketChannel.open(addressOf(factory));
			other = SocketChannel.open(addressOf(factory));
			Awaitility.await().untilAsserted(() -> assertThat(factory.getAcceptQueueDepth(new ProcNet())).isEqualTo(2));
			assertThat(accepted(factory)).isZero();
		}
		assertThat(accepted(factory)).isEqualTo(2);
		assertThat(factory.getStatus().connections().reset()).isZero();
		client.close();
		other.close();
	}

	private static long accepted(ManagedSocketFactory factory) {
		return factory.getStatus().connections().total();
	}

	private static InetSocketAddress addressOf(SocketFactory factory) {
		return (InetSocketAddress) Objects.requireNonNull(factory.getLocalAddress());
	}

	private static ConfigurableApplicationContext run(String... properties) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties("socket-factory.listeners.rot13.bind=127.0.0.1:0", "spring.main.banner-mode=off")
			.properties(properties)
			.run();
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(SocketFactoryAutoConfiguration.class)
	static class Application {

		static volatile CountDownLatch started = new CountDownLatch(1);

		static volatile CountDownLatch go = new CountDownLatch(1);

		static volatile SocketFactory factory;

		static void reset() {
			started = new CountDownLatch(1);
			go = new CountDownLatch(1);
		}

		static void open() {
			reset();
			go.countDown();
		}

		@Bean
		ApplicationRunner slowRunner(SocketFactory rot13SocketFactory) {
			return (arguments) -> {
				factory = rot13SocketFactory;
				started.countDown();
				assertThat(go.await(20, TimeUnit.SECONDS)).isTrue();
			};
		}

		@SocketEventListener(factory = "rot13")
		void close(ConnectionAcceptedEvent event) throws Exception {
			event.claimBlockingChannel().close();
		}

	}

}
