package dev.socketfactory.benchmarks.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;

/**
 * Sends lines back, the same way for every kind of blocking channel or socket.
 */
final class Lines {

	static final int LONGEST = 1024;

	private Lines() {
	}

	static void echo(ByteChannel channel) throws IOException {
		ByteBuffer buffer = ByteBuffer.allocateDirect(LONGEST);
		while (channel.read(buffer) >= 0) {
			buffer.flip();
			int end = afterLastLine(buffer);
			int limit = buffer.limit();
			buffer.limit(end);
			while (buffer.hasRemaining()) {
				channel.write(buffer);
			}
			buffer.limit(limit);
			buffer.compact();
		}
	}

	/**
	 * Send lines back by streams, as with TLS, which works on arrays.
	 */
	static void echo(InputStream in, OutputStream out) throws IOException {
		byte[] buffer = new byte[LONGEST];
		int length = 0;
		for (int count = in.read(buffer); count >= 0; count = in.read(buffer, length, buffer.length - length)) {
			length += count;
			if (buffer[length - 1] == '\n') {
				out.write(buffer, 0, length);
				length = 0;
			}
		}
	}

	private static int afterLastLine(ByteBuffer buffer) {
		int end = buffer.limit();
		while (end > 0 && buffer.get(end - 1) != '\n') {
			end--;
		}
		return end;
	}

}
