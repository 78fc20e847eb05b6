package dev.socketfactory.engine;

import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.SocketConnection;
import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketFailure;
import dev.socketfactory.SocketFailureException;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketSpecBuilder;
import dev.socketfactory.SocketState;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.EventRecorder;
import dev.socketfactory.testing.LeakCheck;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link SocketConnection}: the plain one.
 */
@ExtendWith(LeakCheck.class)
@Timeout(60)
class SocketConnectionTests {

	private static final int LONG = 4 * 1024 * 1024;

	private static final int PIECE = 8 * 1024;

	@TempDir
	private Path directory;

	private final EventRecorder recorder = new EventRecorder(DispatchMode.EXECUTOR);

	private final AtomicReference<SocketChannel> client = new AtomicReference<>();

	@AfterEach
	void close() throws Exception {
		SocketChannel open = this.client.get();
		if (open != null) {
			open.close();
		}
		this.recorder.close();
	}

	@ParameterizedTest
	@EnumSource
	void whenReadAndWrittenByLinesThenSentByFlush(SocketDomain domain) throws Exception {
		SocketConnection connection = connection(domain);
		BufferedReader in = connection.reader();
		Writer out = connection.writer();
		send("Grüße\nand more");
		assertThat(in.readLine()).isEqualTo("Grüße");
		out.write("äöü");
		out.flush();
		assertThat(receive(6)).isEqualTo("äöü");
		client().shutdownOutput();
		assertThat(in.readLine()).isEqualTo("and more");
		assertThat(in.readLine()).isNull();
		assertThat(connection.reader()).isSameAs(in);
		assertThat(connection.writer()).isSameAs(out);
		out.close();
		assertThat(client().read(ByteBuffer.allocate(1))).isEqualTo(-1);
	}

	@ParameterizedTest
	@MethodSource
	void whenHandlerEndsWithAnIoErrorThenCountedByItsCause(IOException thrown, String cause) throws Exception {
		List<String> causes = new CopyOnWriteArrayList<>();
		ManagedSocketFactory listener = failing(thrown, causes);
		this.client.set(SocketChannel.open(Objects.requireNonNull(listener.getLocalAddress())));
		Await.await().until(() -> causes.contains(cause));
		assertThat(listener.getHandlerErrors()).isZero();
	}

	static Stream<Arguments> whenHandlerEndsWithAnIoErrorThenCountedByItsCause() {
		return Stream.of(Arguments.of(new SocketException("Connection reset"), "reset"),
				Arguments.of(new SocketTimeoutException(), "timeout"), Arguments.of(new EOFException(), "truncated"),
				Arguments.of(new ClosedChannelException(), "closed"));
	}

	@Test
	void whenHandlerCannotConnectToAnotherServerThenThatIsAnError() throws Exception {
		List<String> causes = new CopyOnWriteArrayList<>();
		SocketFailure failure = new SocketFailure("connect", 111, "ECONNREFUSED", "127.0.0.1:1: Connection refused",
				new IOException("Connection refused"), Instant.now(), null);
		ManagedSocketFactory listener = failing(new SocketFailureException("upstream", failure), causes);
		this.client.set(SocketChannel.open(Objects.requireNonNull(listener.getLocalAddress())));
		Await.await().until(() -> listener.getHandlerErrors() == 1);
		assertThat(causes).isEmpty();
	}

	private ManagedSocketFactory failing(IOException thrown, List<String> causes) {
		this.recorder.handle((event) -> {
			((ConnectionAcceptedEvent) event).claimConnection();
			throw new UncheckedIOException(thrown);
		});
		ManagedSocketFactory listener = this.recorder.open(SocketSpec.listener("failing").bind("127.0.0.1:0"),
				SocketState.LISTENING);
		listener.addMeters(new FactoryMeters() {

			@Override
			public void ended(String cause) {
				causes.add(cause);
			}

		});
		return listener;
	}

	@Test
	void whenReaderHasAnotherCharsetThenRefused() throws Exception {
		SocketConnection connection = connection(SocketDomain.AF_INET);
		connection.reader();
		connection.writer(StandardCharsets.ISO_8859_1);
		assertThatIllegalStateException().isThrownBy(() -> connection.reader(StandardCharsets.UTF_16))
			.withMessage("The connection has a reader with the charset UTF-8 already");
		assertThatIllegalStateException().isThrownBy(connection::writer)
			.withMessage("The connection has a writer with the charset ISO-8859-1 already");
	}

	@Test
	void whenBytesAreNoTextThenReplaced() throws Exception {
		SocketConnection connection = connection(SocketDomain.AF_INET);
		client().write(ByteBuffer.wrap(new byte[] { 'a', (byte) 0xff, 'b', '\n' }));
		assertThat(connection.reader().readLine()).isEqualTo("a\ufffdb");
	}

