package dev.socketfactory.engine;

import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.RetrySettings;
import dev.socketfactory.SocketConnection;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketSpecBuilder;
import dev.socketfactory.event.SocketFailureEvent;
import dev.socketfactory.event.SocketSuccessEvent;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.LeakCheck;
import dev.socketfactory.testing.Parallel;
import dev.socketfactory.testing.Peer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that clients leave neither descriptors nor memory behind, in the long run.
 */
@ExtendWith(LeakCheck.class)
@EnabledOnOs(OS.LINUX)
class ClientLeakTests {

	private static final String LOGGER = "dev.socketfactory.SocketFactory";

	private static final int THREADS = 4;

	private static final long MEBIBYTE = 1024 * 1024;

	private final LoggingSystem logging = LoggingSystem.get(getClass().getClassLoader());

	private final AtomicInteger published = new AtomicInteger();

	private final AtomicInteger failed = new AtomicInteger();

	private final ExecutorService handlers = Executors.newFixedThreadPool(4);

	private final Engine engine = new Engine(this::publish,
			new EngineSettings(this.handlers, 4, DispatchMode.EXECUTOR, (name, address) -> {
			}));

	private final List<ManagedSocketFactory> factories = new ArrayList<>();

	@BeforeEach
	void silence() {
		this.logging.setLogLevel(LOGGER, LogLevel.OFF);
	}

	@AfterEach
	void close() {
		this.factories.forEach(ManagedSocketFactory::stop);
		Shutdown.now().await(this.factories);
		this.engine.close();
		Parallel.end(this.handlers);
		this.logging.setLogLevel(LOGGER, null);
	}

	@Test
	@Timeout(90)
	@DisplayName("10,000 connects, failures, retries and closes without a leaked descriptor or growing heap")
	void whenMuchHappensThenNothingIsLeft() throws Exception {
		ListenerSocketFactory listener = new ListenerSocketFactory(SocketFactoryHarness.loopback().build(),
				this.engine);
		this.factories.add(listener);
		listener.start();
		InetSocketAddress address = SocketFactoryHarness.addressOf(listener);
		InetSocketAddress nobody = Peer.nobody();
		List<Clients> clients = new ArrayList<>();
		for (int i = 0; i < THREADS; i++) {
			clients.add(new Clients(i, address, nobody));
		}
		Parallel.run(THREADS, (thread) -> clients.get(thread).run(300));
		settle();
		long sockets = LeakCheck.countSockets();
		long heap = LongStream.generate(ClientLeakTests::usedHeap).limit(4).min().orElseThrow();
		Parallel.run(THREADS, (thread) -> clients.get(thread).run(10_000 / THREADS));
		settle();
		assertThat(LeakCheck.countSockets()).isEqualTo(sockets);
		// What is freed by way of references takes more than one collection
		Await.await().untilAsserted(() -> assertThat(usedHeap()).isLessThan(heap + 2 * MEBIBYTE));
		assertThat(this.published).hasValueGreaterThan(2000);
		assertThat(this.failed).hasValueGreaterThan(2000);
		assertThat(listener.getState().name()).isEqualTo("LISTENING");
	}

	private void publish(Object event) {
		if (event instanceof SocketSuccessEvent success) {
			this.published.incrementAndGet();
			if (ThreadLocalRandom.current().nextInt(20) != 0) {
				Peer.close(success.claimChannel());
			}
		}
		else if (event instanceof SocketFailureEvent) {
			this.failed.incrementAndGet();
		}
	}

	private void settle() {
		Await.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
			assertThat(
					((ExecutorDispatcher) this.engine.getDispatcher(SocketSpec.listener("any").build())).getAcquired())
				.isZero();
			assertThat(this.factories).allSatisfy((factory) -> assertThat(factory.getSockets().size()).isZero());
		});
		this.engine.getOrderedPublisher().await(10_000, (thread) -> false);
	}

	private static long usedHeap() {
		System.gc();
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
	}

	/**
	 * The clients of one thread.
	 */
	private final class Clients {

		private final ManagedSocketFactory reachable;

		private final ManagedSocketFactory reconnecting;

		private final ManagedSocketFactory refused;

		private Clients(int thread, InetSocketAddress address, InetSocketAddress nobody) {
			this.reachable = make("reachable-" + thread, address, false);
			this.reconnecting = make("reconnecting-" + thread, address, true);
			this.refused = make("refused-" + thread, nobody, false);
		}

		private ManagedSocketFactory make(String name, InetSocketAddress remote, boolean reconnect) {
			SocketSpecBuilder spec = SocketSpec.client(name)
				.remote(remote)
				.reconnect(reconnect)
				.options(Map.of("SO_LINGER", 0))
				.unclaimedTimeout(Duration.ofMillis(20))
				.retry(new RetrySettings(3, Duration.ofMillis(1), 1, Duration.ofMillis(1), Duration.ZERO));
			ClientSocketFactory factory = new ClientSocketFactory(spec.build(), ClientLeakTests.this.engine);
			ClientLeakTests.this.factories.add(factory);
			return factory;
		}

		private void run(int times) throws Exception {
			for (int i = 0; i < times; i++) {
				switch (ThreadLocalRandom.current().nextInt(6)) {
					case 0 -> this.reachable.connect().get(10, TimeUnit.SECONDS).close();
					case 1 -> this.refused.connect().handle((channel, failure) -> failure).get(10, TimeUnit.SECONDS);
					case 2 -> cancelSoon();
					case 3 -> startAndStop(this.reachable);
					case 4 -> startAndStop(this.reconnecting);
					default -> startAndStop(this.refused);
				}
			}
			this.reachable.stop();
			this.reconnecting.stop();
			this.refused.stop();
		}

		private void cancelSoon() throws Exception {
			CompletableFuture<SocketConnection> future = this.reachable.connect();
			Thread.yield();
			if (!future.cancel(false)) {
				future.get(10, TimeUnit.SECONDS).close();
			}
		}

		private void startAndStop(ManagedSocketFactory factory) throws Exception {
			factory.start();
			// So that it is stopped in every stage of connecting
			TimeUnit.MICROSECONDS.sleep(ThreadLocalRandom.current().nextInt(3000));
			if (ThreadLocalRandom.current().nextBoolean()) {
				factory.stop();
			}
		}

	}

}
