package dev.socketfactory.engine.admission;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TlsBuffers}.
 */
class TlsBuffersTests {

	private final TlsBuffers buffers = new TlsBuffers();

	@Test
	void whatWasGivenBackIsTakenAgainFromItsStart() {
		ByteBuffer buffer = this.buffers.allocate(4096);
		buffer.put(new byte[100]).limit(200);
		this.buffers.free(buffer);
		assertThat(this.buffers.allocate(8192)).isNotSameAs(buffer);
		ByteBuffer again = this.buffers.allocate(4096);
		assertThat(again).isSameAs(buffer);
		assertThat(again.position()).isZero();
		assertThat(again.limit()).isEqualTo(4096);
		assertThat(this.buffers.allocate(4096)).isNotSameAs(buffer);
	}

	@Test
	void afterMuchTrafficFewAreKept() {
		Set<ByteBuffer> given = Collections.newSetFromMap(new IdentityHashMap<>());
		for (int i = 0; i < 1000; i++) {
			given.add(this.buffers.allocate(4096));
		}
		given.forEach(this.buffers::free);
		int kept = 0;
		while (given.contains(this.buffers.allocate(4096))) {
			kept++;
		}
		assertThat(kept).isBetween(1, 64);
	}

	@Test
	void longOnesAreNotKept() {
		ByteBuffer buffer = this.buffers.allocate(1024 * 1024);
		this.buffers.free(buffer);
		assertThat(this.buffers.allocate(1024 * 1024)).isNotSameAs(buffer);
	}

}
