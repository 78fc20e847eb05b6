package dev.socketfactory.engine;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.PauseReason;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.LeakCheck;
import dev.socketfactory.testing.Parallel;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for pausing under load. A client that connects while its own thread holds a
 * reason must not be accepted before that thread lets go, whatever the other threads do;
 * so no counter has to be read at the right moment.
 */
@ExtendWith({ OutputCaptureExtension.class, LeakCheck.class })
class PauseStormTests {

	private static final int THREADS = 4;

	private static final long LINGER_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

	@ParameterizedTest
	@EnumSource
	void whenThreadsPauseAndResumeUnderConnectsThenNoAcceptWhilePausedAndNoClientIsLost(DispatchMode dispatch,
			CapturedOutput output) throws Exception {
		Set<Integer> served = ConcurrentHashMap.newKeySet();
		AtomicInteger connected = new AtomicInteger();
		AtomicLong early = new AtomicLong();
		try (SocketFactoryHarness harness = SocketFactoryHarness.of(dispatch).handle((event) -> {
			served.add(event.getRemotePort());
			close(event.claimBlockingChannel());
		})) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback());
			ScriptedServer.install(factory, PauseStormTests::acceptLate);
			long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
			Parallel.run(THREADS + 1, (thread) -> {
				PauseReason reason = PauseReason.of("reason-" + thread);
				while (System.nanoTime() - until < 0) {
					if (thread == THREADS) {
						// A stream of connects that knows nothing of the pauses
						serveOne(factory, served, connected);
					}
					else {
						assertThat(factory.pauseAccept(reason)).isTrue();
						early.addAndGet(connectPaused(factory, reason, served, connected));
					}
				}
			});
			assertThat(early).as("clients accepted while paused").hasValue(0);
			assertThat(connected).hasValueGreaterThan(100);
			Await.await()
				.untilAsserted(() -> assertThat(factory.getStatus().connections())
					.isEqualTo(new SocketFactoryStatus.Connections(0, connected.get(), 0, 0)));
			assertThat(harness.getAccepted()).hasSize(connected.get());
			assertThat(factory.getPauseReasons()).isEmpty();
			assertThat(harness.getFailures()).isEmpty();
			assertThat(factory.getStatus().failures()).isEmpty();
		}
		assertThat(output).doesNotContain("ERROR").doesNotContain("WARN");
	}

	/**
	 * Accept as the event loop would if it often lost its processor after it has looked
	 * for reasons not to: without that, the moment in which a pause may come in between
	 * is too short for a client that connects after it.
	 */
	private static @Nullable SocketChannel acceptLate(ServerSocketChannel server) throws IOException {
		if (ThreadLocalRandom.current().nextInt(4) == 0) {
			LockSupport.parkNanos(LINGER_NANOS);
		}
		return server.accept();
	}

	/**
	 * Connect while paused, look whether the client was served, resume and wait until it
	 * is.
	 * @return 1 if it was served too early
	 */
	private static int connectPaused(ManagedSocketFactory factory, PauseReason reason, Set<Integer> served,
			AtomicInteger connected) throws Exception {
		try (SocketChannel client = SocketChannel.open(SocketFactoryHarness.addressOf(factory))) {
			connected.incrementAndGet();
			int port = ((InetSocketAddress) client.getLocalAddress()).getPort();
			// The others go on; a wrong accept would show in a moment
			LockSupport.parkNanos(4 * LINGER_NANOS);
			boolean early = served.contains(port);
			assertThat(factory.resumeAccept(reason)).isTrue();
			awaitServed(served, port);
			return early ? 1 : 0;
		}
	}

	private static void serveOne(ManagedSocketFactory factory, Set<Integer> served, AtomicInteger connected)
			throws Exception {
		try (SocketChannel client = SocketChannel.open(SocketFactoryHarness.addressOf(factory))) {
			connected.incrementAndGet();
			awaitServed(served, ((InetSocketAddress) client.getLocalAddress()).getPort());
		}
	}

	/**
	 * Wait until a client was served, and forget it, because ports come again.
	 */
	private static void awaitServed(Set<Integer> served, int port) {
		Await.await().until(() -> served.remove(port));
	}

	private static void close(SocketChannel channel) {
		try {
			channel.close();
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

}
