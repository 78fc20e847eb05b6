package dev.socketfactory.engine;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

import dev.socketfactory.AccessSettings;
import dev.socketfactory.DispatchMode;
import dev.socketfactory.PauseReason;
import dev.socketfactory.PerSourceSettings;
import dev.socketfactory.SocketConnection;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketSpecBuilder;
import dev.socketfactory.SocketState;
import dev.socketfactory.SslSettings;
import dev.socketfactory.engine.CreatedSocket.Phase;
import dev.socketfactory.engine.admission.TlsBundle;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.Certificates;
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
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.util.Assert;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that accepted connections leave nothing behind, whatever their end is.
 */
@ExtendWith(LeakCheck.class)
@EnabledOnOs(OS.LINUX)
class ConnectionLeakTests {

	private static final String LOGGER = "dev.socketfactory.SocketFactory";

	private static final int THREADS = 4;

	private static final int HANDLERS = 16;

	private static final long MEBIBYTE = 1024 * 1024;

	@TempDir
	private static Path directory;

	private final LoggingSystem logging = LoggingSystem.get(getClass().getClassLoader());

	private final ExecutorService handlers = Executors.newFixedThreadPool(HANDLERS,
			(task) -> new Thread(task, "handler"));

	private final ExecutorService others = Executors.newSingleThreadExecutor((task) -> new Thread(task, "handler"));

	private final AtomicInteger ended = new AtomicInteger();

	private final Map<String, Integer> ends = new ConcurrentHashMap<>();

	private SSLContext clientContext;

	private DefaultSocketFactories factories;

	private ManagedSocketFactory plain;

	private ManagedSocketFactory denying;

	private ManagedSocketFactory unclaimed;

	private ManagedSocketFactory impatient;

	private ManagedSocketFactory inline;

	private ManagedSocketFactory tls;

	@BeforeEach
	void open() throws Exception {
		this.logging.setLogLevel(LOGGER, LogLevel.OFF);
		Certificates certificates = Certificates.in(directory).issue("server", "DNS:localhost,IP:127.0.0.1");
		this.clientContext = certificates.tls(null).context();
		TlsBundle bundle = certificates.tls("server");
		this.factories = new DefaultSocketFactories(this::publish,
				new EngineSettings(this.handlers, HANDLERS, DispatchMode.EXECUTOR, (factory, address) -> {
				}, this.handlers, (name) -> bundle, Collections.emptyList(), 0), Collections.emptyList(),
				Collections.emptyList());
		this.factories.start();
		this.plain = open(listener("plain").perSource(new PerSourceSettings(5000, 64)).maxConnections(2000));
		this.denying = open(
				listener("denying").access(AccessSettings.of(Collections.emptyList(), List.of("127.0.0.0/8"))));
		this.unclaimed = open(listener("unclaimed").unclaimedTimeout(Duration.ofMillis(50)));
		this.impatient = open(listener("impatient").idleTimeout(Duration.ofMillis(100)));
		this.inline = open(listener("inline").dispatch(DispatchMode.INLINE));
		this.tls = open(listener("tls").ssl(new SslSettings("server", SslSettings.ClientAuth.NONE,
				Collections.emptyMap(), Duration.ofSeconds(2), true, null)));
	}

	@AfterEach
	void close() {
		this.factories.close();
		Parallel.end(this.handlers);
		Parallel.end(this.others);
		this.logging.setLogLevel(LOGGER, null);
	}

