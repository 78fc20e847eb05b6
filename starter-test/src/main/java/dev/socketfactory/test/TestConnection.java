package dev.socketfactory.test;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * The test's end of a connection. Text is UTF-8. Whatever does not come as expected
 * within the timeout, five seconds by default, is an {@link AssertionError} that says
 * what came instead. Not thread-safe.
 *
 * @since 0.1.0
 * @see TestSockets
 */
public final class TestConnection implements AutoCloseable {

	private static final int CHUNK = 65536;

	private final SocketChannel channel;

	private final String other;

	private final Consumer<TestConnection> whenClosed;

	private final Readiness readiness;

	private final ByteBuffer buffer = ByteBuffer.allocate(CHUNK);

	private ByteChannel bytes;

	private @Nullable TestTls tls;

	private Duration timeout = Readiness.DEFAULT_TIMEOUT;

	/**
	 * What came and was not asked for yet.
	 */
	private byte[] pending = new byte[0];

	/**
	 * Create an end of a connection.
	 * @param channel the channel, which this object closes
	 * @param other what messages call the other end
	 * @param whenClosed what to tell of the close
	 */
	TestConnection(SocketChannel channel, String other, Consumer<TestConnection> whenClosed) throws IOException {
		this.channel = channel;
		this.bytes = channel;
		this.other = other;
		this.whenClosed = whenClosed;
		try {
			this.readiness = new Readiness(channel);
		}
		catch (IOException | RuntimeException ex) {
			channel.close();
			throw ex;
		}
	}

	/**
	 * Set how long to wait for what is expected, and for the other end to take what is
	 * sent.
	 * @param timeout the time, five seconds by default
	 * @return this connection
	 */
	public TestConnection withTimeout(Duration timeout) {
		Assert.notNull(timeout, "'timeout' must not be null");
		this.timeout = timeout;
		return this;
	}

	/**
	 * Send a line.
	 * @param line the text, which is followed by a line feed
	 * @return this connection
	 * @throws AssertionError if the other end takes no more
	 */
	public TestConnection sendLine(String line) {
		return send(line + "\n");
	}

