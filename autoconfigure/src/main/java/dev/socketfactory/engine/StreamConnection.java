package dev.socketfactory.engine;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Writer;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

import javax.net.ssl.SSLSession;

import dev.socketfactory.SocketConnection;
import dev.socketfactory.engine.admission.PeerRules;
import dev.socketfactory.engine.admission.TlsTransport;
import jdk.net.UnixDomainPrincipal;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * A claimed connection.
 */
final class StreamConnection implements SocketConnection {

	private static final int DEFAULT_CAPACITY = -1;

	private final CreatedSocket socket;

	private final SocketTransport transport;

	private final @Nullable SocketAddress remoteAddress;

	private final @Nullable TlsTransport tls;

	private final ByteChannel bytes;

	private final InputStream input = new Input();

	private final OutputStream output = new Output();

	private final AtomicBoolean closed = new AtomicBoolean();

	private @Nullable Charset readerCharset;

	private @Nullable BufferedReader reader;

	private @Nullable Charset writerCharset;

	private @Nullable Writer writer;

	/**
	 * Create a connection.
	 * @param socket the socket, in blocking mode
	 * @param transport its bytes, with TLS over them or without
	 * @param remoteAddress address of the peer, {@code null} if it has no name
	 */
	StreamConnection(CreatedSocket socket, SocketTransport transport, @Nullable SocketAddress remoteAddress) {
		this.socket = socket;
		this.transport = transport;
		this.tls = transport.getTls();
		this.bytes = (this.tls != null) ? this.tls : transport;
		this.remoteAddress = remoteAddress;
	}

	SocketTransport getTransport() {
		return this.transport;
	}

	@Override
	public int read(ByteBuffer target) throws IOException {
		return this.bytes.read(target);
	}

	@Override
	public int write(ByteBuffer source) throws IOException {
		return this.bytes.write(source);
	}

	@Override
	public InputStream getInputStream() {
		return this.input;
	}

	@Override
	public OutputStream getOutputStream() {
		return this.output;
	}

	@Override
	public synchronized BufferedReader reader(Charset charset) {
		if (this.reader == null) {
			this.readerCharset = charset;
			this.reader = new BufferedReader(Channels.newReader(this,
					charset.newDecoder()
						.onMalformedInput(CodingErrorAction.REPLACE)
						.onUnmappableCharacter(CodingErrorAction.REPLACE),
					DEFAULT_CAPACITY));
		}
		Assert.state(charset.equals(this.readerCharset),
				() -> "The connection has a reader with the charset %s already".formatted(this.readerCharset));
		return this.reader;
	}

	@Override
	public synchronized Writer writer(Charset charset) {
		if (this.writer == null) {
			this.writerCharset = charset;
			this.writer = new BufferedWriter(Channels.newWriter(this,
					charset.newEncoder()
						.onMalformedInput(CodingErrorAction.REPLACE)
						.onUnmappableCharacter(CodingErrorAction.REPLACE),
					DEFAULT_CAPACITY));
		}
		Assert.state(charset.equals(this.writerCharset),
				() -> "The connection has a writer with the charset %s already".formatted(this.writerCharset));
		return this.writer;
	}

	@Override
	public @Nullable SocketAddress getLocalAddress() {
		try {
			return this.transport.getChannel().getLocalAddress();
		}
		catch (IOException ex) {
			return null;
		}
	}

	@Override
	public @Nullable SocketAddress getRemoteAddress() {
		return this.remoteAddress;
	}

	@Override
	public @Nullable SSLSession getSslSession() {
		return (this.tls != null) ? this.tls.getSession() : null;
	}

	@Override
	public @Nullable UnixDomainPrincipal getPeer() {
		return this.transport.isUnix() ? PeerRules.peerOf(this.transport.getChannel()) : null;
	}

	@Override
	public void setIdleTimeout(@Nullable Duration timeout) {
		Assert.isTrue(timeout == null || (!timeout.isZero() && !timeout.isNegative()),
				() -> "'timeout' must be longer than zero, not %s".formatted(timeout));
		this.transport.setIdleTimeout(timeout);
		this.socket.idleTimeoutChanged(timeout);
	}

	@Override
	public void shutdownOutput() throws IOException {
		if (this.tls != null) {
			this.tls.shutdownOutput();
		}
		else {
			this.transport.getChannel().shutdownOutput();
		}
	}

	@Override
	public SocketChannel getChannel() {
		Assert.state(this.tls == null,
				"The channel under a TLS connection is not for use: read and write the connection");
		return this.transport.getChannel();
	}

	@Override
	public boolean isOpen() {
		return this.transport.isOpen();
	}

	@Override
	public void close() throws IOException {
		if (!this.closed.compareAndSet(false, true)) {
			return;
		}
		try {
			if (this.tls != null && this.transport.isOpen()) {
				this.socket.closeWithin(TlsTransport.CLOSE_TIMEOUT, this.tls);
			}
		}
		finally {
			try {
				this.transport.close();
			}
			finally {
				this.socket.connectionClosed();
			}
		}
	}

	@Override
	public String toString() {
		return "SocketConnection[remoteAddress=%s]".formatted(this.remoteAddress);
	}

	/**
	 * Buffers that wrap the array of a caller, which is the same one most of the time. A
	 * long one is not kept, because a connection may be idle for long after it.
	 */
	private static final class WrappedArray {

		private byte[] array = {};

		private ByteBuffer buffer = ByteBuffer.wrap(this.array);

		ByteBuffer of(byte[] bytes, int offset, int length) {
			if (bytes.length > SocketTransport.LONGEST) {
				return ByteBuffer.wrap(bytes, offset, length);
			}
			if (bytes != this.array) {
				this.array = bytes;
				this.buffer = ByteBuffer.wrap(bytes);
			}
			return this.buffer.limit(offset + length).position(offset);
		}

	}

	/**
	 * Bytes that are received.
	 */
	private final class Input extends InputStream {

		private final ReentrantLock lock = new ReentrantLock();

		private final WrappedArray wrapped = new WrappedArray();

		private final byte[] single = new byte[1];

		@Override
		public int read() throws IOException {
			this.lock.lock();
			try {
				return (read(this.single, 0, 1) > 0) ? this.single[0] & 0xff : -1;
			}
			finally {
				this.lock.unlock();
			}
		}

		@Override
		public int read(byte[] target, int offset, int length) throws IOException {
			Objects.checkFromIndexSize(offset, length, target.length);
			if (length == 0) {
				return 0;
			}
			this.lock.lock();
			try {
				return StreamConnection.this.read(this.wrapped.of(target, offset, length));
			}
			finally {
				this.lock.unlock();
			}
		}

		@Override
		public void close() throws IOException {
			StreamConnection.this.close();
		}

	}

	/**
	 * Bytes that are sent.
	 */
	private final class Output extends OutputStream {

		private final ReentrantLock lock = new ReentrantLock();

		private final WrappedArray wrapped = new WrappedArray();

		private final byte[] single = new byte[1];

		@Override
		public void write(int value) throws IOException {
			this.lock.lock();
			try {
				this.single[0] = (byte) value;
				write(this.single, 0, 1);
			}
			finally {
				this.lock.unlock();
			}
		}

		@Override
		public void write(byte[] source, int offset, int length) throws IOException {
			Objects.checkFromIndexSize(offset, length, source.length);
			this.lock.lock();
			try {
				StreamConnection.this.write(this.wrapped.of(source, offset, length));
			}
			finally {
				this.lock.unlock();
			}
		}

		@Override
		public void close() throws IOException {
			StreamConnection.this.close();
		}

	}

}