	@Test
	@Timeout(90)
	@DisplayName("10,000 connections with every kind of end leave no descriptor, thread, timer or buffer behind")
	void whateverEndsAConnectionNothingOfItIsLeft() throws Exception {
		runAll(20);
		settle();
		Left before = Left.count(this.factories);
		this.ended.set(0);
		this.ends.clear();
		runAll(1);
		settle();
		assertThat(this.ended).hasValue(10_000);
		assertThat(this.ends).containsKeys("plain reset", "impatient timeout", "tls truncated");
		assertThat(this.denying.getRefused()).containsKey("denied");
		assertThat(this.tls.getRefused()).containsKey("first-byte");
		assertThat(this.unclaimed.getConnections().unclaimed()).isGreaterThanOrEqualTo(200);
		assertThat(this.tls.getStatus().failures()).containsKey("handshake");
		assertThat(this.plain.getHandlerErrors()).isGreaterThanOrEqualTo(1500);
		Await.await().untilAsserted(() -> {
			Left after = Left.count(this.factories);
			assertThat(after.descriptors()).as("descriptors").isLessThanOrEqualTo(before.descriptors());
			assertThat(after.keys()).as("keys of the selector").isEqualTo(before.keys());
			assertThat(after.threads()).as("threads").isEqualTo(before.threads());
			assertThat(after.heap()).as("heap").isLessThan(before.heap() + 3 * MEBIBYTE);
			assertThat(after.buffers()).as("direct buffers").isLessThan(before.buffers() + MEBIBYTE);
		});
		Object timers = ReflectionTestUtils.getField(Left.loopField(this.factories, "timers"), "queue");
		Await.await().untilAsserted(() -> assertThat((Collection<?>) timers).as("timers").isEmpty());
	}

	/**
	 * Make connections of all kinds.
	 * @param part of all connections, which part is made
	 */
	private void runAll(int part) throws Exception {
		many(2100 / part, () -> {
			try (Socket client = connect(this.plain)) {
				echo(client);
			}
		});
		many(1500 / part, () -> sendAndRead(this.plain, "return"));
		many(1500 / part, () -> sendAndRead(this.plain, "throw"));
		many(200 / part, () -> sendAndRead(this.plain, "hand on"));
		many(1500 / part, () -> {
			try (Socket client = connect(this.plain)) {
				echo(client);
				client.setSoLinger(true, 0);
			}
		});
		many(1200 / part, () -> sendAndRead(this.denying, "anything"));
		many(1000 / part, () -> sendAndRead(this.inline, "anything"));
		together(200 / part, this.unclaimed, ConnectionLeakTests::read);
		together(200 / part, this.impatient, ConnectionLeakTests::read);
		together(100 / part, this.tls, ConnectionLeakTests::read);
		stopAndPause(100 / part);
		many(100 / part, () -> connect(this.tls).close());
		many(150 / part, () -> sendAndRead(this.tls, "GET / HTTP/1.1\r\n"));
		many(100 / part, () -> {
			try (SSLSocket client = handshake(connect(this.tls))) {
				echo(client);
			}
		});
		many(50 / part, () -> {
			try (Socket bare = connect(this.tls)) {
				echo(handshake(bare));
			}
		});
	}

	private void many(int count, Client client) throws Exception {
		Parallel.run(THREADS, (thread) -> {
			for (int i = thread; i < count; i += THREADS) {
				client.run();
				this.ended.incrementAndGet();
			}
		});
	}