	/**
	 * Send text as it is.
	 * @param text the text
	 * @return this connection
	 * @throws AssertionError if the other end takes no more
	 */
	public TestConnection send(String text) {
		return send(text.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Send bytes.
	 * @param bytes the bytes
	 * @return this connection
	 * @throws AssertionError if the other end takes no more
	 */
	public TestConnection send(byte[] bytes) {
		long until = Readiness.after(this.timeout);
		ByteBuffer left = ByteBuffer.wrap(bytes);
		try {
			while (left.hasRemaining()) {
				if (this.bytes.write(left) == 0 && !this.readiness.await(SelectionKey.OP_WRITE, until)) {
					throw new AssertionError("%s has taken %d of %d bytes within %s".formatted(this.other,
							left.position(), bytes.length, Readiness.text(this.timeout)));
				}
			}
			return this;
		}
		catch (IOException ex) {
			throw new AssertionError("%s takes nothing more: %s".formatted(this.other, ex.getMessage()), ex);
		}
	}

	/**
	 * Read the next line, which has to be the given one.
	 * @param line the text, without the end of the line
	 * @return this connection
	 * @throws AssertionError if another line comes, or none
	 */
	public TestConnection expectLine(String line) {
		String expected = "the line " + Bytes.quote(line);
		String came = readLine(expected);
		if (!came.equals(line)) {
			throw failed(expected, "the line %s came".formatted(Bytes.quote(came)), null);
		}
		return this;
	}

	/**
	 * Read the next bytes, which have to be the given ones.
	 * @param bytes the bytes
	 * @return this connection
	 * @throws AssertionError if other bytes come, or fewer
	 */
	public TestConnection expectBytes(byte[] bytes) {
		String expected = Bytes.text(bytes);
		long until = Readiness.after(this.timeout);
		while (this.pending.length < bytes.length) {
			require(expected, until);
		}
		byte[] came = take(bytes.length, bytes.length);
		if (!Arrays.equals(came, bytes)) {
			throw failed(expected, "%s came".formatted(Bytes.text(came)), null);
		}
		return this;
	}

	/**
	 * Wait, for all of the time, and see that nothing comes, the end neither.
	 * @param duration how long to wait
	 * @return this connection
	 * @throws AssertionError if something comes
	 */
	public TestConnection expectNothingFor(Duration duration) {
		String expected = "nothing for " + Readiness.text(duration);
		boolean ended = this.pending.length == 0 && receive(expected, Readiness.after(duration)) < 0;
		if (ended || this.pending.length > 0) {
			throw failed(expected, ended ? "the end came" : cameSoFar(), null);
		}
		return this;
	}

	/**
	 * See that the other end sends nothing more. Over TLS it has to say so.
	 * @return this connection
	 * @throws AssertionError if something else comes, or nothing, or the connection is
	 * reset
	 */
	public TestConnection expectEnd() {
		String expected = "the end";
		int count = (this.pending.length == 0) ? receive(expected, Readiness.after(this.timeout)) : 1;
		if (count >= 0) {
			throw failed(expected, (count > 0) ? cameSoFar() : nothingCame(), null);
		}
		return this;
	}

	/**
	 * Read the next line, whatever it is.
	 * @return the text, without the line feed and a carriage return before it
	 * @throws AssertionError if none comes
	 */
	public String readLine() {
		return readLine("a line");
	}

	/**
	 * Say that nothing more will be sent, and go on reading. Over TLS this is a
	 * {@code close_notify}.
	 * @return this connection
	 * @throws AssertionError if the connection is closed
	 */
	public TestConnection closeOutput() {
		try {
			if (this.tls != null) {
				this.tls.shutdownOutput();
			}
			else {
				this.channel.shutdownOutput();
			}
			return this;
		}
		catch (IOException ex) {
			throw new AssertionError("The connection with %s is closed".formatted(this.other), ex);
		}
	}

	/**
	 * Close the connection as a peer does that has crashed: over TCP with a reset, over
	 * TLS without a {@code close_notify}.
	 */
	public void reset() {
		try {
			if (this.channel.supportedOptions().contains(StandardSocketOptions.SO_LINGER)) {
				this.channel.setOption(StandardSocketOptions.SO_LINGER, 0);
			}
		}
		catch (IOException ex) {
			throw new AssertionError("The connection with %s is closed".formatted(this.other), ex);
		}
		close(this.channel);
	}

	/**
	 * Close the connection, over TLS with a {@code close_notify}. Does nothing if it is
	 * closed.
	 */
	@Override
	public void close() {
		close(this.bytes);
	}

	private void close(ByteChannel closed) {
		// A channel that is registered would be closed by the next select only
		this.readiness.close();
		try (this.channel) {
			closed.close();
		}
		catch (IOException ex) {
			// The other end is gone: there is nobody to say goodbye to
		}
		finally {
			this.whenClosed.accept(this);
		}
	}

	@Override
	public String toString() {
		return "connection with " + this.other;
	}

	/**
	 * Connect.
	 * @throws AssertionError if that fails, and all is closed
	 */
	void connect(SocketAddress address) {
		long until = Readiness.after(this.timeout);
		try {
			boolean connected = this.channel.connect(address);
			while (!connected) {
				if (!this.readiness.await(SelectionKey.OP_CONNECT, until)) {
					throw new IOException("no answer within " + Readiness.text(this.timeout));
				}
				connected = this.channel.finishConnect();
			}
		}
		catch (IOException ex) {
			close();
			throw new AssertionError("Failed to connect to %s: %s".formatted(this.other, ex.getMessage()), ex);
		}
	}

	/**
	 * Shake hands.
	 * @throws AssertionError if that fails, and all is closed
	 */
	void secure(TestTls over) {
		long until = Readiness.after(this.timeout);
		try {
			while (!over.handshake()) {
				if (!this.readiness.await(SelectionKey.OP_READ, until)) {
					throw new IOException("no answer within " + Readiness.text(this.timeout));
				}
			}
			this.tls = over;
			this.bytes = over;
		}
		catch (IOException ex) {
			close();
			throw new AssertionError("The TLS handshake with %s failed: %s".formatted(this.other, ex.getMessage()), ex);
		}
	}

	private String readLine(String expected) {
		long until = Readiness.after(this.timeout);
		int end = endOfLine();
		while (end < 0) {
			require(expected, until);
			end = endOfLine();
		}
		int length = (end > 0 && this.pending[end - 1] == '\r') ? end - 1 : end;
		return new String(take(length, end + 1), StandardCharsets.UTF_8);
	}

	private int endOfLine() {
		for (int i = 0; i < this.pending.length; i++) {
			if (this.pending[i] == '\n') {
				return i;
			}
		}
		return -1;
	}

	/**
	 * Take the first bytes of what came.
	 * @param length how many to return
	 * @param consumed how many to remove
	 */
	private byte[] take(int length, int consumed) {
		byte[] taken = Arrays.copyOf(this.pending, length);
		this.pending = Arrays.copyOfRange(this.pending, consumed, this.pending.length);
		return taken;
	}

	private void require(String expected, long until) {
		int count = receive(expected, until);
		if (count <= 0) {
			String then = (count < 0) ? "the end came" : nothingCame();
			throw failed(expected, (this.pending.length > 0) ? cameSoFar() + ", then " + then : then, null);
		}
	}

	/**
	 * Receive what comes next.
	 * @return how many bytes, 0 if none came in time, less if the input is at its end
	 */
	private int receive(String expected, long until) {
		try {
			int count = this.bytes.read(this.buffer.clear());
			while (count == 0 && this.readiness.await(SelectionKey.OP_READ, until)) {
				count = this.bytes.read(this.buffer.clear());
			}
			if (count > 0) {
				byte[] more = Arrays.copyOf(this.pending, this.pending.length + count);
				this.buffer.flip().get(more, this.pending.length, count);
				this.pending = more;
			}
			return count;
		}
		catch (IOException ex) {
			String then = "the connection failed: " + ex.getMessage();
			throw failed(expected, (this.pending.length > 0) ? cameSoFar() + ", then " + then : then, ex);
		}
	}

	private String cameSoFar() {
		return Bytes.text(this.pending) + " came";
	}

	private String nothingCame() {
		return "nothing came within " + Readiness.text(this.timeout);
	}

	private AssertionError failed(String expected, String came, @Nullable Throwable cause) {
		return new AssertionError("Expected %s from %s, but %s".formatted(expected, this.other, came), cause);
	}

}
