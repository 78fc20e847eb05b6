package dev.socketfactory.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.PauseReason;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketSpecBuilder;
import dev.socketfactory.SocketState;
import dev.socketfactory.SocketType;
import dev.socketfactory.engine.socket.ProcNet;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.LeakCheck;
import dev.socketfactory.testing.Parallel;
import dev.socketfactory.testing.Peer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for the limit of connections on real sockets.
 */
@ExtendWith(LeakCheck.class)
class ListenerLimitTests {

	@ParameterizedTest
	@EnumSource(DispatchMode.class)
	void whenLimitIsZeroThenAcceptsNothingUntilItIsRaised(DispatchMode mode) {
		try (SocketFactoryHarness harness = SocketFactoryHarness.of(mode)) {
			ManagedSocketFactory factory = harness.listen(limited(0));
			assertThat(factory.getPauseReasons()).containsExactly(PauseReason.MAX_CONNECTIONS);
			connect(harness, factory, 3);
			Await.during(50, () -> assertThat(harness.getAccepted()).isEmpty());
			Instant since = factory.getStatus().pauseReasons().get(PauseReason.MAX_CONNECTIONS).since();
			factory.setMaxConnections(2);
			harness.awaitAccepted(2);
			assertThat(factory.getPauseReasons()).containsExactly(PauseReason.MAX_CONNECTIONS);
			Await.await()
				.untilAsserted(
						() -> assertThat(factory.getStatus().pauseReasons().get(PauseReason.MAX_CONNECTIONS).since())
							.isAfter(since));
			Await.during(50, () -> assertThat(harness.getAccepted()).hasSize(2));
			factory.setMaxConnections(null);
			harness.awaitAccepted(3);
			awaitReasons(factory);
			harness.closeAccepted();
		}
	}

	@ParameterizedTest
	@EnumSource(DispatchMode.class)
	void whenLimitIsLoweredThenOpenOnesStayAndNoneIsAcceptedAboveIt(DispatchMode mode) {
		try (SocketFactoryHarness harness = SocketFactoryHarness.of(mode)) {
			ManagedSocketFactory factory = harness.listen(limited(5));
			connect(harness, factory, 4);
			harness.awaitAccepted(4);
			factory.setMaxConnections(2);
			assertThat(factory.getPauseReasons()).containsExactly(PauseReason.MAX_CONNECTIONS);
			connect(harness, factory, 2);
			for (int closed = 0; closed < 2; closed++) {
				Peer.close(harness.channelOf(harness.getAccepted().get(closed)));
				Await.during(40, () -> assertThat(harness.getAccepted()).hasSize(4));
			}
			assertThat(harness.getAccepted().subList(2, 4)).allMatch((event) -> harness.channelOf(event).isOpen());
			Peer.close(harness.channelOf(harness.getAccepted().get(2)));
			harness.awaitAccepted(5);
			Peer.close(harness.channelOf(harness.getAccepted().get(3)));
			harness.awaitAccepted(6);
			harness.closeAccepted();
			awaitReasons(factory);
		}
	}

	@ParameterizedTest
	@EnumSource(DispatchMode.class)
	void whenManyConnectThenNeverMoreThanTheLimitAreOpen(DispatchMode mode) {
		AtomicInteger open = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		try (SocketFactoryHarness harness = SocketFactoryHarness.of(mode)) {
			harness.handle((event) -> {
				SocketChannel channel = event.claimChannel();
				most.accumulateAndGet(open.incrementAndGet(), Math::max);
				harness.getThreads().execute(() -> {
					open.decrementAndGet();
					Peer.close(channel);
				});
			});
			ManagedSocketFactory factory = harness.listen(limited(3));
			connect(harness, factory, 60);
			harness.awaitAccepted(60);
			Await.await().untilAsserted(() -> assertThat(open).hasValue(0));
			awaitReasons(factory);
		}
		assertThat(most.get()).isBetween(1, 3);
	}

