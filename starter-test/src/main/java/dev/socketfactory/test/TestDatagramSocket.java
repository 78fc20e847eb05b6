package dev.socketfactory.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * The test's end of datagrams. Text is UTF-8. Whatever does not come as expected within
 * the timeout, five seconds by default, is an {@link AssertionError} that says what came
 * instead. Not thread-safe.
 *
 * @since 0.1.0
 * @see TestSockets#datagram
 */
public final class TestDatagramSocket implements AutoCloseable {

	private static final int LARGEST = 65536;

	private final DatagramChannel channel;

	private final String other;

	private final boolean shared;

	private final Consumer<TestDatagramSocket> whenClosed;

	private final Readiness readiness;

	private final ByteBuffer buffer = ByteBuffer.allocate(LARGEST);

	private Duration timeout = Readiness.DEFAULT_TIMEOUT;

	private @Nullable SocketAddress address;

	/**
	 * Create an end.
	 * @param channel the channel
	 * @param other what messages call the other end
	 * @param address where to send to, {@code null} for whoever sent last
	 * @param shared whether the channel lives on when this end is closed
	 * @param whenClosed what to tell of the close
	 */
	TestDatagramSocket(DatagramChannel channel, String other, @Nullable SocketAddress address, boolean shared,
			Consumer<TestDatagramSocket> whenClosed) throws IOException {
		this.channel = channel;
		this.other = other;
		this.address = address;
		this.shared = shared;
		this.whenClosed = whenClosed;
		this.readiness = new Readiness(channel);
	}

	/**
	 * Set how long to wait for what is expected.
	 * @param timeout the time, five seconds by default
	 * @return this socket
	 */
	public TestDatagramSocket withTimeout(Duration timeout) {
		Assert.notNull(timeout, "'timeout' must not be null");
		this.timeout = timeout;
		return this;
	}

	/**
	 * Send a datagram.
	 * @param text its text
	 * @return this socket
	 * @throws AssertionError if it cannot be sent
	 */
	public TestDatagramSocket send(String text) {
		return send(text.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Send a datagram.
	 * @param bytes its bytes
	 * @return this socket
	 * @throws AssertionError if it cannot be sent
	 */
	public TestDatagramSocket send(byte[] bytes) {
		if (this.address == null) {
			throw new AssertionError("Nothing has come from %s, so it cannot be answered".formatted(this.other));
		}
		long until = Readiness.after(this.timeout);
		ByteBuffer data = ByteBuffer.wrap(bytes);
		try {
			// An empty datagram counts no bytes, sent or not
			while (this.channel.send(data, this.address) < bytes.length) {
				if (!this.readiness.await(SelectionKey.OP_WRITE, until)) {
					throw new IOException("no room within " + Readiness.text(this.timeout));
				}
			}
			return this;
		}
		catch (IOException ex) {
			throw new AssertionError("Failed to send to %s: %s".formatted(this.other, ex.getMessage()), ex);
		}
	}

	/**
	 * Receive the next datagram, which has to be the given one.
	 * @param text its text
	 * @return this socket
	 * @throws AssertionError if another one comes, or none
	 */
	public TestDatagramSocket expect(String text) {
		return expect(text.getBytes(StandardCharsets.UTF_8));
	}

	/**
	 * Receive the next datagram, which has to be the given one.
	 * @param bytes its bytes
	 * @return this socket
	 * @throws AssertionError if another one comes, or none
	 */
	public TestDatagramSocket expect(byte[] bytes) {
		String expected = "the datagram " + Bytes.text(bytes);
		byte[] came = receive(Readiness.after(this.timeout));
		if (came == null) {
			throw failed(expected, "nothing came within " + Readiness.text(this.timeout));
		}
		if (!Arrays.equals(came, bytes)) {
			throw failed(expected, Bytes.text(came) + " came");
		}
		return this;
	}

	/**
	 * Wait, for all of the time, and see that nothing comes.
	 * @param duration how long to wait
	 * @return this socket
	 * @throws AssertionError if a datagram comes
	 */
	public TestDatagramSocket expectNothingFor(Duration duration) {
		byte[] came = receive(Readiness.after(duration));
		if (came != null) {
			throw failed("nothing for " + Readiness.text(duration), Bytes.text(came) + " came");
		}
		return this;
	}

	/**
	 * Close this end. Does nothing if it is closed.
	 */
	@Override
	public void close() {
		this.readiness.close();
		try {
			if (!this.shared) {
				this.channel.close();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		finally {
			this.whenClosed.accept(this);
		}
	}

	private byte @Nullable [] receive(long until) {
		try {
			SocketAddress sender = this.channel.receive(this.buffer.clear());
			while (sender == null && this.readiness.await(SelectionKey.OP_READ, until)) {
				sender = this.channel.receive(this.buffer.clear());
			}
			if (sender == null) {
				return null;
			}
			this.address = sender;
			return Arrays.copyOf(this.buffer.array(), this.buffer.position());
		}
		catch (IOException ex) {
			throw new AssertionError("Failed to receive from %s: %s".formatted(this.other, ex.getMessage()), ex);
		}
	}

	private AssertionError failed(String expected, String came) {
		return new AssertionError("Expected %s from %s, but %s".formatted(expected, this.other, came));
	}

}
