package dev.socketfactory.engine;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import dev.socketfactory.engine.admission.TlsTransport;
import org.jspecify.annotations.Nullable;

import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

/**
 * What the system sends and receives on a connection in blocking mode, and what ends a
 * wait for the peer: the idle timeout, and the end of the application. One thread may
 * read while another one writes.
 */
final class SocketTransport implements ByteChannel {

	private static final VarHandle READER_SINCE;

	private static final VarHandle WRITER_SINCE;

	/**
	 * A reader that has been in one call for so long waits for the peer; what arrives at
	 * this very moment it still reads.
	 */
	private static final long WAITING_NANOS = TimeUnit.MILLISECONDS.toNanos(30);

	private static final long NOBODY = 0;

	/**
	 * The most bytes for one call: the JDK copies them into a buffer that it keeps for
	 * the thread, and there are many threads.
	 */
	static final int LONGEST = 64 * 1024;

	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.lookup();
			READER_SINCE = lookup.findVarHandle(SocketTransport.class, "readerSince", long.class);
			WRITER_SINCE = lookup.findVarHandle(SocketTransport.class, "writerSince", long.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private final SocketChannel channel;

	private final boolean unix;

	/**
	 * When the thread that reads has begun its call, {@link #NOBODY} if none reads.
	 */
	@SuppressWarnings("unused")
	private long readerSince;

	@SuppressWarnings("unused")
	private long writerSince;

	private volatile long lastReadNanos = System.nanoTime();

	/**
	 * The TLS over these bytes.
	 */
	private volatile @Nullable TlsTransport tls;

	private volatile @Nullable Duration idleTimeout;

	private volatile boolean timedOut;

	private volatile boolean ending;

	private volatile boolean received;

	SocketTransport(SocketChannel channel) {
		this.channel = channel;
		this.unix = isUnix(channel);
	}

	SocketChannel getChannel() {
		return this.channel;
	}

	boolean isUnix() {
		return this.unix;
	}

	void setTls(TlsTransport tls) {
		this.tls = tls;
	}

	/**
	 * Return the TLS over these bytes.
	 * @return the layer, {@code null} if there is none
	 */
	@Nullable TlsTransport getTls() {
		return this.tls;
	}

	void setIdleTimeout(@Nullable Duration timeout) {
		this.idleTimeout = timeout;
	}

	@Nullable Duration getIdleTimeout() {
		return this.idleTimeout;
	}

	/**
	 * Return since when nothing has been read.
	 * @return a time of {@link System#nanoTime()}
	 */
	long getLastReadNanos() {
		return this.lastReadNanos;
	}

	/**
	 * Return whether anything has been received so far.
	 */
	boolean hasReceived() {
		return this.received;
	}

	/**
	 * Let the input end: a read takes what has arrived, and finds the end if there is
	 * nothing.
	 */
	void endInput() {
		this.ending = true;
	}

	boolean isInputEnded() {
		return this.ending;
	}

	@Override
	public int read(ByteBuffer target) throws IOException {
		return this.ending ? readArrived(target) : readWaiting(target);
	}

	private int readWaiting(ByteBuffer target) throws IOException {
		READER_SINCE.setOpaque(this, now());
		try {
			int count = readSome(target);
			if (!this.received && count > 0) {
				this.received = true;
			}
			return count;
		}
		catch (ClosedChannelException ex) {
			throw explain(ex, "received");
		}
		finally {
			READER_SINCE.setOpaque(this, NOBODY);
			this.lastReadNanos = System.nanoTime();
		}
	}

	@Override
	public int write(ByteBuffer source) throws IOException {
		int length = source.remaining();
		WRITER_SINCE.setOpaque(this, now());
		try {
			while (source.hasRemaining()) {
				writeSome(source);
			}
			return length;
		}
		catch (ClosedChannelException ex) {
			throw explain(ex, "taken by the peer");
		}
		finally {
			WRITER_SINCE.setOpaque(this, NOBODY);
		}
	}

	@Override
	public boolean isOpen() {
		return this.channel.isOpen();
	}

	@Override
	public void close() throws IOException {
		this.channel.close();
	}

	/**
	 * End what has waited for too long. Called from time to time, because neither a
	 * thread nor a system call for each read is spent on it.
	 * @param now the time of {@link System#nanoTime()}
	 */
	void check(long now) throws IOException {
		long reader = (long) READER_SINCE.getOpaque(this);
		long writer = (long) WRITER_SINCE.getOpaque(this);
		Duration timeout = this.idleTimeout;
		if (timeout != null
				&& (isLongerThan(timeout.toNanos(), reader, now) || isLongerThan(timeout.toNanos(), writer, now))) {
			this.timedOut = true;
			this.channel.close();
		}
		else if (this.ending && isLongerThan(WAITING_NANOS, reader, now)) {
			this.channel.shutdownInput();
		}
	}

	private static boolean isLongerThan(long nanos, long since, long now) {
		return since != NOBODY && now - since >= nanos;
	}

	/**
	 * Read what has arrived, or the end. A UNIX socket does not tell whether there is
	 * anything, so it is read in the other mode; while another thread waits to write that
	 * cannot be set, and this one waits until it is found to.
	 */
	private int readArrived(ByteBuffer target) throws IOException {
		if (!this.unix) {
			return (this.channel.socket().getInputStream().available() > 0) ? readWaiting(target) : -1;
		}
		if ((long) WRITER_SINCE.getOpaque(this) != NOBODY) {
			return readWaiting(target);
		}
		this.channel.configureBlocking(false);
		try {
			int count = readSome(target);
			return (count > 0) ? count : -1;
		}
		finally {
			this.channel.configureBlocking(true);
		}
	}

	private int readSome(ByteBuffer target) throws IOException {
		int limit = shorten(target);
		try {
			return this.channel.read(target);
		}
		finally {
			target.limit(limit);
		}
	}

	private void writeSome(ByteBuffer source) throws IOException {
		int limit = shorten(source);
		try {
			this.channel.write(source);
		}
		finally {
			source.limit(limit);
		}
	}

	/**
	 * Shorten what is left of a buffer to what one call takes.
	 * @return its limit before
	 */
	private static int shorten(ByteBuffer buffer) {
		int limit = buffer.limit();
		if (buffer.remaining() > LONGEST) {
			buffer.limit(buffer.position() + LONGEST);
		}
		return limit;
	}

	private IOException explain(ClosedChannelException cause, String what) {
		Duration timeout = this.idleTimeout;
		if (!this.timedOut || timeout == null) {
			return cause;
		}
		SocketTimeoutException explained = new SocketTimeoutException("Nothing was %s within %s (idle-timeout)"
			.formatted(what, DurationFormatterUtils.print(timeout, DurationFormat.Style.COMPOSITE)));
		explained.initCause(cause);
		return explained;
	}

	private static long now() {
		long now = System.nanoTime();
		return (now != NOBODY) ? now : 1;
	}

	private static boolean isUnix(SocketChannel channel) {
		try {
			return channel.getLocalAddress() instanceof UnixDomainSocketAddress;
		}
		catch (IOException ex) {
			return false;
		}
	}

}
