package dev.socketfactory.engine.socket;

import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ListenQueue}.
 */
class ListenQueueTests {

	@ParameterizedTest
	@CsvSource({ "0, 4096, 4096, 4096, false", "1, 4096, 1, 1, false", "4096, 4096, 4096, 4096, false",
			"4097, 4096, 4097, 4096, true", "2147483647, 128, 2147483647, 128, true", "-1, 128, 128, 128, false" })
	void whenAskedForThenClippedToTheSystemsMaximum(int asked, int maximum, int requested, int effective,
			boolean clipped) {
		ListenQueue queue = ListenQueue.of(asked, maximum);
		assertThat(queue).isEqualTo(new ListenQueue(requested, effective));
		assertThat(queue.isClipped()).isEqualTo(clipped);
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void whenNothingIsAskedForThenMaximumOfTheSystem() throws Exception {
		int maximum = Integer.parseInt(Files.readAllLines(Path.of("/proc/sys/net/core/somaxconn")).get(0).strip());
		assertThat(ListenQueue.of(0)).isEqualTo(new ListenQueue(maximum, maximum));
		assertThat(ListenQueue.systemMaximum(Path.of("no-such-file"))).as("what was known last").isEqualTo(maximum);
	}

}
