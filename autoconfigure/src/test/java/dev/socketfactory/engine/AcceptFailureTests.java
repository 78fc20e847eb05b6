package dev.socketfactory.engine;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import dev.socketfactory.PauseReason;
import dev.socketfactory.RetrySettings;
import dev.socketfactory.SocketFailure;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketState;
import dev.socketfactory.event.SocketFailureEvent;
import dev.socketfactory.event.SocketStateEvent;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.LeakCheck;
import dev.socketfactory.testing.Peer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for a listener whose accept(2) fails. See {@link DescriptorExhaustionTests} for
 * one that runs out of descriptors indeed.
 */
@ExtendWith({ LeakCheck.class, OutputCaptureExtension.class })
class AcceptFailureTests {

	@ParameterizedTest
	@ValueSource(strings = { "Protocol error", "Software caused connection abort", "Connection reset by peer",
			"Network is down", "Operation not permitted", "Resource temporarily unavailable" })
	void whenThePeerIsToBlameThenCountedAndNotPublished(String text, CapturedOutput output) {
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor()) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback());
			failTimes(factory, 5, text);
			harness.connect(factory);
			harness.awaitAccepted(1);
			assertThat(factory.getStatus().failures()).hasToString("{accept=5}");
			assertThat(factory.getLastFailure()).isNull();
			assertThat(harness.getFailures()).isEmpty();
			assertThat(harness.getStates()).allMatch((event) -> event.getPauseReasons().isEmpty());
			assertThat(factory.getState()).isEqualTo(SocketState.LISTENING);
			harness.closeAccepted();
		}
		assertThat(output.getOut()).doesNotContain(" WARN ").doesNotContain(" ERROR ");
	}

	@Test
	void whenEveryPeerSeemsToBeToBlameThenBacksOffUntilAcceptWorks(CapturedOutput output) {
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor()) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback());
			AtomicReference<@Nullable String> failing = new AtomicReference<>("Operation not permitted");
			ScriptedServer.install(factory, (server) -> acceptUnless(failing.get(), server));
			harness.connect(factory);
			Await.await().untilAsserted(() -> assertThat(accepts(factory)).isGreaterThan(18));
			assertThat(factory.getPauseReasons()).containsExactly(PauseReason.BACKOFF);
			Await.during(200, () -> assertThat(accepts(factory)).as("it does not spin").isLessThan(100));
			failing.set(null);
			harness.awaitAccepted(1);
			Await.await().untilAsserted(() -> assertThat(factory.getPauseReasons()).isEmpty());
			assertThat(harness.getFailures()).singleElement()
				.extracting((event) -> event.getFailure().errnoName())
				.isEqualTo("EPERM");
			failTimes(factory, 5, "Operation not permitted");
			harness.connect(factory);
			harness.awaitAccepted(2);
			assertThat(factory.getPauseReasons()).isEmpty();
			harness.closeAccepted();
		}
		assertThat(output.getOut().lines().filter((line) -> line.contains(" WARN "))).hasSize(1);
	}

	@ParameterizedTest
	@CsvSource({ "Too many open files, EMFILE", "Too many open files in system, ENFILE",
			"No buffer space available, ENOBUFS", "Cannot allocate memory, ENOMEM", "Something odd, ''" })
	void whenSomethingIsShortThenOneFailureAndBacksOffUntilItIsThere(String text, String errno, CapturedOutput output) {
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor()) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback());
			AtomicReference<@Nullable String> failing = new AtomicReference<>(text);
			ScriptedServer.install(factory, (server) -> acceptUnless(failing.get(), server));
			harness.connect(factory);
			Await.await().untilAsserted(() -> assertThat(accepts(factory)).isGreaterThan(4));
			assertThat(factory.getPauseReasons()).containsExactly(PauseReason.BACKOFF);
			assertThat(factory.getState()).isEqualTo(SocketState.LISTENING);
			assertThat(harness.getAccepted()).isEmpty();
			failing.set(null);
			harness.awaitAccepted(1);
			Await.await().untilAsserted(() -> assertThat(factory.getPauseReasons()).isEmpty());
			assertThat(harness.getFailures()).singleElement()
				.extracting(SocketFailureEvent::getFailure)
				.returns("accept", SocketFailure::operation)
				.returns(errno, SocketFailure::errnoName)
				.returns(SocketFactoryHarness.addressOf(factory).toString().substring(1) + ": " + text,
						SocketFailure::message)
				.returns(null, SocketFailure::retryIn)
				.isEqualTo(factory.getLastFailure());
			Await.await()
				.untilAsserted(() -> assertThat(harness.getStates())
					.filteredOn((event) -> event.getState() == SocketState.LISTENING)
					.extracting(SocketStateEvent::getPauseReasons)
					.map(Object::toString)
					.containsExactly("[]", "[BACKOFF]", "[]"));
			harness.closeAccepted();
		}
		assertThat(output.getOut().lines().filter((line) -> line.contains(" WARN "))).singleElement()
			.asString()
			.endsWith(": %s (%s)".formatted(text, errno.isEmpty() ? "errno unknown" : errno));
	}

	@Test
	void whenShortAgainAndAgainThenAtMostOneLineASecond(CapturedOutput output) {
		long begin = System.nanoTime();
		AtomicBoolean fail = new AtomicBoolean(true);
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor()) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback());
			harness.handle((event) -> Peer.close(event.claimBlockingChannel()));
			ScriptedServer.install(factory, (server) -> {
				if (fail.getAndSet(false)) {
					throw new IOException("Too many open files");
				}
				SocketChannel channel = server.accept();
				fail.set(channel == null);
				return channel;
			});
			for (int i = 1; i <= 30; i++) {
				harness.connect(factory);
				harness.awaitAccepted(i);
			}
			Await.await().untilAsserted(() -> assertThat(harness.getFailures()).hasSizeGreaterThan(10));
		}
		long seconds = Duration.ofNanos(System.nanoTime() - begin).toSeconds();
		assertThat(output.getOut().lines().filter((line) -> line.contains(" WARN ")).count()).isBetween(1L,
				seconds + 1);
	}

	@Test
	void whenAConnectionIsClosedThenBackoffEndsEarly() throws Exception {
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor()) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback());
			harness.connect(factory);
			harness.awaitAccepted(1);
			AtomicReference<@Nullable String> failing = new AtomicReference<>("Too many open files");
			ScriptedServer.install(factory, (server) -> acceptUnless(failing.get(), server));
			harness.connect(factory);
			// 5 + 10 + … + 320 ms are over, the next try is 640 ms later
			Await.await().untilAsserted(() -> assertThat(accepts(factory)).isGreaterThanOrEqualTo(8));
			failing.set(null);
			long begin = System.nanoTime();
			harness.closeAccepted();
			harness.awaitAccepted(2);
			assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMillis(300));
			harness.closeAccepted();
		}
	}

	@Test
	void whenAConnectionOfAnotherFactoryIsClosedThenBackoffEndsEarly() throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor().handle((event) -> {
			SocketChannel channel = event.claimBlockingChannel();
			if (event.getFactoryName().equals("other")) {
				Await.latch(end);
				Peer.close(channel);
			}
		})) {
			harness.connect(harness.listen(SocketSpec.listener("other").bind("127.0.0.1")));
			harness.awaitAccepted(1);
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback());
			AtomicReference<@Nullable String> failing = new AtomicReference<>("Too many open files");
			ScriptedServer.install(factory, (server) -> acceptUnless(failing.get(), server));
			harness.connect(factory);
			Await.await().untilAsserted(() -> assertThat(accepts(factory)).isGreaterThanOrEqualTo(8));
			failing.set(null);
			long begin = System.nanoTime();
			end.countDown();
			harness.awaitAccepted(2);
			assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMillis(300));
			harness.closeAccepted();
		}
	}

	@Test
	void whenOneIsAcceptedBetweenShortagesThenTheDelayStartsAnew() {
		List<Long> tries = new CopyOnWriteArrayList<>();
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor()) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback());
			ScriptedServer.install(factory, (server) -> {
				tries.add(System.nanoTime());
				return acceptUnless((tries.size() == 9) ? null : "Too many open files", server);
			});
			harness.connect(factory);
			harness.connect(factory);
			Await.await().untilAsserted(() -> assertThat(tries).hasSizeGreaterThan(10));
			harness.awaitAccepted(1);
			assertThat(Duration.ofNanos(tries.get(8) - tries.get(7))).isGreaterThanOrEqualTo(Duration.ofMillis(640));
			// Else it were a second
			assertThat(Duration.ofNanos(tries.get(10) - tries.get(9))).isLessThan(Duration.ofMillis(500));
			harness.closeAccepted();
		}
	}

	@Test
	void whenStoppedWhileBackingOffThenReasonIsGoneAndItCanBeStarted() {
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor()) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback());
			ScriptedServer.install(factory, (server) -> acceptUnless("Too many open files", server));
			harness.connect(factory);
			Await.await()
				.untilAsserted(() -> assertThat(factory.getPauseReasons()).containsExactly(PauseReason.BACKOFF));
			factory.stop();
			assertThat(factory.getPauseReasons()).isEmpty();
			factory.start();
			harness.connect(factory);
			harness.awaitAccepted(1);
			harness.closeAccepted();
		}
	}

	@ParameterizedTest
	@CsvSource({ "Bad file descriptor, EBADF", "Socket operation on non-socket, ENOTSOCK", "Invalid argument, EINVAL" })
	void whenTheListenerIsBrokenThenFailedAndPortReleased(String text, String errno) throws Exception {
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor()) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback());
			InetSocketAddress address = SocketFactoryHarness.addressOf(factory);
			ScriptedServer.install(factory, (server) -> acceptUnless(text, server));
			harness.connect(factory);
			Await.await().untilAsserted(() -> assertThat(factory.getState()).isEqualTo(SocketState.FAILED));
			assertThat(factory.getLocalAddress()).isNull();
			assertThat(factory.getPauseReasons()).isEmpty();
			assertThat(harness.getPorts()).containsEntry("test", "none");
			Await.await()
				.untilAsserted(() -> assertThat(harness.getFailures()).singleElement()
					.extracting(SocketFailureEvent::getFailure)
					.returns("accept", SocketFailure::operation)
					.returns(errno, SocketFailure::errnoName)
					.returns(address.toString().substring(1) + ": " + text, SocketFailure::message)
					.isEqualTo(factory.getLastFailure()));
			assertThat(factory.getStatus().failures()).hasToString("{accept=1}");
			try (ServerSocketChannel other = ServerSocketChannel.open()) {
				other.bind(address);
			}
			factory.start();
			harness.connect(factory);
			harness.awaitAccepted(1);
			harness.closeAccepted();
		}
	}

	@Test
	void whenTheListenerIsBrokenThenRetryPolicyApplies() {
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor()) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback()
				.retry(new RetrySettings(1, Duration.ofMillis(50), 1, Duration.ofMillis(50), Duration.ZERO)));
			ScriptedServer.install(factory, (server) -> acceptUnless("Bad file descriptor", server));
			harness.connect(factory);
			Await.await().untilAsserted(() -> assertThat(factory.getLastFailure()).isNotNull());
			assertThat(Objects.requireNonNull(factory.getLastFailure()).retryIn()).isEqualTo(Duration.ofMillis(50));
			Await.await().untilAsserted(() -> assertThat(factory.getState()).isEqualTo(SocketState.LISTENING));
			harness.connect(factory);
			harness.awaitAccepted(1);
			harness.closeAccepted();
		}
	}

	private static void failTimes(ManagedSocketFactory factory, int times, String text) {
		AtomicInteger left = new AtomicInteger(times);
		ScriptedServer.install(factory, (server) -> acceptUnless((left.getAndDecrement() > 0) ? text : null, server));
	}

	private static @Nullable SocketChannel acceptUnless(@Nullable String failure, ServerSocketChannel server)
			throws IOException {
		if (failure != null) {
			throw new IOException(failure);
		}
		return server.accept();
	}

	private static long accepts(ManagedSocketFactory factory) {
		return factory.getStatus().failures().getOrDefault("accept", 0L);
	}

}