	@ParameterizedTest
	@EnumSource
	void whenStreamsThenTheVeryBytes(SocketDomain domain) throws Exception {
		SocketConnection connection = connection(domain);
		InputStream in = connection.getInputStream();
		OutputStream out = connection.getOutputStream();
		byte[] bytes = new byte[300_000];
		new Random(1).nextBytes(bytes);
		CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> write(client(), bytes));
		assertThat(in.read()).isEqualTo(bytes[0] & 0xff);
		byte[] target = new byte[bytes.length + 10];
		assertThat(in.readNBytes(target, 7, bytes.length - 1)).isEqualTo(bytes.length - 1);
		assertThat(Arrays.copyOfRange(target, 7, bytes.length + 6))
			.isEqualTo(Arrays.copyOfRange(bytes, 1, bytes.length));
		sending.get(10, TimeUnit.SECONDS);
		out.write(255);
		out.write(bytes, 5, 3);
		ByteBuffer received = ByteBuffer.allocate(4);
		while (received.hasRemaining()) {
			client().read(received);
		}
		assertThat(received.array()).containsExactly(255, bytes[5], bytes[6], bytes[7]);
		assertThat(in.read(target, 0, 0)).isZero();
		in.close();
		assertThat(connection.isOpen()).isFalse();
	}

	@ParameterizedTest
	@EnumSource
	void whenArraysAreLongThenNeitherTheyNorCopiesOfThemAreKept(SocketDomain domain) throws Exception {
		SocketConnection connection = connection(domain);
		long before = directMemory();
		CompletableFuture<Void> peer = CompletableFuture.runAsync(this::receiveAndSendPieces);
		WeakReference<byte[]> array = writeAndRead(connection, new byte[LONG]);
		peer.get(30, TimeUnit.SECONDS);
		Await.await().untilAsserted(() -> {
			System.gc();
			assertThat(array.get()).isNull();
		});
		assertThat(directMemory()).isLessThan(before + LONG / 4);
	}

	private void receiveAndSendPieces() {
		try {
			for (int i = 0; i < LONG / PIECE; i++) {
				receive(PIECE);
			}
			for (int i = 0; i < LONG / PIECE; i++) {
				write(client(), new byte[PIECE]);
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static WeakReference<byte[]> writeAndRead(SocketConnection connection, byte[] array) throws IOException {
		connection.getOutputStream().write(array);
		DataInputStream in = new DataInputStream(connection.getInputStream());
		in.readFully(array);
		return new WeakReference<>(array);
	}

	private static long directMemory() {
		return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)
			.stream()
			.mapToLong(BufferPoolMXBean::getMemoryUsed)
			.sum();
	}

	@ParameterizedTest
	@EnumSource
	void whenOneThreadWaitsToReadThenAnotherWrites(SocketDomain domain) throws Exception {
		SocketConnection connection = connection(domain);
		CompletableFuture<Integer> reading = CompletableFuture.supplyAsync(() -> read(connection));
		for (int i = 0; i < 100; i++) {
			connection.getOutputStream().write('x');
			assertThat(receive(1)).isEqualTo("x");
		}
		assertThat(reading).isNotDone();
		send("y");
		assertThat(reading.get(10, TimeUnit.SECONDS)).isEqualTo('y');
	}

	@ParameterizedTest
	@EnumSource
	void whenOutputIsShutDownThenInputGoesOn(SocketDomain domain) throws Exception {
		SocketConnection connection = connection(domain);
		connection.shutdownOutput();
		assertThat(client().read(ByteBuffer.allocate(1))).isEqualTo(-1);
		send("late");
		assertThat(connection.getInputStream().readNBytes(4)).asString(StandardCharsets.UTF_8).isEqualTo("late");
	}

	@ParameterizedTest
	@EnumSource
	void whenNothingIsReceivedForTheIdleTimeoutThenClosed(SocketDomain domain) throws Exception {
		SocketConnection connection = connection(listener(domain).idleTimeout(Duration.ofMillis(200)));
		long begin = System.nanoTime();
		assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> connection.getInputStream().read())
			.withMessage("Nothing was received within 200ms (idle-timeout)");
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(Duration.ofMillis(190),
				Duration.ofSeconds(2));
		assertThat(connection.isOpen()).isFalse();
		assertThat(client().read(ByteBuffer.allocate(1))).isEqualTo(-1);
		Await.await().untilAsserted(() -> assertThat(active()).isZero());
	}

	@ParameterizedTest
	@EnumSource
	void whenPeerTakesNothingForTheIdleTimeoutThenClosed(SocketDomain domain) throws Exception {
		SocketConnection connection = connection(domain);
		connection.setIdleTimeout(Duration.ofMillis(200));
		assertThatExceptionOfType(SocketTimeoutException.class)
			.isThrownBy(() -> connection.getOutputStream().write(new byte[50_000_000]))
			.withMessage("Nothing was taken by the peer within 200ms (idle-timeout)");
	}

	@Test
	void whenHandlerIsAtWorkThenNotIdle() throws Exception {
		SocketConnection connection = connection(listener(SocketDomain.AF_INET).idleTimeout(Duration.ofMillis(50)));
		Await.await().pollDelay(Duration.ofMillis(300)).until(() -> true);
		send("a");
		assertThat(connection.getInputStream().read()).isEqualTo('a');
		connection.setIdleTimeout(null);
		CompletableFuture<Integer> reading = CompletableFuture.supplyAsync(() -> read(connection));
		Await.await().pollDelay(Duration.ofMillis(300)).until(() -> true);
		assertThat(reading).isNotDone();
		send("b");
		assertThat(reading.get(10, TimeUnit.SECONDS)).isEqualTo('b');
		assertThatIllegalArgumentException().isThrownBy(() -> connection.setIdleTimeout(Duration.ZERO))
			.withMessage("'timeout' must be longer than zero, not PT0S");
	}

	@Test
	void whenClosedThenTheFactoryKnowsAtOnce() throws Exception {
		SocketConnection connection = connection(SocketDomain.AF_INET);
		assertThat(active()).isOne();
		connection.close();
		assertThat(active()).isZero();
		connection.close();
	}

	@Test
	void whenInlineThenNoConnection() throws Exception {
		try (EventRecorder inline = new EventRecorder(DispatchMode.INLINE)) {
			ManagedSocketFactory factory = inline.open(listener(SocketDomain.AF_INET), SocketState.LISTENING);
			try (SocketChannel other = SocketChannel.open(factory.getLocalAddress())) {
				ConnectionAcceptedEvent event = inline.awaitEvent(factory, ConnectionAcceptedEvent.class);
				assertThatIllegalStateException().isThrownBy(event::claimConnection)
					.withMessageContaining("dispatch: inline");
				event.claimChannel().close();
				assertThat(other.isOpen()).isTrue();
			}
		}
	}

	@Test
	void whenClaimedThenNotOnceMore() throws Exception {
		connection(SocketDomain.AF_INET);
		ConnectionAcceptedEvent event = (ConnectionAcceptedEvent) this.recorder.getSuccesses().get(0);
		assertThatIllegalStateException().isThrownBy(event::claimConnection)
			.withMessage("Channel of ConnectionAcceptedEvent of 'test' has been claimed already");
	}

	@ParameterizedTest
	@EnumSource
	void whenAskedThenTheGenuineChannelAndItsEnds(SocketDomain domain) throws Exception {
		SocketConnection connection = connection(domain);
		assertThat(connection.getChannel().isBlocking()).isTrue();
		assertThat(connection.getSslSession()).isNull();
		if (domain == SocketDomain.AF_UNIX) {
			assertThat(connection.getRemoteAddress()).isNull();
			assertThat(connection.getPeer()).isNotNull();
			assertThat(connection.getPeer().user().getName()).isEqualTo(System.getProperty("user.name"));
		}
		else {
			assertThat(connection.getLocalAddress()).isEqualTo(client().getRemoteAddress());
			assertThat(connection.getRemoteAddress()).isEqualTo(client().getLocalAddress());
			assertThat(connection.getPeer()).isNull();
			assertThat(connection.getChannel().getOption(StandardSocketOptions.SO_KEEPALIVE)).isFalse();
		}
	}

	private SocketConnection connection(SocketDomain domain) throws Exception {
		return connection(listener(domain));
	}

	private SocketConnection connection(SocketSpecBuilder spec) throws Exception {
		ManagedSocketFactory factory = this.recorder.open(spec, SocketState.LISTENING);
		this.client.set(SocketChannel.open(factory.getLocalAddress()));
		return this.recorder.awaitEvent(factory, ConnectionAcceptedEvent.class).claimConnection();
	}

	private SocketSpecBuilder listener(SocketDomain domain) {
		String bind = switch (domain) {
			case AF_INET -> "127.0.0.1:0";
			case AF_INET6 -> "[::1]:0";
			case AF_UNIX -> this.directory.resolve("s").toString();
		};
		return SocketSpec.listener("test").domain(domain).bind(bind);
	}

	private int active() {
		return ((ManagedSocketFactory) this.recorder.getFactories().get("test")).getStatus().connections().active();
	}

	private SocketChannel client() {
		return this.client.get();
	}

	private void send(String text) {
		write(client(), text.getBytes(StandardCharsets.UTF_8));
	}

	private String receive(int bytes) throws IOException {
		ByteBuffer buffer = ByteBuffer.allocate(bytes);
		while (buffer.hasRemaining() && client().read(buffer) >= 0) {
			// Until all of it is there
		}
		return StandardCharsets.UTF_8.decode(buffer.flip()).toString();
	}

	private static void write(SocketChannel channel, byte[] bytes) {
		try {
			ByteBuffer buffer = ByteBuffer.wrap(bytes);
			while (buffer.hasRemaining()) {
				channel.write(buffer);
			}
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static int read(SocketConnection connection) {
		try {
			return connection.getInputStream().read();
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
