package dev.socketfactory.test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link TestConnection}.
 */
class TestConnectionTests {

	private final List<TestConnection> closed = new ArrayList<>();

	private SocketChannel other;

	private TestConnection connection;

	@BeforeEach
	void connect() throws IOException {
		InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
		try (ServerSocketChannel server = ServerSocketChannel.open().bind(loopback)) {
			this.connection = new TestConnection(SocketChannel.open(server.getLocalAddress()), "listener 'lines'",
					this.closed::add)
				.withTimeout(Duration.ofMillis(100));
			this.other = server.accept();
		}
	}

	@AfterEach
	void close() throws IOException {
		this.connection.close();
		this.other.close();
	}

	@Test
	void linesMayEndAsOnOtherSystemsAndComeInPieces() throws IOException {
		say("one\r\ntwo\nth");
		assertThat(this.connection.readLine()).isEqualTo("one");
		this.connection.expectLine("two");
		say("ree — äöü\n\n");
		this.connection.expectLine("three — äöü").expectLine("");
	}

	@Test
	void anotherLineIsTold() throws IOException {
		say("HELLP\n");
		assertFails(() -> this.connection.expectLine("HELLO"),
				"Expected the line \"HELLO\" from listener 'lines', but the line \"HELLP\" came");
	}

	@Test
	void missingLineIsToldWithWhatCameSoFar() throws IOException {
		assertFails(() -> this.connection.expectLine("HELLO"),
				"Expected the line \"HELLO\" from listener 'lines', but nothing came within 100ms");
		say("HEL\tL");
		assertFails(() -> this.connection.expectLine("HELLO"),
				"Expected the line \"HELLO\" from listener 'lines', but \"HEL\\tL\" came, "
						+ "then nothing came within 100ms");
		this.other.shutdownOutput();
		assertFails(() -> this.connection.readLine(),
				"Expected a line from listener 'lines', but \"HEL\\tL\" came, then the end came");
	}

	@Test
	void otherBytesAreTold() throws IOException {
		this.other.write(ByteBuffer.wrap(new byte[] { 1, 2, (byte) 0xff, 4 }));
		this.connection.expectBytes(new byte[] { 1 });
		assertFails(() -> this.connection.expectBytes(new byte[] { 2, 3 }),
				"Expected 0x0203 from listener 'lines', but 0x02ff came");
		assertFails(() -> this.connection.expectBytes("ab".getBytes(StandardCharsets.UTF_8)),
				"Expected \"ab\" from listener 'lines', but 0x04 came, then nothing came within 100ms");
	}

	@Test
	void somethingInsteadOfNothingIsTold() throws IOException {
		this.connection.expectNothingFor(Duration.ofMillis(20));
		say("Hello");
		assertFails(() -> this.connection.expectNothingFor(Duration.ofSeconds(20)),
				"Expected nothing for 20s from listener 'lines', but \"Hello\" came");
		this.connection.expectBytes("Hello".getBytes(StandardCharsets.UTF_8));
		this.other.close();
		assertFails(() -> this.connection.expectNothingFor(Duration.ofSeconds(20)),
				"Expected nothing for 20s from listener 'lines', but the end came");
	}

	@Test
	void somethingInsteadOfTheEndIsTold() throws IOException {
		assertFails(() -> this.connection.expectEnd(),
				"Expected the end from listener 'lines', but nothing came within 100ms");
		say("Hello");
		assertFails(() -> this.connection.expectEnd(), "Expected the end from listener 'lines', but \"Hello\" came");
		this.connection.expectBytes("Hello".getBytes(StandardCharsets.UTF_8));
		this.other.shutdownOutput();
		this.connection.expectEnd().expectEnd();
	}

	@Test
	void resetIsToldByEitherEnd() throws IOException {
		this.connection.send("Hello");
		this.connection.reset();
		assertThat(this.closed).contains(this.connection);
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> {
			ByteBuffer buffer = ByteBuffer.allocate(100);
			while (this.other.read(buffer) >= 0) {
				buffer.clear();
			}
		}).withMessage("Connection reset");
		connect();
		this.connection.send("Hello");
		this.other.socket().setSoLinger(true, 0);
		this.other.close();
		assertFails(() -> this.connection.expectEnd(),
				"Expected the end from listener 'lines', but the connection failed: Connection reset");
	}

	@Test
	void whoeverTakesNothingIsTold() {
		byte[] much = new byte[20_000_000];
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> this.connection.send(much))
			.withMessageMatching("listener 'lines' has taken \\d+ of 20000000 bytes within 100ms");
	}

	@Test
	void muchIsReceived() throws IOException {
		byte[] much = "0123456789".repeat(100_000).getBytes(StandardCharsets.UTF_8);
		Thread thread = new Thread(() -> {
			try {
				this.other.write(ByteBuffer.wrap(much));
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		});
		thread.start();
		this.connection.withTimeout(Duration.ofSeconds(30)).expectBytes(much);
	}

	@Test
	void closeOutputIsTheEndForTheOther() throws IOException {
		this.connection.send("Hello").closeOutput();
		ByteBuffer buffer = ByteBuffer.allocate(100);
		while (this.other.read(buffer) >= 0) {
			assertThat(buffer.hasRemaining()).isTrue();
		}
		say("bye");
		this.connection.expectBytes("bye".getBytes(StandardCharsets.UTF_8));
	}

	@Test
	void interruptEndsTheWait() {
		Thread.currentThread().interrupt();
		assertFails(() -> this.connection.withTimeout(Duration.ofSeconds(50)).readLine(),
				"The test was interrupted while it waited");
		assertThat(Thread.interrupted()).isTrue();
	}

	private void say(String text) throws IOException {
		this.other.write(StandardCharsets.UTF_8.encode(text));
	}

	private static void assertFails(Runnable step, String message) {
		assertThatExceptionOfType(AssertionError.class).isThrownBy(step::run).withMessage(message);
	}

}
