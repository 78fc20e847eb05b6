package dev.socketfactory.engine;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketSpecBuilder;
import dev.socketfactory.SocketState;
import dev.socketfactory.SslSettings;
import dev.socketfactory.engine.admission.TlsBundle;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.Certificates;
import dev.socketfactory.testing.LeakCheck;
import dev.socketfactory.testing.Parallel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Drills: 500 clients that do not go on with their TLS handshake, and a pool of 200
 * threads.
 */
@Tag("drill")
@ExtendWith(LeakCheck.class)
class HandshakeFloodDrillTests {

	private static final int CLIENTS = 500;

	private static final int POOL = 200;

	private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(2);

	/**
	 * How much later than it is due something happens on a busy machine.
	 */
	private static final Duration LATE = Duration.ofSeconds(1);

	@TempDir
	private static Path directory;

	private final ThreadPoolExecutor pool = new ThreadPoolExecutor(0, POOL, 10, TimeUnit.SECONDS,
			new SynchronousQueue<>());

	private final AtomicInteger held = new AtomicInteger();

	private final AtomicInteger mostHeld = new AtomicInteger();

	private final AtomicLong longestNanos = new AtomicLong();

	private final List<Socket> flood = new ArrayList<>();

	private DefaultSocketFactories factories;

	private ManagedSocketFactory tls;

	private ManagedSocketFactory plain;

	private ManagedSocketFactory inline;

	@BeforeEach
	void open() throws Exception {
		Certificates certificates = Certificates.in(directory).issue("server", "DNS:localhost");
		TlsBundle bundle = certificates.tls("server");
		this.factories = new DefaultSocketFactories(this::publish,
				new EngineSettings(this::execute, POOL, DispatchMode.EXECUTOR, (factory, address) -> {
				}, this::execute, (name) -> bundle, Collections.emptyList(), 0), Collections.emptyList(),
				Collections.emptyList());
		this.factories.start();
		this.tls = open(SocketSpec.listener("tls")
			.ssl(new SslSettings("server", SslSettings.ClientAuth.NONE, Collections.emptyMap(), HANDSHAKE_TIMEOUT, true,
					null)));
		this.plain = open(SocketSpec.listener("plain"));
		this.inline = open(SocketSpec.listener("inline").dispatch(DispatchMode.INLINE));
		ask(this.plain);
		ask(this.inline);
		this.mostHeld.set(0);
	}

	@AfterEach
	void close() throws IOException {
		for (Socket client : this.flood) {
			client.close();
		}
		this.factories.close();
		Parallel.end(this.pool);
	}

	@Test
	void silentClientsHoldNoThread() throws Exception {
		long begin = System.nanoTime();
		connectFlood(false);
		Duration slowest = Duration.ZERO;
		int answered = 0;
		while (System.nanoTime() - begin < HANDSHAKE_TIMEOUT.toNanos()) {
			slowest = longer(slowest, ask(this.plain));
			answered++;
		}
		awaitEndOfFlood();
		Duration over = Duration.ofNanos(System.nanoTime() - begin);
		Drill.print("silent TLS clients",
				"%d of them, handshake-timeout %d ms: at most %d thread(s) of %d taken, by %d clients of another listener "
						+ "with the same pool, the slowest answered after %d ms; all silent ones closed after %d ms",
				CLIENTS, HANDSHAKE_TIMEOUT.toMillis(), this.mostHeld.get(), POOL, answered, slowest.toMillis(),
				over.toMillis());
		// That of the client, and those that are just on their way back
		assertThat(this.mostHeld).as("threads").hasValueLessThan(10);
		assertThat(over).isLessThan(HANDSHAKE_TIMEOUT.plus(LATE));
		assertThat(this.tls.getRefused()).containsEntry("first-byte", (long) CLIENTS);
	}

	@Test
	void clientsThatStopAfterTheirFirstByteHoldAThreadForTheHandshakeTimeoutAtMost() throws Exception {
		long begin = System.nanoTime();
		connectFlood(true);
		Await.await().until(() -> this.held.get() == POOL);
		CompletableFuture<Duration> shared = CompletableFuture.supplyAsync(() -> ask(this.plain));
		Duration slowest = Duration.ZERO;
		int answered = 0;
		while (!shared.isDone()) {
			slowest = longer(slowest, ask(this.inline));
			answered++;
		}
		awaitEndOfFlood();
		Duration over = Duration.ofNanos(System.nanoTime() - begin);
		Await.await().until(() -> this.held.get() == 0);
		Duration longest = Duration.ofNanos(this.longestNanos.get());
		Drill.print("stalled TLS handshakes",
				"%d of them, handshake-timeout %d ms: %d threads taken, each for %d ms at most; meanwhile %d clients of "
						+ "an inline listener answered, the slowest after %d ms; one of a listener with the same pool "
						+ "after %d ms; all stalled ones closed after %d ms",
				CLIENTS, HANDSHAKE_TIMEOUT.toMillis(), this.mostHeld.get(), longest.toMillis(), answered,
				slowest.toMillis(), shared.get().toMillis(), over.toMillis());
		assertThat(longest).isLessThan(HANDSHAKE_TIMEOUT.plus(LATE));
		assertThat(shared.get()).isLessThan(HANDSHAKE_TIMEOUT.plus(LATE));
		// In three turns, because whoever finds no thread waits in the listen queue
		assertThat(over).isLessThan(HANDSHAKE_TIMEOUT.multipliedBy(3).plus(LATE));
		assertThat(slowest).isLessThan(LATE);
	}

	private void connectFlood(boolean firstByte) throws IOException {
		for (int i = 0; i < CLIENTS; i++) {
			Socket client = connect(this.tls);
			this.flood.add(client);
			if (firstByte) {
				client.getOutputStream().write(22);
			}
		}
	}

	private void awaitEndOfFlood() {
		Await.await()
			.atMost(HANDSHAKE_TIMEOUT.multipliedBy(4))
			.until(() -> this.tls.getConnections().total() == CLIENTS && this.tls.getConnections().active() == 0);
	}

	private ManagedSocketFactory open(SocketSpecBuilder spec) {
		ManagedSocketFactory factory = (ManagedSocketFactory) this.factories.open(spec.bind("127.0.0.1:0").build());
		assertThat(factory.getState()).isEqualTo(SocketState.LISTENING);
		return factory;
	}

	private void publish(Object event) {
		if (event instanceof ConnectionAcceptedEvent accepted) {
			Drill.answer(accepted);
		}
	}

	private void execute(Runnable task) {
		this.pool.execute(() -> {
			long begin = System.nanoTime();
			this.mostHeld.accumulateAndGet(this.held.incrementAndGet(), Math::max);
			try {
				task.run();
			}
			finally {
				this.held.decrementAndGet();
				this.longestNanos.accumulateAndGet(System.nanoTime() - begin, Math::max);
			}
		});
	}

	/**
	 * Ask as a client does, and return how long the answer takes.
	 */
	private static Duration ask(ManagedSocketFactory factory) {
		long begin = System.nanoTime();
		try (Socket client = connect(factory)) {
			assertThat(client.getInputStream().read()).isEqualTo('x');
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		return Duration.ofNanos(System.nanoTime() - begin);
	}

	private static Socket connect(ManagedSocketFactory factory) throws IOException {
		Socket client = new Socket();
		client.setSoTimeout(10_000);
		client.connect(SocketFactoryHarness.addressOf(factory));
		return client;
	}

	private static Duration longer(Duration one, Duration other) {
		return (one.compareTo(other) > 0) ? one : other;
	}

}
