package dev.socketfactory.engine.admission;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;

import tlschannel.BufferAllocator;

/**
 * The buffers of TLS connections. The library takes some for every record and gives them
 * back after it: they are kept for the next record of any connection. Safe for use by any
 * thread.
 */
final class TlsBuffers implements BufferAllocator {

	/**
	 * Of the few sizes up to that of a record, 17 KB.
	 */
	private static final int MOST_OF_A_SIZE = 32;

	private static final int LARGEST = 32 * 1024;

	private final Map<Integer, Queue<ByteBuffer>> free = new ConcurrentHashMap<>();

	@Override
	public ByteBuffer allocate(int size) {
		Queue<ByteBuffer> buffers = this.free.get(size);
		ByteBuffer buffer = (buffers != null) ? buffers.poll() : null;
		return (buffer != null) ? buffer : ByteBuffer.allocate(size);
	}

	@Override
	public void free(ByteBuffer buffer) {
		int size = buffer.capacity();
		if (size <= LARGEST) {
			this.free.computeIfAbsent(size, (key) -> new ArrayBlockingQueue<>(MOST_OF_A_SIZE)).offer(buffer.clear());
		}
	}

}
