package dev.socketfactory.engine;

import java.util.Map;

import dev.socketfactory.testing.Parallel;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

/**
 * Tests for {@link Counters}.
 */
class CountersTests {

	private final Counters counters = new Counters("test");

	@Test
	void whenNothingHasHappenedThenZero() {
		assertThat(this.counters.getUnclaimed()).isZero();
		assertThat(this.counters.getHandlerErrors()).isZero();
		assertThat(this.counters.getFailures()).isEmpty();
	}

	@Test
	void whenCountedFromManyThreadsThenNothingIsLost() throws Exception {
		Parallel.run(4, (thread) -> {
			for (int i = 0; i < 1000; i++) {
				this.counters.socketUnclaimed();
				this.counters.handlerFailed();
				this.counters.failed((i % 2 == 0) ? "bind" : "accept", "EIO");
			}
		});
		assertThat(this.counters.getUnclaimed()).isEqualTo(4000);
		assertThat(this.counters.getHandlerErrors()).isEqualTo(4000);
		assertThat(this.counters.getFailures()).containsExactly(entry("accept", 2000L), entry("bind", 2000L));
	}

	@Test
	void whenCountedAfterReadingThenSnapshotIsUntouched() {
		this.counters.failed("bind", "EIO");
		Map<String, Long> before = this.counters.getFailures();
		this.counters.failed("bind", "EIO");
		assertThat(before).containsExactly(entry("bind", 1L));
	}

}