	@ParameterizedTest
	@EnumSource(DispatchMode.class)
	void whenLowWaterIsSetThenAcceptsAgainOnlyAtOrBelowIt(DispatchMode mode) {
		try (SocketFactoryHarness harness = SocketFactoryHarness.of(mode)) {
			ManagedSocketFactory factory = harness.listen(limited(4).lowWater(1));
			connect(harness, factory, 8);
			harness.awaitAccepted(4);
			for (int closed = 0; closed < 2; closed++) {
				Peer.close(harness.channelOf(harness.getAccepted().get(closed)));
				Await.during(40, () -> assertThat(harness.getAccepted()).hasSize(4));
				assertThat(factory.getPauseReasons()).containsExactly(PauseReason.MAX_CONNECTIONS);
			}
			Peer.close(harness.channelOf(harness.getAccepted().get(2)));
			harness.awaitAccepted(7);
			assertThat(factory.getPauseReasons()).containsExactly(PauseReason.MAX_CONNECTIONS);
			assertThat(factory.getStatus().limit()).isEqualTo(new SocketFactoryStatus.Limit(4, 1));
			harness.closeAccepted();
			harness.awaitAccepted(8);
			awaitReasons(factory);
			harness.closeAccepted();
		}
	}

	@ParameterizedTest
	@EnumSource(DispatchMode.class)
	void whenHandlerClosesThenNextIsAccepted(DispatchMode mode) {
		assertPermitsComeBack(mode, limited(1), (event) -> Peer.close(event.claimBlockingChannel()), false);
	}

	@ParameterizedTest
	@EnumSource(DispatchMode.class)
	void whenHandlerThrowsThenNextIsAccepted(DispatchMode mode) {
		assertPermitsComeBack(mode, limited(1), (event) -> {
			throw new IllegalStateException("on purpose");
		}, false);
	}

	@Test
	void whenClientClosesAndHandlerThenClosesThenNextIsAccepted() {
		assertPermitsComeBack(DispatchMode.EXECUTOR, limited(1), (event) -> {
			try (SocketChannel channel = event.claimBlockingChannel()) {
				assertThat(channel.socket().getInputStream().read()).isEqualTo(-1);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}, true);
	}

	@ParameterizedTest
	@EnumSource(DispatchMode.class)
	void whenNobodyClaimsThenNextIsAcceptedAfterTheTimeout(DispatchMode mode) {
		assertPermitsComeBack(mode, limited(1).unclaimedTimeout(Duration.ofMillis(20)), (event) -> {
		}, false);
	}

	@ParameterizedTest
	@EnumSource(DispatchMode.class)
	void whenDiscardedThenTakesNoPermit(DispatchMode mode) {
		try (SocketFactoryHarness harness = SocketFactoryHarness.of(mode)) {
			ManagedSocketFactory factory = harness.listen(limited(1).successEvent(""));
			connect(harness, factory, 20);
			Await.await()
				.untilAsserted(() -> assertThat(factory.getStatus().connections())
					.isEqualTo(new SocketFactoryStatus.Connections(0, 20, 20, 0)));
			assertThat(factory.getPauseReasons()).isEmpty();
		}
	}

	@Test
	void whenLimitIsReachedThenReasonIsShownInEventsAndCleared() {
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor()) {
			ManagedSocketFactory factory = harness.listen(limited(1));
			connect(harness, factory, 1);
			harness.awaitAccepted(1);
			Await.await()
				.untilAsserted(() -> assertThat(harness.getStates()).last()
					.satisfies((event) -> assertThat(event.getPauseReasons())
						.containsExactly(PauseReason.MAX_CONNECTIONS)));
			harness.closeAccepted();
			awaitReasons(factory);
			Await.await()
				.untilAsserted(() -> assertThat(harness.getStates()).last()
					.satisfies((event) -> assertThat(event.getPauseReasons()).isEmpty()));
			assertThat(harness.getStates()).filteredOn((event) -> event.getState() == SocketState.LISTENING).hasSize(3);
		}
	}

	@ParameterizedTest
	@EnumSource(DispatchMode.class)
	@DisplayName("A claimed channel is closed behind the engine's back: the place is found soon, each time")
	void whenClosedByItsClaimantThenNextIsAcceptedSoonEachTime(DispatchMode mode) {
		try (SocketFactoryHarness harness = SocketFactoryHarness.of(mode)) {
			ManagedSocketFactory factory = harness.listen(limited(1));
			int count = 8;
			connect(harness, factory, count);
			List<Duration> times = new ArrayList<>();
			for (int i = 1; i < count; i++) {
				SocketChannel claimed = harness.channelOf(harness.awaitAccepted(i).get(i - 1));
				// A channel that is closed before its handler ends is found by that end
				Await.await().until(() -> ((ManagedSocketFactory) factory).getSockets().getRunningHandlers() == 0);
				long begin = System.nanoTime();
				Peer.close(claimed);
				harness.awaitAccepted(i + 1);
				times.add(Duration.ofNanos(System.nanoTime() - begin));
			}
			assertThat(Drill.median(times)).as("median of %s", times).isLessThan(Duration.ofMillis(250));
			harness.closeAccepted();
		}
	}

