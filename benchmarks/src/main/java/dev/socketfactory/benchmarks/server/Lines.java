package dev.socketfactory.benchmarks.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;

/**
 * Sends lines back, the same way for every kind of blocking channel.
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

	private static int afterLastLine(ByteBuffer buffer) {
		int end = buffer.limit();
		while (end > 0 && buffer.get(end - 1) != '\n') {
			end--;
		}
		return end;
	}

}
