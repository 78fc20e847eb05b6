package dev.socketfactory.engine;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import dev.socketfactory.PauseReason;
import dev.socketfactory.SocketFactories;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketState;
import dev.socketfactory.autoconfigure.SocketFactoryAutoConfiguration;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.event.ConnectionEstablishedEvent;
import dev.socketfactory.event.SocketEventListener;
import dev.socketfactory.event.SocketStateEvent;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.LeakCheck;
import dev.socketfactory.testing.Peer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Drills: what an application still does for its clients when its context is closed.
 */
@Tag("drill")
@ExtendWith({ OutputCaptureExtension.class, LeakCheck.class })
class ShutdownDrillTests {

	/**
	 * More than the pool has threads.
	 */
	private static final int QUEUED = 500;

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void queuedClientsAreServedWhenTheContextIsClosed(boolean virtual, CapturedOutput output) throws Exception {
		List<Socket> clients = new ArrayList<>();
		ConfigurableApplicationContext context = run(Answering.class, "spring.threads.virtual.enabled=" + virtual,
				"socket-factory.listeners.front.bind=127.0.0.1",
				"socket-factory.listeners.front.follow-readiness=true");
		try (context) {
			SocketFactory front = context.getBean(SocketFactories.class).get("front");
			InetSocketAddress address = SocketFactoryHarness.addressOf(front);
			AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC);
			assertThat(front.getPauseReasons()).containsExactly(PauseReason.NOT_READY);
			for (int i = 0; i < QUEUED; i++) {
				clients.add(connect(address));
			}
			assertThat(((ManagedSocketFactory) front).getStatus().connections().total()).isZero();
			long begin = System.nanoTime();
			context.close();
			Duration took = Duration.ofNanos(System.nanoTime() - begin);
			int served = 0;
			for (Socket client : clients) {
				served += isAnswered(client) ? 1 : 0;
			}
			Drill.print("shutdown with a queue",
					"%s; %d clients in the listen queue, %d served, context closed after %d ms",
					virtual ? "virtual threads where there are" : "pool of 200 threads", QUEUED, served,
					took.toMillis());
			assertThat(served).isEqualTo(QUEUED);
			assertThat(took).isLessThan(Duration.ofSeconds(5));
		}
		finally {
			for (Socket client : clients) {
				client.close();
			}
		}
		assertThat(output).doesNotContain("ERROR", "WARN", "were reset");
	}

	@Test
	void clientsWhoWaitForAThreadAreServedWhenTheContextIsClosed(CapturedOutput output) throws Exception {
		List<Socket> clients = new ArrayList<>();
		ConfigurableApplicationContext context = run(Answering.class, "spring.threads.virtual.enabled=false",
				"socket-factory.listeners.front.bind=127.0.0.1");
		try (context) {
			SocketFactory front = context.getBean(SocketFactories.class).get("front");
			for (int i = 0; i < QUEUED; i++) {
				clients.add(connect(SocketFactoryHarness.addressOf(front)));
			}
			Await.await().until(() -> front.getPauseReasons().contains(PauseReason.DISPATCH));
			context.close();
			int served = 0;
			for (Socket client : clients) {
				served += isAnswered(client) ? 1 : 0;
			}
			Drill.print("shutdown of a saturated pool", "pool of 200 threads; %d clients, %d served", QUEUED, served);
			assertThat(served).isEqualTo(QUEUED);
		}
		finally {
			for (Socket client : clients) {
				client.close();
			}
		}
		assertThat(output).doesNotContain("ERROR", "WARN", "were reset");
	}

	@Test
	void gatewayHasItsUpstreamUntilItsHandlersHaveEnded(CapturedOutput output) throws Exception {
		try (Peer upstream = Peer.listening()) {
			ConfigurableApplicationContext context = run(Gateway.class, "socket-factory.listeners.front.bind=127.0.0.1",
					"socket-factory.clients.upstream.remote=127.0.0.1:" + upstream.port());
			Gateway gateway = context.getBean(Gateway.class);
			try (context; SocketChannel behind = upstream.accept()) {
				SocketFactories factories = context.getBean(SocketFactories.class);
				gateway.connected.await();
				try (Socket client = connect(SocketFactoryHarness.addressOf(factories.get("front")))) {
					gateway.handling.await();
					long begin = System.nanoTime();
					Thread closing = new Thread(context::close, "closing");
					closing.start();
					Await.await().until(() -> factories.get("front").getState() == SocketState.STOPPED);
					Await.during(300,
							() -> assertThat(factories.get("upstream").getState()).isEqualTo(SocketState.CONNECTED));
					gateway.go.countDown();
					assertThat(Peer.read(behind, 1)).isEqualTo("?");
					Peer.write(behind, "x");
					assertThat(client.getInputStream().read()).isEqualTo('x');
					assertThat(client.getInputStream().read()).isEqualTo(-1);
					assertThat(Peer.read(behind, 1)).as("end of the upstream connection").isEmpty();
					closing.join(10_000);
					assertThat(closing.isAlive()).isFalse();
					Drill.print("gateway",
							"its client was answered by way of the upstream connection after its "
									+ "listener had stopped; context closed after %d ms, %d of them the handler's",
							Duration.ofNanos(System.nanoTime() - begin).toMillis(), 300);
				}
			}
		}
		assertThat(output).doesNotContain("ERROR", "still open at shutdown");
	}

	private static ConfigurableApplicationContext run(Class<?> configuration, String... properties) {
		return new SpringApplicationBuilder(configuration).web(WebApplicationType.NONE)
			.registerShutdownHook(false)
			.properties(properties)
			.properties("spring.lifecycle.timeout-per-shutdown-phase=10s", "spring.main.banner-mode=off")
			.run();
	}

	private static Socket connect(InetSocketAddress address) throws IOException {
		Socket client = new Socket(address.getAddress(), address.getPort());
		client.setSoTimeout(10_000);
		return client;
	}

	private static boolean isAnswered(Socket client) {
		try {
			return client.getInputStream().read() == 'x';
		}
		catch (IOException ex) {
			return false;
		}
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(SocketFactoryAutoConfiguration.class)
	static class Answering {

		@SocketEventListener(factory = "front")
		void serve(ConnectionAcceptedEvent event) throws InterruptedException {
			// Long enough that each needs a thread of its own
			TimeUnit.MILLISECONDS.sleep(200);
			Drill.answer(event);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(SocketFactoryAutoConfiguration.class)
	static class Gateway {

		private final CountDownLatch connected = new CountDownLatch(1);

		private final CountDownLatch handling = new CountDownLatch(1);

		private final CountDownLatch go = new CountDownLatch(1);

		private volatile @Nullable SocketChannel upstream;

		@SocketEventListener(factory = "upstream")
		void connected(ConnectionEstablishedEvent event) {
			this.upstream = event.claimBlockingChannel();
			this.connected.countDown();
		}

		@SocketEventListener(factory = "front")
		void serve(ConnectionAcceptedEvent event) throws Exception {
			this.handling.countDown();
			this.go.await();
			SocketChannel channel = this.upstream;
			assertThat(channel).isNotNull();
			channel.write(ByteBuffer.wrap(new byte[] { '?' }));
			assertThat(Peer.read(channel, 1)).isEqualTo("x");
			Drill.answer(event);
		}

		@SocketEventListener(factory = "upstream")
		void stopped(SocketStateEvent event) throws IOException {
			SocketChannel channel = this.upstream;
			if (event.getState() == SocketState.STOPPED && channel != null) {
				channel.close();
			}
		}

	}

}
