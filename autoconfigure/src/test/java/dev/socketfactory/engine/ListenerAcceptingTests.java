package dev.socketfactory.engine;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.PauseReason;
import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketEventType;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.event.SocketEvent;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.LeakCheck;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for the accepting of connections: cases 20 to 32, except for those about stopping
 * and about descriptors.
 */
@ExtendWith({ OutputCaptureExtension.class, LeakCheck.class })
class ListenerAcceptingTests {

	@ParameterizedTest
	@CsvSource({ "AF_INET, INLINE", "AF_INET, EXECUTOR", "AF_INET6, INLINE", "AF_INET6, EXECUTOR" })
	@DisplayName("Case 20: a client connects, both directions work, and what was sent before the accept is there")
	void whenClientConnectsThenOneEventWithItsAddress(SocketDomain domain, DispatchMode dispatch) throws IOException {
		try (SocketFactoryHarness harness = SocketFactoryHarness.of(dispatch)) {
			ManagedSocketFactory factory = harness
				.listen(SocketFactoryHarness.loopback(domain).startPaused(true).successEvent("on-client"));
			SocketChannel client = harness.connect(factory);
			write(client, "early");
			assertThat(harness.getAccepted()).isEmpty();
			factory.resumeAccept();
			ConnectionAcceptedEvent event = harness.awaitAccepted(1).get(0);
			InetSocketAddress peer = (InetSocketAddress) client.getLocalAddress();
			assertThat(event.getRemoteAddress()).isEqualTo(peer);
			assertThat(event.getRemotePort()).isEqualTo(peer.getPort());
			assertThat(event.getFactoryId()).isEqualTo(factory.getId());
			assertThat(event.getFactoryName()).isEqualTo("test");
			assertThat(event.getEventName()).isEqualTo("on-client");
			SocketChannel server = harness.channelOf(event);
			assertThat(server.getRemoteAddress()).isEqualTo(peer);
			assertThat(server.isRegistered()).isFalse();
			assertThat(read(server, 5)).isEqualTo("early");
			write(server, "answer");
			assertThat(read(client, 6)).isEqualTo("answer");
			assertThat(factory.getStatus().connections()).isEqualTo(new SocketFactoryStatus.Connections(1, 1, 0, 0));
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "AF_INET", "AF_INET6" })
	@DisplayName("Case 21: inline, events come in the order of the connects, on the loop")
	void whenSeveralConnectInlineThenInOrder(SocketDomain domain) throws IOException {
		List<String> threads = new ArrayList<>();
		try (SocketFactoryHarness harness = SocketFactoryHarness.inline().handle((event) -> {
			threads.add(Thread.currentThread().getName());
			event.claimBlockingChannel();
		})) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback(domain).startPaused(true));
			List<Integer> ports = new ArrayList<>();
			// More than one batch of the loop
			for (int i = 0; i < 200; i++) {
				ports.add(portOf(harness.connect(factory)));
			}
			factory.resumeAccept();
			assertThat(harness.awaitAccepted(200)).extracting(ConnectionAcceptedEvent::getRemotePort)
				.containsExactlyElementsOf(ports);
			assertThat(threads).containsOnly("socket-loop");
		}
	}

	@Test
	void whenManyWaitForTwoListenersThenNeitherStarvesTheOther() {
		CountDownLatch held = new CountDownLatch(1);
		CountDownLatch go = new CountDownLatch(1);
		try (SocketFactoryHarness harness = SocketFactoryHarness.inline().handle((event) -> {
			event.claimBlockingChannel();
			if (event.getFactoryName().equals("holder")) {
				held.countDown();
				Await.latch(go);
			}
		})) {
			ManagedSocketFactory holder = harness.listen(SocketSpec.listener("holder").bind("127.0.0.1"));
			List<ManagedSocketFactory> busy = List.of(
					harness.listen(SocketSpec.listener("one").bind("127.0.0.1").startPaused(true)),
					harness.listen(SocketSpec.listener("two").bind("127.0.0.1").startPaused(true)));
			busy.forEach((factory) -> IntStream.range(0, 150).forEach((i) -> harness.connect(factory)));
			harness.connect(holder);
			Await.latch(held);
			busy.forEach(ManagedSocketFactory::resumeAccept);
			go.countDown();
			List<String> order = harness.awaitAccepted(301).stream().map(SocketEvent::getFactoryName).toList();
			assertThat(Math.max(order.indexOf("one"), order.indexOf("two")))
				.as("events before the first of the other listener, the holder's included")
				.isEqualTo(65);
		}
	}

	@Test
	void whenNobodyHasClaimedThenTheChannelIsAsItWasBorn() {
		List<SocketChannel> channels = new CopyOnWriteArrayList<>();
		try (SocketFactoryHarness harness = SocketFactoryHarness.inline().handle((event) -> {
			SocketChannel channel = (SocketChannel) ReflectionTestUtils.getField(event, "channel");
			assertThat(channel).returns(true, SelectableChannel::isBlocking)
				.returns(false, SelectableChannel::isRegistered);
			channels.add(channel);
			assertThat(event.claimChannel()).returns(false, SelectableChannel::isRegistered);
		})) {
			harness.connect(harness.listen(SocketFactoryHarness.loopback()));
			Await.await().until(() -> channels.size() == 1);
			assertThat(channels.get(0).isOpen()).as("the handler did not fail").isTrue();
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "AF_INET", "AF_INET6" })
	@DisplayName("Case 21: with the executor each event is on a thread of its own")
	void whenSeveralConnectOnExecutorThenEachOnItsThread(SocketDomain domain) {
		CountDownLatch together = new CountDownLatch(5);
		Set<Thread> threads = ConcurrentHashMap.newKeySet();
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor().handle((event) -> {
			event.claimBlockingChannel();
			threads.add(Thread.currentThread());
			together.countDown();
			Await.latch(together);
		})) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback(domain));
			for (int i = 0; i < 5; i++) {
				harness.connect(factory);
			}
			harness.awaitAccepted(5);
			Await.latch(together);
			assertThat(threads).hasSize(5).noneMatch((thread) -> thread.getName().startsWith("socket-loop"));
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "AF_INET", "AF_INET6" })
	@DisplayName("Case 22: paused, five clients connect at once and are served in order after the resume")
	void whenPausedThenClientsWaitInTheQueue(SocketDomain domain) throws IOException {
		try (SocketFactoryHarness harness = SocketFactoryHarness.inline()) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback(domain));
			InetSocketAddress address = SocketFactoryHarness.addressOf(factory);
			assertThat(factory.pauseAccept()).isTrue();
			List<Integer> ports = new ArrayList<>();
			for (int i = 0; i < 5; i++) {
				ports.add(portOf(harness.connect(factory)));
			}
			Await.during(50, () -> assertThat(harness.getAccepted()).isEmpty());
			assertThat(factory.getLocalAddress()).isEqualTo(address);
			assertThat(factory.resumeAccept()).isTrue();
			assertThat(harness.awaitAccepted(5)).extracting(ConnectionAcceptedEvent::getRemotePort)
				.containsExactlyElementsOf(ports);
			assertThat(factory.getLocalAddress()).isEqualTo(address);
			Await.await()
				.untilAsserted(
						() -> assertThat(harness.getStates()).extracting((event) -> event.getPauseReasons().size())
							.containsExactly(0, 0, 1, 0));
		}
	}

	@Test
	@DisplayName("Case 23: paused twice and resumed once, it accepts: reasons are a set")
	void whenPausedTwiceThenOneResumeIsEnough() {
		try (SocketFactoryHarness harness = SocketFactoryHarness.inline()) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback());
			assertThat(factory.pauseAccept()).isTrue();
			assertThat(factory.pauseAccept()).isFalse();
			assertThat(factory.resumeAccept()).isTrue();
			assertThat(factory.getPauseReasons()).isEmpty();
			harness.connect(factory);
			harness.awaitAccepted(1);
			assertThat(factory.resumeAccept()).isFalse();
		}
	}

	@Test
	void whenPausedForTwoReasonsThenBothMustGo() {
		PauseReason leader = PauseReason.of("not-leader");
		try (SocketFactoryHarness harness = SocketFactoryHarness.inline()) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback());
			factory.pauseAccept(leader);
			factory.pauseAccept();
			harness.connect(factory);
			factory.resumeAccept();
			assertThat(factory.getPauseReasons()).containsExactly(leader);
			Await.during(30, () -> assertThat(harness.getAccepted()).isEmpty());
			factory.resumeAccept(PauseReason.of("not-leader"));
			harness.awaitAccepted(1);
		}
	}

	@Test
	void whenReasonBelongsToTheFactoryThenRefused() {
		try (SocketFactoryHarness harness = SocketFactoryHarness.inline()) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback());
			String message = "'reason' must be USER or one of the application's own, not BACKOFF: only the factory sets"
					+ " and clears it";
			assertThatIllegalArgumentException().isThrownBy(() -> factory.pauseAccept(PauseReason.BACKOFF))
				.withMessage(message);
			assertThatIllegalArgumentException().isThrownBy(() -> factory.resumeAccept(PauseReason.BACKOFF))
				.withMessage(message);
			assertThatIllegalArgumentException().isThrownBy(() -> factory.pauseAccept(null))
				.withMessage("'reason' must not be null");
			assertThat(factory.getPauseReasons()).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "AF_INET", "AF_INET6" })
	@DisplayName("Case 24: paused from an inline handler with three clients queued, there is one event until the resume")
	void whenHandlerPausesThenNoFurtherAccept(SocketDomain domain) {
		try (SocketFactoryHarness harness = SocketFactoryHarness.inline().handle((event) -> {
			event.claimBlockingChannel();
			event.getSource().pauseAccept();
		})) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback(domain).startPaused(true));
			for (int i = 0; i < 3; i++) {
				harness.connect(factory);
			}
			for (int served = 1; served <= 3; served++) {
				int expected = served;
				factory.resumeAccept();
				harness.awaitAccepted(expected);
				Await.during(30, () -> assertThat(harness.getAccepted()).hasSize(expected));
				assertThat(factory.getStatus().connections().total()).isEqualTo(expected);
			}
		}
	}

	@ParameterizedTest
	@CsvSource({ "AF_INET, true", "AF_INET, false", "AF_INET6, true", "AF_INET6, false" })
	@DisplayName("Case 27: a client that reset or closed before the accept is an event with its address, no failure")
	void whenClientIsGoneBeforeAcceptThenEventAndReadSaysSo(SocketDomain domain, boolean reset) throws IOException {
		try (SocketFactoryHarness harness = SocketFactoryHarness.inline()) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback(domain).startPaused(true));
			SocketChannel client = harness.connect(factory);
			int port = portOf(client);
			if (reset) {
				client.setOption(StandardSocketOptions.SO_LINGER, 0);
			}
			client.close();
			factory.resumeAccept();
			ConnectionAcceptedEvent event = harness.awaitAccepted(1).get(0);
			assertThat(event.getRemotePort()).isEqualTo(port);
			SocketChannel channel = harness.channelOf(event);
			if (reset) {
				assertThatExceptionOfType(IOException.class).isThrownBy(() -> channel.read(ByteBuffer.allocate(1)))
					.withMessage("Connection reset");
			}
			else {
				assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
			}
			assertThat(harness.getFailures()).isEmpty();
			assertThat(factory.getLastFailure()).isNull();
		}
	}

	@ParameterizedTest
	@EnumSource
	@DisplayName("Case 29: what nobody claims is closed after the timeout and counted")
	void whenNobodyClaimsThenClosed(DispatchMode dispatch, CapturedOutput output) throws IOException {
		try (SocketFactoryHarness harness = SocketFactoryHarness.of(dispatch).handle((event) -> {
		})) {
			ManagedSocketFactory factory = harness
				.listen(SocketFactoryHarness.loopback().unclaimedTimeout(Duration.ofMillis(200)));
			SocketChannel first = harness.connect(factory);
			SocketChannel second = harness.connect(factory);
			List<ConnectionAcceptedEvent> events = harness.awaitAccepted(2);
			assertThat(factory.getStatus().connections()).isEqualTo(new SocketFactoryStatus.Connections(2, 2, 0, 0));
			assertThat(read(first, 1)).isEmpty();
			assertThat(read(second, 1)).isEmpty();
			Await.await()
				.untilAsserted(() -> assertThat(factory.getStatus().connections())
					.isEqualTo(new SocketFactoryStatus.Connections(0, 2, 2, 0)));
			assertThatIllegalStateException().isThrownBy(() -> events.get(0).claimChannel())
				.withMessage("Channel of ConnectionAcceptedEvent of 'test' was closed because nobody had claimed it"
						+ " 200ms after it was published");
			assertThat(output).containsOnlyOnce("that nobody had claimed within 200ms: does a handler of"
					+ " ConnectionAcceptedEvent take the connection or channel as its parameter, or claim it?");
		}
	}

	@Test
	@DisplayName("Case 29: claimed before the timeout, by whomever, it is left alone")
	void whenClaimedLateThenStaysOpen() throws IOException {
		try (SocketFactoryHarness harness = SocketFactoryHarness.inline().handle((event) -> {
		})) {
			ManagedSocketFactory factory = harness
				.listen(SocketFactoryHarness.loopback().unclaimedTimeout(Duration.ofMillis(100)));
			SocketChannel client = harness.connect(factory);
			SocketChannel claimed = harness.awaitAccepted(1).get(0).claimBlockingChannel();
			SocketChannel other = harness.connect(factory);
			assertThat(read(other, 1)).isEmpty();
			write(claimed, "x");
			assertThat(read(client, 1)).isEqualTo("x");
			Await.await()
				.untilAsserted(() -> assertThat(factory.getStatus().connections())
					.isEqualTo(new SocketFactoryStatus.Connections(1, 2, 1, 0)));
		}
	}

	@Test
	@DisplayName("Case 31: without success events accepted sockets are closed at once and counted")
	void whenSuccessEventsAreDisabledThenClosedAtOnce() throws IOException {
		try (SocketFactoryHarness harness = SocketFactoryHarness.inline()) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback().successEvent(""));
			assertThat(read(harness.connect(factory), 1)).isEmpty();
			Await.await()
				.untilAsserted(() -> assertThat(factory.getStatus().connections())
					.isEqualTo(new SocketFactoryStatus.Connections(0, 1, 1, 0)));
			factory.setEventName(SocketEventType.SUCCESS, "again");
			harness.connect(factory);
			assertThat(harness.awaitAccepted(1).get(0).getEventName()).isEqualTo("again");
			factory.setEventName(SocketEventType.SUCCESS, null);
			assertThat(read(harness.connect(factory), 1)).isEmpty();
			assertThat(harness.getAccepted()).hasSize(1);
		}
	}

	@Test
	@DisplayName("Case 31: without failure events a failure is logged, counted and kept, not published")
	void whenFailureEventsAreDisabledThenStillLoggedAndCounted(CapturedOutput output) {
		try (SocketFactoryHarness harness = SocketFactoryHarness.inline()) {
			ManagedSocketFactory factory = harness
				.open(SocketFactoryHarness.loopback().bind("192.0.2.1:0").failureEvent(""));
			assertThat(factory.getLastFailure()).isNotNull();
			assertThat(factory.getStatus().failures()).isEqualTo(Map.of("bind", 1L));
			assertThat(output).containsOnlyOnce(
					"listener 'test': bind failed: 192.0.2.1:0: Cannot assign requested address (EADDRNOTAVAIL)");
			Await.await().until(() -> harness.getStates().size() == 2);
			assertThat(harness.getFailures()).isEmpty();
			factory.setEventName(SocketEventType.FAILURE, "on-error");
			factory.start();
			Await.await()
				.untilAsserted(() -> assertThat(harness.getFailures()).singleElement()
					.returns("on-error", (event) -> event.getEventName()));
		}
	}

	@Test
	@DisplayName("Case 32: renamed while paused, it stays paused")
	void whenRenamedWhilePausedThenStaysPaused() {
		try (SocketFactoryHarness harness = SocketFactoryHarness.inline()) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback());
			factory.pauseAccept();
			harness.connect(factory);
			factory.setEventName(SocketEventType.SUCCESS, "renamed");
			assertThat(factory.getPauseReasons()).containsExactly(PauseReason.USER);
			Await.during(30, () -> assertThat(harness.getAccepted()).isEmpty());
			factory.resumeAccept();
			assertThat(harness.awaitAccepted(1).get(0).getEventName()).isEqualTo("renamed");
		}
	}

	@Test
	void whenOptionsAreSetThenSocketsHaveThem() throws IOException {
		try (SocketFactoryHarness harness = SocketFactoryHarness.inline()) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback()
				.options(Map.of("SO_RCVBUF", 20480))
				.acceptedOptions(Map.of("TCP_NODELAY", "true", "so-keepalive", true)));
			harness.connect(factory);
			SocketChannel channel = harness.channelOf(harness.awaitAccepted(1).get(0));
			assertThat(channel.getOption(StandardSocketOptions.TCP_NODELAY)).isTrue();
			assertThat(channel.getOption(StandardSocketOptions.SO_KEEPALIVE)).isTrue();
			assertThat(channel.getOption(StandardSocketOptions.SO_RCVBUF)).isLessThan(65536);
		}
	}

	@Test
	void whenExecutorIsFullThenPausesWithDispatchUntilAPlaceIsFree() {
		ConcurrentLinkedQueue<CountDownLatch> running = new ConcurrentLinkedQueue<>();
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor(2).handle((event) -> {
			event.claimBlockingChannel();
			CountDownLatch end = new CountDownLatch(1);
			running.add(end);
			Await.latch(end);
		})) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback());
			for (int i = 0; i < 5; i++) {
				harness.connect(factory);
			}
			harness.awaitAccepted(2);
			Await.await().until(() -> factory.getPauseReasons().equals(Set.of(PauseReason.DISPATCH)));
			Await.during(30, () -> assertThat(factory.getStatus().connections().total()).isEqualTo(2));
			for (int served = 3; served <= 5; served++) {
				running.remove().countDown();
				harness.awaitAccepted(served);
			}
			Await.await().until(() -> running.size() == 2);
			running.forEach(CountDownLatch::countDown);
			Await.await().until(() -> factory.getPauseReasons().isEmpty());
		}
	}

	@Test
	@DisplayName("A client that waits while the listener is paused does not wake the event loop again and again")
	void whenPausedThenTheLoopRests() throws Exception {
		try (SocketFactoryHarness harness = SocketFactoryHarness.inline()) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback());
			factory.pauseAccept();
			harness.connect(factory);
			long before = cpuMillisOfLoop(factory);
			Await.during(400, () -> assertThat(harness.getAccepted()).isEmpty());
			assertThat(cpuMillisOfLoop(factory) - before).as("CPU in ms during 400 ms").isLessThan(100);
		}
	}

	private static long cpuMillisOfLoop(ManagedSocketFactory factory) throws Exception {
		CompletableFuture<Long> nanos = new CompletableFuture<>();
		((ManagedSocketFactory) factory).getEngine()
			.getLoop()
			.execute(() -> nanos.complete(ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime()));
		return TimeUnit.NANOSECONDS.toMillis(nanos.get(10, TimeUnit.SECONDS));
	}

	private static int portOf(SocketChannel client) throws IOException {
		return ((InetSocketAddress) client.getLocalAddress()).getPort();
	}

	private static void write(SocketChannel channel, String text) throws IOException {
		channel.write(StandardCharsets.US_ASCII.encode(text));
	}

	/**
	 * Read some bytes, fewer if the peer closes its end before.
	 */
	private static String read(SocketChannel channel, int length) throws IOException {
		ByteBuffer buffer = ByteBuffer.allocate(length);
		while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
			// Goes on
		}
		return StandardCharsets.US_ASCII.decode(buffer.flip()).toString();
	}

}