	private void together(int count, ManagedSocketFactory factory, End end) throws Exception {
		List<Socket> clients = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			clients.add(connect(factory));
		}
		for (Socket client : clients) {
			try (client) {
				end.await(client);
			}
			this.ended.incrementAndGet();
		}
	}

	private void stopAndPause(int count) throws Exception {
		together(HANDLERS / 2, this.plain, (client) -> {
			this.plain.stop();
			this.plain.start();
			echo(client);
		});
		this.plain.pauseAccept(PauseReason.USER);
		List<Socket> waiting = new ArrayList<>();
		for (int i = 0; i < count - HANDLERS / 2; i++) {
			waiting.add(connect(this.plain));
		}
		this.plain.stop();
		for (Socket client : waiting) {
			try (client) {
				read(client);
			}
			this.ended.incrementAndGet();
		}
		this.plain.start();
		this.plain.resumeAccept(PauseReason.USER);
	}

	private void publish(Object event) {
		if (!(event instanceof ConnectionAcceptedEvent accepted) || accepted.getSource() == this.unclaimed) {
			return;
		}
		if (accepted.getSource() == this.inline) {
			Peer.close(accepted.claimChannel());
			return;
		}
		try {
			serve(accepted);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private ManagedSocketFactory open(SocketSpecBuilder spec) {
		ManagedSocketFactory factory = (ManagedSocketFactory) this.factories.open(spec.build());
		assertThat(factory.getState()).isEqualTo(SocketState.LISTENING);
		factory.addMeters(new FactoryMeters() {

			@Override
			public void ended(String cause) {
				ConnectionLeakTests.this.ends.merge(factory.getName() + " " + cause, 1, Integer::sum);
			}

		});
		return factory;
	}

	private void serve(ConnectionAcceptedEvent event) throws IOException {
		SocketConnection connection = event.claimConnection();
		BufferedReader in = connection.reader();
		String line = in.readLine();
		if ("hand on".equals(line)) {
			this.others.execute(() -> Peer.close(connection.getChannel()));
			return;
		}
		try (connection) {
			for (; line != null && !line.equals("return"); line = in.readLine()) {
				Assert.state(!line.equals("throw"), "as the client wishes");
				connection.writer().write(line + "\n");
				connection.writer().flush();
			}
		}
	}

	private void settle() {
		Await.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
			assertThat(((ExecutorDispatcher) this.plain.getDispatcher()).getAcquired()).as("permits").isZero();
			assertThat(this.factories.getAll()).allSatisfy((factory) -> {
				assertThat(factory.getSockets().size()).as("open sockets of " + factory).isZero();
				assertThat(factory.getSockets().snapshot(Phase.values())).as("sockets of " + factory).isEmpty();
				assertThat(factory.getSockets().getRunningHandlers()).as("handlers of " + factory).isZero();
			});
		});
	}

	private static SocketSpecBuilder listener(String name) {
		return SocketSpec.listener(name).bind("127.0.0.1:0");
	}

	private static Socket connect(ManagedSocketFactory factory) throws IOException {
		Socket client = new Socket();
		client.setSoTimeout((int) TimeUnit.SECONDS.toMillis(20));
		client.connect(SocketFactoryHarness.addressOf(factory));
		return client;
	}

	private SSLSocket handshake(Socket bare) throws IOException {
		SSLSocket client = (SSLSocket) this.clientContext.getSocketFactory()
			.createSocket(bare, "localhost", bare.getPort(), true);
		client.startHandshake();
		return client;
	}

	private static void sendAndRead(ManagedSocketFactory factory, String line) throws IOException {
		try (Socket client = connect(factory)) {
			client.getOutputStream().write((line + "\n").getBytes(StandardCharsets.US_ASCII));
			read(client);
		}
		catch (SocketException ex) {
			// Closed before it was written or read
		}
	}

	private static void echo(Socket client) throws IOException {
		client.getOutputStream().write("?\n".getBytes(StandardCharsets.US_ASCII));
		assertThat(client.getInputStream().readNBytes(2)).asString(StandardCharsets.US_ASCII).isEqualTo("?\n");
	}

	private static void read(Socket client) throws IOException {
		try {
			client.getInputStream().readAllBytes();
		}
		catch (SocketException ex) {
			// Reset, because not all was read at the other end
		}
	}

	/**
	 * What one client does.
	 */
	@FunctionalInterface
	private interface Client {

		void run() throws Exception;

	}

	/**
	 * What a client does that has been connected together with others.
	 */
	@FunctionalInterface
	private interface End {

		void await(Socket client) throws Exception;

	}

	private record Left(long descriptors, int keys, List<String> threads, long heap, long buffers) {

		static Left count(DefaultSocketFactories factories) {
			Selector selector = (Selector) loopField(factories, "selector");
			System.gc();
			return new Left(Drill.countDescriptors(), selector.keys().size(), engineThreads(),
					ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
					ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)
						.stream()
						.mapToLong(BufferPoolMXBean::getMemoryUsed)
						.sum());
		}

		static Object loopField(DefaultSocketFactories factories, String name) {
			Engine engine = (Engine) ReflectionTestUtils.getField(factories, "engine");
			assertThat(engine).isNotNull();
			Object field = ReflectionTestUtils.getField(engine.getLoop(), name);
			assertThat(field).isNotNull();
			return field;
		}

		/**
		 * Those that end when they have had nothing to do for a while are not counted.
		 */
		private static List<String> engineThreads() {
			return Thread.getAllStackTraces()
				.keySet()
				.stream()
				.map(Thread::getName)
				.filter((name) -> name.startsWith("socket-") && !name.startsWith("socket-file-"))
				.sorted()
				.toList();
		}

	}

}
