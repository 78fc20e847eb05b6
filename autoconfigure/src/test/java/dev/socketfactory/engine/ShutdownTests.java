package dev.socketfactory.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.socketfactory.SocketState;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.LeakCheck;
import dev.socketfactory.testing.Peer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Shutdown}.
 */
@ExtendWith({ LeakCheck.class, OutputCaptureExtension.class })
@Timeout(60)
class ShutdownTests {

	/**
	 * Never over in a test that is all right.
	 */
	private static final Duration LONG = Duration.ofSeconds(30);

	private static final Duration SHORT = Duration.ofMillis(300);

	/**
	 * A tenth of the time is left for what follows from closing.
	 */
	private static final Duration UNTIL_CLOSE = Duration.ofMillis(270);

	/**
	 * By how much a busy machine may be late.
	 */
	private static final Duration LATE = Duration.ofSeconds(5);

	@Test
	void whenNothingIsOpenThenEndsAtOnce() {
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor()) {
			harness.listen(SocketFactoryHarness.loopback());
			assertThat(stop(harness, LONG)).isLessThan(LATE);
		}
	}

	@Test
	void whenHandlerHasClosedItsChannelThenItsEndIsWaitedFor() throws Exception {
		CountDownLatch closed = new CountDownLatch(1);
		CountDownLatch go = new CountDownLatch(1);
		AtomicBoolean ended = new AtomicBoolean();
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor().handle((event) -> {
			Peer.close(event.claimBlockingChannel());
			closed.countDown();
			ended.set(isOpened(go));
		})) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback());
			harness.connect(factory);
			assertThat(isOpened(closed)).isTrue();
			CompletableFuture<Boolean> endedBefore = CompletableFuture.supplyAsync(() -> {
				stop(harness, LONG);
				return ended.get();
			});
			Await.await().until(() -> factory.getState() == SocketState.STOPPED);
			Await.during(100, () -> assertThat(endedBefore).isNotDone());
			go.countDown();
			assertThat(endedBefore.get(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
		}
	}

	@Test
	void whenClaimedChannelStaysOpenThenItsCloseIsWaitedFor() throws Exception {
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor()) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback());
			harness.connect(factory);
			SocketChannel claimed = harness.channelOf(harness.awaitAccepted(1).get(0));
			CompletableFuture<Duration> stopped = CompletableFuture.supplyAsync(() -> stop(harness, LONG));
			Await.await().until(() -> factory.getState() == SocketState.STOPPED);
			Await.during(100, () -> assertThat(stopped).isNotDone());
			assertThat(claimed.isOpen()).isTrue();
			Peer.close(claimed);
			assertThat(stopped.get(LONG.toSeconds(), TimeUnit.SECONDS)).isLessThan(LONG);
		}
	}

	@Test
	void whenDeadlineIsOverThenClosesWhatIsOpenAndEnds() {
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor()) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback());
			harness.connect(factory);
			SocketChannel claimed = harness.channelOf(harness.awaitAccepted(1).get(0));
			assertThat(stop(harness, SHORT)).isBetween(UNTIL_CLOSE, SHORT.plus(LATE));
			assertThat(claimed.isOpen()).isFalse();
		}
	}

	@Test
	void whenDeadlineIsOverThenAHandlerThatDoesNotEndIsLeftAlone() {
		CountDownLatch go = new CountDownLatch(1);
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor().handle((event) -> {
			Peer.close(event.claimBlockingChannel());
			isOpened(go);
		})) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback());
			harness.connect(factory);
			harness.awaitAccepted(1);
			assertThat(stop(harness, SHORT)).isBetween(UNTIL_CLOSE, SHORT.plus(LATE));
			go.countDown();
		}
	}

	@Test
	void whenChannelIsClosedUnderItsHandlerThenThatIsNoErrorOfTheHandler(CapturedOutput output) {
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor().handle((event) -> {
			try {
				event.claimBlockingChannel().read(ByteBuffer.allocate(1));
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		})) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback());
			harness.connect(factory);
			harness.channelOf(harness.awaitAccepted(1).get(0));
			stop(harness, SHORT);
			Await.await().until(() -> harness.getFactories().getAll().get(0).getConnections().active() == 0);
			assertThat(factory.getHandlerErrors()).isZero();
			assertThat(output).doesNotContain(" WARN ").doesNotContain(" ERROR ");
			harness.getFactories().start();
			harness.connect(factory);
			Peer.close(harness.channelOf(harness.awaitAccepted(2).get(1)));
			Await.await().until(() -> factory.getHandlerErrors() == 1);
		}
	}

	private static Duration stop(SocketFactoryHarness harness, Duration patience) {
		long begin = System.nanoTime();
		harness.getFactories().stop(patience, null, null);
		return Duration.ofNanos(System.nanoTime() - begin);
	}

	private static boolean isOpened(CountDownLatch latch) {
		try {
			return latch.await(LONG.toSeconds(), TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

}
