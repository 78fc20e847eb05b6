package dev.socketfactory.engine.admission;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import tlschannel.TlsChannel;

/**
 * TLS over the bytes of a connection. One thread may read while another one writes.
 *
 * @since 0.1.0
 */
public final class TlsTransport implements ByteChannel {

	/**
	 * How long a peer may take to accept {@code close_notify}.
	 */
	public static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

	private static final Log logger = LogFactory.getLog(TlsTransport.class);

	private final TlsChannel channel;

	private final ByteChannel bytes;

	private final BooleanSupplier inputEnded;

	private final ReentrantLock writeLock = new ReentrantLock();

	private volatile boolean outputShut;

	TlsTransport(TlsChannel channel, ByteChannel bytes, BooleanSupplier inputEnded) {
		this.channel = channel;
		this.bytes = bytes;
		this.inputEnded = inputEnded;
	}

	/**
	 * Return the session.
	 * @return the session of the handshake
	 */
	public SSLSession getSession() {
		return this.channel.getSslEngine().getSession();
	}

	@Override
	public int read(ByteBuffer target) throws IOException {
		int count = this.channel.read(target);
		if (count < 0 && !this.channel.shutdownReceived() && !this.inputEnded.getAsBoolean()) {
			throw new EOFException(
					"The peer has closed the connection without a close_notify: what it has sent may be cut off");
		}
		return count;
	}

	@Override
	public int write(ByteBuffer source) throws IOException {
		int length = source.remaining();
		this.writeLock.lock();
		try {
			if (this.outputShut) {
				throw new ClosedChannelException();
			}
			while (source.hasRemaining()) {
				if (this.channel.write(source) == 0) {
					// With TLS 1.2 the close_notify of the peer closes both directions
					throw new ClosedChannelException();
				}
			}
		}
		finally {
			this.writeLock.unlock();
		}
		return length;
	}

	@Override
	public boolean isOpen() {
		return this.channel.isOpen();
	}

	/**
	 * Send {@code close_notify}, and go on reading, which a shutdown by the library would
	 * end.
	 * @throws IOException if the connection is closed
	 */
	public void shutdownOutput() throws IOException {
		this.writeLock.lock();
		try {
			if (!this.outputShut) {
				sendClosing(this.channel.getSslEngine());
				this.outputShut = true;
			}
		}
		finally {
			this.writeLock.unlock();
		}
	}

	/**
	 * Send {@code close_notify} and close the connection.
	 */
	@Override
	public void close() throws IOException {
		if (this.outputShut) {
			this.bytes.close();
		}
		else {
			this.channel.close();
		}
	}

	void handshake() throws IOException {
		try {
			this.channel.handshake();
		}
		catch (SSLException ex) {
			sendAlert();
			throw ex;
		}
	}

	/**
	 * Tell the peer why the handshake has failed, which the library leaves to the caller.
	 */
	private void sendAlert() {
		SSLEngine engine = this.channel.getSslEngine();
		if (engine == null) {
			return;
		}
		try {
			sendClosing(engine);
		}
		catch (IOException | RuntimeException ex) {
			logger.debug("The peer cannot be told of the failed handshake", ex);
		}
	}

	/**
	 * Send what the engine has to say at the end.
	 */
	private void sendClosing(SSLEngine engine) throws IOException {
		engine.closeOutbound();
		ByteBuffer alert = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
		SSLEngineResult result = engine.wrap(ByteBuffer.allocate(0), alert);
		if (result.bytesProduced() > 0) {
			this.bytes.write(alert.flip());
		}
	}

}