	@Test
	void whenPausedByUserThenLimitClearsItsOwnReasonOnly() {
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor()) {
			ManagedSocketFactory factory = harness.listen(limited(1));
			connect(harness, factory, 2);
			harness.awaitAccepted(1);
			factory.pauseAccept();
			harness.closeAccepted();
			awaitReasons(factory, PauseReason.USER);
			Await.during(40, () -> assertThat(harness.getAccepted()).hasSize(1));
			factory.resumeAccept();
			harness.awaitAccepted(2);
			harness.closeAccepted();
		}
	}

	@Test
	void whenSetBySeveralThreadsThenOneOfThemWinsAndAcceptingGoesOn() throws Exception {
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor()) {
			ManagedSocketFactory factory = harness.listen(limited(5));
			harness.handle((event) -> Peer.close(event.claimBlockingChannel()));
			Parallel.run(4, (thread) -> {
				for (int i = 0; i < 200; i++) {
					switch ((thread + i) % 4) {
						case 0 -> factory.setMaxConnections(i % 3);
						case 1 -> factory.setLimit(5 + thread, thread);
						case 2 -> factory.setLowWater(null);
						default -> harness.connect(factory);
					}
				}
			});
			SocketFactoryStatus.Limit limit = Objects.requireNonNull(factory.getStatus().limit());
			assertThat(limit.lowWater() == null
					|| limit.lowWater() < Objects.requireNonNull(limit.maxConnections(), "maxConnections"))
				.isTrue();
			factory.setLimit(null, null);
			harness.awaitAccepted(200);
			awaitReasons(factory);
		}
	}

	@Test
	void whenLimitIsChangedWhileStoppedThenHoldsAfterTheStart() {
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor()) {
			ManagedSocketFactory factory = harness.listen(limited(0));
			factory.stop();
			assertThat(factory.getPauseReasons()).isEmpty();
			factory.setMaxConnections(1);
			factory.start();
			connect(harness, factory, 2);
			harness.awaitAccepted(1);
			awaitReasons(factory, PauseReason.MAX_CONNECTIONS);
			harness.closeAccepted();
			harness.awaitAccepted(2);
			harness.closeAccepted();
		}
	}

	@Test
	void whenAnEarlierListenerStillWaitedForAPlaceThenItsLimitIsForgotten() throws Exception {
		CountDownLatch go = new CountDownLatch(1);
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor(1)) {
			harness.handle((event) -> {
				event.claimBlockingChannel();
				if (event.getFactoryName().equals("slow")) {
					Await.latch(go);
				}
			});
			ManagedSocketFactory factory = harness.listen(limited(2).reuse(true));
			connect(harness, factory, 1);
			harness.awaitAccepted(1);
			ManagedSocketFactory slow = harness.listen(SocketSpec.listener("slow").bind("127.0.0.1:0"));
			connect(harness, slow, 1);
			harness.awaitAccepted(2);
			connect(harness, factory, 1);
			awaitReasons(factory, PauseReason.DISPATCH);
			factory.setMaxConnections(1);
			factory.stop();
			factory.setMaxConnections(null);
			factory.start();
			go.countDown();
			Await.during(50, () -> assertThat(factory.getPauseReasons()).doesNotContain(PauseReason.MAX_CONNECTIONS));
			connect(harness, factory, 1);
			harness.awaitAccepted(3);
			awaitReasons(factory);
			harness.closeAccepted();
		}
		finally {
			go.countDown();
		}
	}

	@ParameterizedTest
	@EnumSource(DispatchMode.class)
	void whenStoppedThenDrainsWithinTheLimitOnly(DispatchMode mode) {
		try (SocketFactoryHarness harness = SocketFactoryHarness.of(mode)) {
			ManagedSocketFactory factory = harness.listen(limited(3).followReadiness(true));
			connect(harness, factory, 5);
			awaitDepth(factory, 5);
			factory.stop();
			harness.awaitAccepted(3);
			assertThat(factory.getStatus().connections().total()).isEqualTo(3);
			assertThat(factory.getStatus().connections().reset()).isEqualTo(2);
			assertThat(factory.getPauseReasons()).doesNotContain(PauseReason.MAX_CONNECTIONS);
			harness.closeAccepted();
		}
	}

	@Test
	void whenStoppedWhileFullThenDrainsNothing() {
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor()) {
			ManagedSocketFactory factory = harness.listen(limited(1));
			connect(harness, factory, 3);
			harness.awaitAccepted(1);
			factory.stop();
			assertThat(factory.getStatus().connections().total()).isOne();
			assertThat(factory.getStatus().connections().reset()).isEqualTo(2);
			harness.closeAccepted();
		}
	}

	@Test
	void whenNumberIsWrongThenRefusedAndNothingChanges() {
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor()) {
			ManagedSocketFactory factory = harness.listen(limited(4).lowWater(2));
			assertThatIllegalArgumentException().isThrownBy(() -> factory.setMaxConnections(-1))
				.withMessage("'maxConnections' must be null or not negative, not -1");
			assertThatIllegalArgumentException().isThrownBy(() -> factory.setLowWater(4))
				.withMessage("'lowWater' must be null or from 0 to less than maxConnections (4), not 4");
			assertThatIllegalArgumentException().isThrownBy(() -> factory.setLimit(null, 1))
				.withMessage("'lowWater' must be null or from 0 to less than maxConnections (null), not 1");
			assertThat(factory.getStatus().limit()).isEqualTo(new SocketFactoryStatus.Limit(4, 2));
		}
	}

	@Test
	void whenItIsNoStreamListenerThenRefused() {
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor()) {
			assertNoLimit(harness.open(SocketSpec.listener("log").type(SocketType.SOCK_DGRAM).autoStartup(false)));
			assertNoLimit(harness.open(SocketSpec.client("upstream").remote("127.0.0.1:1").autoStartup(false)));
		}
	}

	private static void assertNoLimit(ManagedSocketFactory factory) {
		String message = "'%s' is not a stream listener: it has no limit".formatted(factory.getName());
		assertThatIllegalStateException().isThrownBy(() -> factory.setMaxConnections(1)).withMessage(message);
		assertThatIllegalStateException().isThrownBy(() -> factory.setLowWater(1)).withMessage(message);
		assertThatIllegalStateException().isThrownBy(() -> factory.setLimit(2, 1)).withMessage(message);
		assertThat(factory.getStatus().limit()).isNull();
	}

	/**
	 * Ten clients one after the other through a limit of one: well below the second that
	 * the slow poll takes for each.
	 */
	private static void assertPermitsComeBack(DispatchMode mode, SocketSpecBuilder spec,
			Consumer<ConnectionAcceptedEvent> handler, boolean clientCloses) {
		try (SocketFactoryHarness harness = SocketFactoryHarness.of(mode).handle(handler)) {
			ManagedSocketFactory factory = harness.listen(spec);
			long begin = System.nanoTime();
			for (int i = 1; i <= 10; i++) {
				SocketChannel client = harness.connect(factory);
				harness.awaitAccepted(i);
				if (clientCloses) {
					Peer.close(client);
				}
			}
			awaitReasons(factory);
			assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
			assertThat(factory.getStatus().connections().active()).isZero();
		}
	}

	private static SocketSpecBuilder limited(@Nullable Integer max) {
		return SocketFactoryHarness.loopback().maxConnections(max);
	}

	private static void connect(SocketFactoryHarness harness, ManagedSocketFactory factory, int clients) {
		for (int i = 0; i < clients; i++) {
			harness.connect(factory);
		}
	}

	private static void awaitReasons(ManagedSocketFactory factory, PauseReason... reasons) {
		Await.await().untilAsserted(() -> assertThat(factory.getPauseReasons()).containsExactlyInAnyOrder(reasons));
	}

	private static void awaitDepth(ManagedSocketFactory factory, int depth) {
		Await.await().untilAsserted(() -> assertThat(factory.getAcceptQueueDepth(new ProcNet())).isEqualTo(depth));
	}

}
