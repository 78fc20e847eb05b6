package dev.socketfactory.engine.admission;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;

import javax.net.ssl.SSLException;

/**
 * The records of a TLS connection. Renegotiation, which TLS 1.3 does not have and which
 * lets a peer cost much for little, is refused: it shows in a handshake record
 * (<a href="https://www.rfc-editor.org/rfc/rfc5246#section-6.2.1">RFC 5246</a>) after the
 * handshake.
 */
final class TlsRecords implements ByteChannel {

	private static final byte HANDSHAKE = 22;

	private final ByteChannel bytes;

	private volatile boolean established;

	TlsRecords(ByteChannel bytes) {
		this.bytes = bytes;
	}

	void refuseHandshakes() {
		this.established = true;
	}

	@Override
	public int read(ByteBuffer target) throws IOException {
		return this.bytes.read(target);
	}

	@Override
	public int write(ByteBuffer source) throws IOException {
		if (this.established && source.hasRemaining() && source.get(source.position()) == HANDSHAKE) {
			throw new SSLException("The peer asks for another handshake, which is refused");
		}
		return this.bytes.write(source);
	}

	@Override
	public boolean isOpen() {
		return this.bytes.isOpen();
	}

	@Override
	public void close() throws IOException {
		this.bytes.close();
	}

}
