package dev.socketfactory.engine;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.PauseReason;
import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketState;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.LeakCheck;
import dev.socketfactory.testing.Parallel;
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

/**
 * Tests for the stopping of listeners, with clients in the queue or without: cases 25 and
 * 26.
 */
@ExtendWith({ OutputCaptureExtension.class, LeakCheck.class })
class ListenerStopTests {

	/**
	 * Two threads do this, with two events each: the publisher has room for them all.
	 */
	private static final int TOGGLES = 40_000;

	@ParameterizedTest
	@CsvSource({ "AF_INET, INLINE", "AF_INET, EXECUTOR", "AF_INET6, INLINE", "AF_INET6, EXECUTOR" })
	@DisplayName("Case 25: stopped from a handler, the address was right until then and the channel goes on working")
	void whenHandlerStopsThenItsChannelGoesOn(SocketDomain domain, DispatchMode dispatch) throws IOException {
		Queue<Object> addresses = new ConcurrentLinkedQueue<>();
		try (SocketFactoryHarness harness = SocketFactoryHarness.of(dispatch).handle((event) -> {
			addresses.add(String.valueOf(event.getSource().getLocalAddress()));
			event.claimBlockingChannel();
			event.getSource().stop();
			addresses.add(String.valueOf(event.getSource().getLocalAddress()));
		})) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback(domain).reuse(true));
			InetSocketAddress address = SocketFactoryHarness.addressOf(factory);
			SocketChannel client = harness.connect(factory);
			Await.await().until(() -> factory.getState() == SocketState.STOPPED);
			Await.await().until(() -> addresses.size() == 2);
			assertThat(addresses).containsExactly(address.toString(), "null");
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> SocketChannel.open(address).close());
			SocketChannel server = harness.channelOf(harness.awaitAccepted(1).get(0));
			server.write(ByteBuffer.wrap(new byte[] { 42 }));
			ByteBuffer buffer = ByteBuffer.allocate(1);
			assertThat(client.read(buffer)).isOne();
			assertThat(buffer.get(0)).isEqualTo((byte) 42);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "AF_INET", "AF_INET6" })
	@DisplayName("Case 26: stopped with queued clients, these are accepted, published and then the port is free")
	void whenClientsAreQueuedThenTheyArePublishedAndThePortIsFree(SocketDomain domain, CapturedOutput output)
			throws Exception {
		CountDownLatch busy = new CountDownLatch(1);
		CountDownLatch go = new CountDownLatch(1);
		try (SocketFactoryHarness harness = SocketFactoryHarness.inline().handle((event) -> {
			event.claimBlockingChannel();
			busy.countDown();
			Await.latch(go);
		})) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback(domain).reuse(true));
			InetSocketAddress address = SocketFactoryHarness.addressOf(factory);
			harness.connect(factory);
			Await.latch(busy);
			// The loop is held by a handler, so these wait in the queue of the system
			List<Integer> ports = new ArrayList<>();
			for (int i = 0; i < 5; i++) {
				ports.add(((InetSocketAddress) harness.connect(factory).getLocalAddress()).getPort());
			}
			factory.stop();
			assertThat(factory.getState()).isEqualTo(SocketState.STOPPED);
			assertThat(factory.getLocalAddress()).isNull();
			assertFree(address);
			assertThat(factory.getStatus().connections().total()).isEqualTo(6);
			go.countDown();
			assertThat(harness.awaitAccepted(6)).extracting(ConnectionAcceptedEvent::getRemotePort)
				.endsWith(ports.toArray(Integer[]::new));
			assertThat(harness.getFailures()).isEmpty();
		}
		assertThat(output).doesNotContain("ERROR").doesNotContain("WARN");
	}

	@Test
	@DisplayName("Case 26: with the executor the drained clients are published on it")
	void whenExecutorAndClientsAreQueuedThenDrained() throws Exception {
		CountDownLatch go = new CountDownLatch(1);
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor().handle((event) -> {
			event.claimBlockingChannel();
			if (event.getFactoryName().equals("holder")) {
				Await.latch(go);
			}
		})) {
			// An inline listener holds the loop
			ManagedSocketFactory holder = harness
				.listen(SocketSpec.listener("holder").bind("127.0.0.1").dispatch(DispatchMode.INLINE));
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback().reuse(true));
			harness.connect(holder);
			harness.awaitAccepted(1);
			for (int i = 0; i < 5; i++) {
				harness.connect(factory);
			}
			factory.stop();
			harness.awaitAccepted(6);
			go.countDown();
			assertThat(factory.getStatus().connections().total()).isEqualTo(5);
		}
	}

	@Test
	void whenPausedThenStopDrainsNothingAndClientsAreReset() throws IOException {
		try (SocketFactoryHarness harness = SocketFactoryHarness.inline()) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback());
			InetSocketAddress address = SocketFactoryHarness.addressOf(factory);
			factory.pauseAccept();
			SocketChannel client = harness.connect(factory);
			factory.stop();
			assertFree(address);
			assertThatExceptionOfType(IOException.class).isThrownBy(() -> client.read(ByteBuffer.allocate(1)));
			assertThat(harness.getAccepted()).isEmpty();
			assertThat(factory.getPauseReasons()).containsExactly(PauseReason.USER);
			factory.start();
			assertThat(factory.getPauseReasons()).containsExactly(PauseReason.USER);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "AF_INET", "AF_INET6" })
	void whenNothingWasAcceptedThenPortIsFreeWithoutReuse(SocketDomain domain) throws IOException {
		try (SocketFactoryHarness harness = SocketFactoryHarness.inline()) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback(domain));
			InetSocketAddress address = SocketFactoryHarness.addressOf(factory);
			for (int i = 0; i < 50; i++) {
				factory.stop();
				try (ServerSocketChannel other = ServerSocketChannel.open(SocketFactoryHarness.familyOf(domain))) {
					other.setOption(StandardSocketOptions.SO_REUSEADDR, false);
					other.bind(address);
				}
				factory.start();
				assertThat(factory.getState()).isEqualTo(SocketState.LISTENING);
			}
		}
	}

	@Test
	void whenDrainedThenAtMostQueueLengthPlusOne() throws Exception {
		CountDownLatch busy = new CountDownLatch(1);
		CountDownLatch go = new CountDownLatch(1);
		try (SocketFactoryHarness harness = SocketFactoryHarness.inline().handle((event) -> {
			event.claimBlockingChannel();
			busy.countDown();
			Await.latch(go);
		})) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback().listenQueue(2));
			harness.connect(factory);
			Await.latch(busy);
			for (int i = 0; i < 3; i++) {
				harness.connect(factory);
			}
			AtomicBoolean connecting = new AtomicBoolean(true);
			Thread flood = new Thread(() -> {
				while (connecting.get()) {
					connectQuietly(factory);
				}
			});
			flood.start();
			factory.stop();
			connecting.set(false);
			flood.join();
			assertThat(factory.getStatus().connections().total()).isBetween(4L, 5L);
			go.countDown();
		}
	}

	@Test
	void whenStoppedInlineThenNothingIsPublishedAfterwards() throws Exception {
		AtomicBoolean stopped = new AtomicBoolean();
		try (SocketFactoryHarness harness = SocketFactoryHarness.inline()) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback().reuse(true));
			InetSocketAddress address = SocketFactoryHarness.addressOf(factory);
			AtomicInteger connected = new AtomicInteger();
			Thread clients = new Thread(() -> {
				while (!stopped.get()) {
					connected.addAndGet(connectQuietly(address) ? 1 : 0);
				}
			});
			clients.start();
			Await.await().until(() -> harness.getAccepted().size() > 50);
			factory.stop();
			stopped.set(true);
			clients.join();
			long total = factory.getStatus().connections().total();
			Await.await().until(() -> harness.getAccepted().size() >= total);
			Await.during(30, () -> assertThat((long) harness.getAccepted().size()).isEqualTo(total));
			assertThat(factory.getStatus().connections().total()).isEqualTo(total);
			assertThat(total).isLessThanOrEqualTo(connected.get() + 1L);
		}
	}

	@Test
	void whenStoppedAndStartedTwoHundredTimesThenSamePortAndNothingIsLeft(CapturedOutput output) throws Exception {
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor()) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback().reuse(true));
			InetSocketAddress address = SocketFactoryHarness.addressOf(factory);
			factory.stop();
			ManagedSocketFactory fixed = harness.listen(SocketSpec.listener("fixed").bind(address).reuse(true));
			for (int i = 1; i <= 200; i++) {
				harness.connect(fixed);
				harness.awaitAccepted(i);
				fixed.stop();
				fixed.start();
				assertThat(fixed.getLocalAddress()).as("round %d: %s", i, fixed.getLastFailure()).isEqualTo(address);
				harness.closeAccepted();
			}
			assertThat(fixed.getStatus().connections().total()).isEqualTo(200);
			assertThat(fixed.getLastFailure()).isNull();
			assertThat(countTimers(fixed)).as("timers of the loop").isLessThanOrEqualTo(4);
		}
		assertThat(output).doesNotContain("ERROR").doesNotContain("WARN");
	}

	@Test
	void whenManyThreadsStartStopPauseAndResumeThenNothingThrows(CapturedOutput output) throws Exception {
		try (SocketFactoryHarness harness = SocketFactoryHarness.inline()) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback().reuse(true));
			long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
			Parallel.run(4, (thread) -> {
				PauseReason reason = PauseReason.of("reason-" + thread);
				for (int i = 0; i < TOGGLES && System.nanoTime() - until < 0; i++) {
					if (thread % 2 == 0) {
						factory.stop();
						factory.start();
					}
					else {
						factory.pauseAccept(reason);
						factory.resumeAccept(reason);
					}
				}
			});
			factory.start();
			assertThat(factory.getState()).isEqualTo(SocketState.LISTENING);
			assertThat(factory.getPauseReasons()).isEmpty();
			harness.connect(factory);
			harness.awaitAccepted(1);
		}
		assertThat(output).doesNotContain("ERROR").doesNotContain("WARN");
	}

	@Test
	void whenAnotherThreadStopsDuringAHandlerThatStopsThenNeitherHangs() throws Exception {
		try (SocketFactoryHarness harness = SocketFactoryHarness.inline()) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback().reuse(true));
			for (int i = 1; i <= 100; i++) {
				CountDownLatch inHandler = new CountDownLatch(1);
				CountDownLatch done = new CountDownLatch(1);
				harness.handle((event) -> {
					event.claimBlockingChannel();
					inHandler.countDown();
					event.getSource().stop();
					done.countDown();
				});
				harness.connect(factory);
				Await.latch(inHandler);
				factory.stop();
				Await.latch(done);
				assertThat(factory.getState()).isEqualTo(SocketState.STOPPED);
				harness.closeAccepted();
				factory.start();
				assertThat(factory.getState()).isEqualTo(SocketState.LISTENING);
			}
		}
	}

	@Test
	void whenAStateListenerStartsAgainDuringCloseThenNothingIsLeftOpen() {
		SocketFactoryHarness harness = SocketFactoryHarness.inline().handleStates((event) -> {
			if (event.getState() == SocketState.STOPPED) {
				event.getSource().start();
			}
		});
		ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback());
		harness.close();
		assertThat(factory.isRunning()).isFalse();
		assertThat(factory.getLocalAddress()).isNull();
		factory.start();
		assertThat(factory.getState()).isEqualTo(SocketState.STOPPED);
	}

	@Test
	void whenFactoryIsClosedThenItsPortIsFreeAndItsClaimedChannelsLive() throws IOException {
		try (SocketFactoryHarness harness = SocketFactoryHarness.inline()) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback().reuse(true));
			InetSocketAddress address = SocketFactoryHarness.addressOf(factory);
			harness.connect(factory);
			SocketChannel channel = harness.channelOf(harness.awaitAccepted(1).get(0));
			assertThat(harness.getFactories().close("test")).isTrue();
			assertThat(harness.getFactories().close("test")).isFalse();
			assertThat(harness.getFactories().find("test")).isNull();
			assertFree(address);
			assertThat(channel.isOpen()).isTrue();
		}
	}

	private static int countTimers(ManagedSocketFactory factory) {
		EventLoop loop = ((ManagedSocketFactory) factory).getEngine().getLoop();
		Object timers = ReflectionTestUtils.getField(loop, "timers");
		return ((Collection<?>) ReflectionTestUtils.getField(timers, "queue")).size();
	}

	private static void assertFree(InetSocketAddress address) throws IOException {
		try (ServerSocketChannel other = ServerSocketChannel.open()) {
			other.bind(address);
			assertThat(other.getLocalAddress()).isEqualTo(address);
		}
	}

	private static void connectQuietly(ManagedSocketFactory factory) {
		Object address = factory.getLocalAddress();
		if (address instanceof InetSocketAddress inet) {
			connectQuietly(inet);
		}
	}

	private static boolean connectQuietly(InetSocketAddress address) {
		try (SocketChannel client = SocketChannel.open()) {
			client.socket().connect(address, 200);
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

}
