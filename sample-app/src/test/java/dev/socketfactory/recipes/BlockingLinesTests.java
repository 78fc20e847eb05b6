package dev.socketfactory.recipes;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import dev.socketfactory.SocketFactory;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.test.AutoConfigureTestSockets;
import dev.socketfactory.test.TestConnection;
import dev.socketfactory.test.TestSockets;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link BlockingLines}.
 */
@SpringBootTest(classes = RecipeApplication.class, webEnvironment = SpringBootTest.WebEnvironment.NONE,
		properties = "spring.config.location=classpath:recipes/lines.yml")
@Import({ BlockingLines.class, BlockingLinesTests.Threads.class })
@AutoConfigureTestSockets
@Timeout(30)
class BlockingLinesTests {

	@Autowired
	private TestSockets sockets;

	@Autowired
	private SocketFactory linesUnixSocketFactory;

	@Autowired
	private Threads threads;

	@ParameterizedTest
	@ValueSource(strings = { "lines", "lines-unix" })
	void everyLineIsAnsweredWhileOthersAreConnected(String listener) {
		try (TestConnection idle = this.sockets.connect(listener);
				TestConnection client = this.sockets.connect(listener)) {
			client.sendLine("one").expectLine("ONE");
			idle.sendLine("two").expectLine("TWO");
			client.sendLine("three").expectLine("THREE");
		}
	}

	@Test
	void fileHasItsMode() throws IOException {
		UnixDomainSocketAddress address = (UnixDomainSocketAddress) this.linesUnixSocketFactory.getLocalAddress();
		assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(address.getPath())))
			.isEqualTo("rw-rw----");
	}

	@Test
	void handlersRunOnVirtualThreadsWhereThereAreAny() {
		this.sockets.connect("lines").close();
		Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> !this.threads.names.isEmpty());
		String kind = (Runtime.version().feature() >= 21) ? "VirtualThread[" : "Thread[lines-";
		assertThat(this.threads.names).allMatch((name) -> name.startsWith(kind));
	}

	static class Threads {

		private final List<String> names = new CopyOnWriteArrayList<>();

		@EventListener
		void note(ConnectionAcceptedEvent event) {
			this.names.add(Thread.currentThread().toString());
		}

	}

}
