package dev.socketfactory.engine.admission;

import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

import dev.socketfactory.ProxyHeader;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header of the
 * <a href="https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt">PROXY
 * protocol</a> with which a connection begins, of both versions, as it comes and not a
 * byte of what follows. For one connection, not for several threads at once.
 *
 * @since 0.1.0
 */
public final class ProxyHeaderReader {

	/**
	 * No header of either version is shorter.
	 */
	private static final int SHORTEST = 15;

	private ByteBuffer header = ByteBuffer.allocate(ProxyLine.LONGEST).limit(SHORTEST);

	/**
	 * Read what has come of the header. A channel in non-blocking mode is read again when
	 * it is readable.
	 * @param channel the connection, or what gives its bytes
	 * @return the header, {@code null} while it is incomplete
	 * @throws EOFException if the peer has closed the connection without a byte
	 * @throws ProtocolException if that is not a header; its message says why, and has no
	 * text of the peer
	 * @throws IOException if the connection is broken
	 */
	public @Nullable ProxyHeader advance(ReadableByteChannel channel) throws IOException {
		boolean all = true;
		while (all) {
			if (channel.read(this.header) < 0) {
				throw ended();
			}
			all = !this.header.hasRemaining();
			boolean line = isLine();
			if (this.header.position() < SHORTEST) {
				return null;
			}
			int missing = line ? ProxyLine.missing(this.header) : BinaryProxyHeader.missing(this.header);
			if (missing == 0) {
				return line ? ProxyLine.parse(this.header) : BinaryProxyHeader.parse(this.header);
			}
			expect(this.header.position() + missing);
		}
		return null;
	}

	/**
	 * Return whether a byte of the header has come.
	 * @return whether one has
	 */
	public boolean hasBegun() {
		return this.header.position() > 0;
	}

	/**
	 * Return whether the header is of version 1. What is of neither is told by its first
	 * byte that differs, before the rest of it would have come.
	 */
	private boolean isLine() throws ProtocolException {
		if (ProxyLine.mayBegin(this.header)) {
			return true;
		}
		if (BinaryProxyHeader.mayBegin(this.header)) {
			return false;
		}
		throw new ProtocolException("it does not begin with a PROXY header");
	}

	private void expect(int length) {
		if (length > this.header.capacity()) {
			this.header = ByteBuffer.allocate(length).put(this.header.flip());
		}
		this.header.limit(length);
	}

	private IOException ended() {
		int count = this.header.position();
		return (count == 0) ? new EOFException("the peer has closed the connection before its PROXY header")
				: new ProtocolException(
						"the peer has closed the connection after %d bytes of its PROXY header".formatted(count));
	}

}
