package dev.socketfactory.engine.socket;

import java.io.IOException;
import java.util.Map;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ErrnoTable} with exceptions of real channels.
 */
class ErrnoTableChannelTests {

	@Test
	void whenChannelFailsGivesItsErrno() throws IOException {
		ErrnoTable table = ErrnoTable.load();
		Map<String, IOException> failures = ProvokedFailures.byName();
		assertThat(failures).containsOnlyKeys("EADDRINUSE", "ECONNREFUSED", "EADDRNOTAVAIL", "ENOENT");
		failures.forEach((name, failure) -> {
			assertThat(failure).as(name).isNotNull();
			assertThat(table.of(failure)).as(failure.toString()).isEqualTo(table.named(name));
			assertThat(table.of(failure).number()).as(name).isPositive();
		});
	}

}
