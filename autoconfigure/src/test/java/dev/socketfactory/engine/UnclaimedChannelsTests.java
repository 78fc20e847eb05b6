package dev.socketfactory.engine;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;

import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.LeakCheck;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link OpenSockets}: channels that nobody claims in time.
 */
@ExtendWith({ LeakCheck.class, OutputCaptureExtension.class })
@Timeout(60)
class UnclaimedChannelsTests {

	private static final Duration TIMEOUT = Duration.ofMillis(400);

	private static final String WARNING = "that nobody had claimed";

	@Test
	void whenPublishedOneAfterTheOtherThenEachIsClosedAtItsOwnTime() throws IOException {
		try (SocketFactoryHarness harness = unclaiming()) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback().unclaimedTimeout(TIMEOUT));
			long first = System.nanoTime();
			SocketChannel one = harness.connect(factory);
			harness.awaitAccepted(1);
			Await.await().until(() -> since(first).compareTo(TIMEOUT.dividedBy(2)) > 0);
			long second = System.nanoTime();
			SocketChannel other = harness.connect(factory);
			assertEnd(one);
			assertThat(since(first)).isGreaterThanOrEqualTo(TIMEOUT);
			assertEnd(other);
			assertThat(since(second)).isGreaterThanOrEqualTo(TIMEOUT);
		}
	}

	@Test
	void whenClaimedLaterAndClosedThenNothingIsKept() throws Exception {
		Queue<WeakReference<Object>> kept = new ConcurrentLinkedQueue<>();
		Queue<ConnectionAcceptedEvent> events = new LinkedBlockingQueue<>();
		try (SocketFactoryHarness harness = SocketFactoryHarness.unrecorded((event) -> {
			kept.add(new WeakReference<>(event));
			events.add(event);
		})) {
			ManagedSocketFactory factory = harness
				.listen(SocketFactoryHarness.loopback().unclaimedTimeout(Duration.ofMinutes(10)));
			for (int i = 0; i < 200; i++) {
				harness.connect(factory).close();
			}
			Await.await().until(() -> events.size() == 200);
			// As a handler on another thread would, after the publishing call has
			// returned
			Await.await().until(() -> factory.getSockets().getRunningHandlers() == 0);
			for (ConnectionAcceptedEvent event = events.poll(); event != null; event = events.poll()) {
				event.claimChannel().close();
			}
			Await.await().until(() -> factory.getStatus().connections().active() == 0);
			Await.await().untilAsserted(() -> {
				System.gc();
				assertThat(kept).allMatch((reference) -> reference.get() == null);
			});
		}
	}

	@Test
	void whenTheNextComesAfterTheLastWasClosedThenItIsClosedToo(CapturedOutput output) throws IOException {
		try (SocketFactoryHarness harness = unclaiming()) {
			ManagedSocketFactory factory = harness
				.listen(SocketFactoryHarness.loopback().unclaimedTimeout(Duration.ofMillis(20)));
			for (int i = 1; i <= 3; i++) {
				assertEnd(harness.connect(factory));
				SocketFactoryStatus.Connections expected = new SocketFactoryStatus.Connections(0, i, i, 0);
				Await.await().untilAsserted(() -> assertThat(factory.getStatus().connections()).isEqualTo(expected));
			}
		}
		assertThat(output).as("warned once a minute").containsOnlyOnce(WARNING);
	}

	@Test
	void whenTheApplicationEndsThenClosedAndCountedWithoutAWarning(CapturedOutput output) throws IOException {
		try (SocketFactoryHarness harness = unclaiming()) {
			ManagedSocketFactory factory = harness
				.listen(SocketFactoryHarness.loopback().unclaimedTimeout(Duration.ofMinutes(1)));
			SocketChannel client = harness.connect(factory);
			harness.awaitAccepted(1);
			Await.await().until(() -> ((ManagedSocketFactory) factory).getSockets().getRunningHandlers() == 0);
			harness.getFactories().stop(Duration.ZERO, null, null);
			assertEnd(client);
			assertThat(factory.getStatus().connections()).isEqualTo(new SocketFactoryStatus.Connections(0, 1, 1, 0));
			assertThatIllegalStateException().isThrownBy(() -> harness.getAccepted().get(0).claimChannel())
				.withMessageEndingWith("was closed because the application was shut down");
		}
		assertThat(output).doesNotContain(WARNING);
	}

	private static SocketFactoryHarness unclaiming() {
		return SocketFactoryHarness.inline().handle((event) -> {
		});
	}

	private static Duration since(long begin) {
		return Duration.ofNanos(System.nanoTime() - begin);
	}

	private static void assertEnd(SocketChannel client) throws IOException {
		assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(-1);
	}

}
