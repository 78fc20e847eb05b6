package dev.socketfactory.autoconfigure;

import java.time.Duration;
import java.util.List;

import org.awaitility.Awaitility;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The threads of socket factories in this JVM.
 */
final class SocketThreads {

	private SocketThreads() {
	}

	static List<String> names() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map(Thread::getName)
			.filter((name) -> name.startsWith("socket-factory"))
			.sorted()
			.toList();
	}

	static void awaitNone() {
		Awaitility.await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> assertThat(names()).isEmpty());
	}

}
