package dev.socketfactory.engine.accept;

import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import dev.socketfactory.PauseReason;
import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketState;
import dev.socketfactory.engine.SocketFactoryHarness;
import dev.socketfactory.engine.delivery.ChannelTable;
import dev.socketfactory.engine.delivery.ClosedChannelWatch;
import dev.socketfactory.engine.delivery.Closings;
import dev.socketfactory.engine.delivery.CreatedSockets;
import dev.socketfactory.engine.delivery.Delivery;
import dev.socketfactory.engine.delivery.EventNames;
import dev.socketfactory.engine.delivery.SuccessPublisher;
import dev.socketfactory.engine.delivery.UnclaimedChannels;
import dev.socketfactory.engine.dispatch.Dispatcher;
import dev.socketfactory.engine.loop.EventLoop;
import dev.socketfactory.engine.meter.Counters;
import dev.socketfactory.engine.socket.SocketOptions;
import dev.socketfactory.engine.state.FactoryState;
import dev.socketfactory.errno.Errno;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.LeakCheck;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link Acceptor}, with what surrounds it held or broken.
 */
@ExtendWith(LeakCheck.class)
class AcceptorTests {

	private final FactoryState state = new FactoryState(InstantSource.system(), (previous, current, reasons) -> {
	});

	private final ChannelTable channels = new ChannelTable(new Closings(), () -> {
	});

	private final Counters counters = new Counters("test");

	@Test
	void whenPausedBetweenCheckAndAcceptThenPauseReturnsAfterTheAccept() throws Exception {
		HeldDispatcher dispatcher = new HeldDispatcher();
		List<SocketChannel> clients = new ArrayList<>();
		try (EventLoop loop = new EventLoop("socket-factory-test"); ServerSocketChannel server = open()) {
			Acceptor acceptor = acceptor(server, dispatcher, loop);
			this.state.moveTo(SocketState.RESOLVING);
			this.state.moveTo(SocketState.LISTENING);
			acceptor.reasonsChanged();
			clients.add(SocketChannel.open(server.getLocalAddress()));
			assertThat(dispatcher.entered.await(10, TimeUnit.SECONDS)).isTrue();
			AtomicLong acceptedAtReturn = new AtomicLong(-1);
			Thread pauser = new Thread(() -> {
				this.state.pause(PauseReason.USER);
				acceptor.reasonsChanged();
				acceptedAtReturn.set(dispatcher.past.get() ? 1 : 0);
			});
			pauser.start();
			Await.await()
				.until(() -> pauser.getState() == Thread.State.WAITING || pauser.getState() == Thread.State.TERMINATED);
			assertThat(acceptedAtReturn).as("the pause waits for the accept that is under way").hasValue(-1);
			dispatcher.go.countDown();
			pauser.join();
			assertThat(acceptedAtReturn).hasValue(1);
			clients.add(SocketChannel.open(server.getLocalAddress()));
			Await.during(30, () -> assertThat(this.counters.getCreated()).isLessThanOrEqualTo(1));
			assertThat(this.counters.getCreated()).isOne();
			acceptor.close();
			loop.flush();
		}
		finally {
			for (SocketChannel client : clients) {
				client.close();
			}
		}
	}

	@Test
	void whenAcceptThrowsUncheckedThenBacksOffAndTriesAgain() throws Exception {
		RecordedFailures failures = new RecordedFailures();
		AtomicInteger places = new AtomicInteger();
		try (EventLoop loop = new EventLoop("socket-factory-test");
				ServerSocketChannel unbound = ServerSocketChannel.open()) {
			unbound.configureBlocking(false);
			Acceptor acceptor = acceptor(unbound, new CountingDispatcher(places), failures, loop);
			this.state.moveTo(SocketState.RESOLVING);
			this.state.moveTo(SocketState.LISTENING);
			acceptor.refill();
			Await.await().until(() -> failures.counted.get() > 2);
			assertThat(this.state.getReasons()).containsOnlyKeys(PauseReason.BACKOFF);
			assertThat(failures.reported).singleElement().isInstanceOf(NotYetBoundException.class);
			assertThat(failures.operations).containsExactly("accept");
			acceptor.close();
			loop.flush();
			Await.await().until(() -> places.get() == 0);
		}
	}

	@Test
	void whenPausedWhileDrainingThenAcceptsNoMore() throws Exception {
		AtomicInteger places = new AtomicInteger();
		try (EventLoop loop = new EventLoop("socket-factory-test"); ServerSocketChannel server = open()) {
			Acceptor acceptor = acceptor(server, new CountingDispatcher(places), new NoFailures(), loop);
			try (SocketChannel first = SocketChannel.open(server.getLocalAddress());
					SocketChannel second = SocketChannel.open(server.getLocalAddress())) {
				moveToStopping();
				assertThat(acceptor.drain(1)).isFalse();
				assertThat(this.counters.getCreated()).isOne();
				this.state.pause(PauseReason.USER);
				assertThat(acceptor.drain(10)).isFalse();
				assertThat(this.counters.getCreated()).isOne();
				this.state.resume(PauseReason.USER);
				assertThat(acceptor.drain(10)).isTrue();
				assertThat(this.counters.getCreated()).isEqualTo(2);
			}
			acceptor.close();
			loop.flush();
		}
	}

	@Test
	void whenAcceptThrowsUncheckedWhileDrainingThenTriesTheOthers() throws Exception {
		RecordedFailures failures = new RecordedFailures();
		AtomicInteger places = new AtomicInteger();
		try (EventLoop loop = new EventLoop("socket-factory-test");
				ServerSocketChannel unbound = ServerSocketChannel.open()) {
			unbound.configureBlocking(false);
			Acceptor acceptor = acceptor(unbound, new CountingDispatcher(places), failures, loop);
			moveToStopping();
			assertThat(acceptor.drain(3)).isFalse();
			assertThat(failures.counted).hasValue(3);
			assertThat(places).hasValue(0);
			acceptor.close();
			loop.flush();
		}
	}

	@Test
	void whenAnOptionCannotBeSetThenTheConnectionIsClosedAndThatIsAFailure() throws Exception {
		RecordedFailures failures = new RecordedFailures();
		AtomicInteger places = new AtomicInteger(1);
		try (EventLoop loop = new EventLoop("socket-factory-test"); SocketChannel channel = SocketChannel.open()) {
			SocketOptions unknown = SocketOptions.of(Map.of("IP_MULTICAST_TTL", 1),
					List.of(StandardSocketOptions.IP_MULTICAST_TTL));
			AcceptedConnections connections = connections("test.success", unknown, new CountingDispatcher(places),
					failures, loop);
			assertThat(connections.admit(channel)).isEqualTo(ChannelTable.NO_SLOT);
			assertThat(failures.operations).containsExactly("setsockopt");
			assertThat(failures.reported).singleElement()
				.asInstanceOf(InstanceOfAssertFactories.THROWABLE)
				.hasMessage("IP_MULTICAST_TTL 1: Invalid argument");
			assertThat(channel.isOpen()).isFalse();
			assertThat(this.channels.size()).isZero();
			assertThat(places).hasValue(0);
		}
	}

	@Test
	void whenTheEventCannotBeMadeThenTheConnectionIsClosedAndItsPlaceIsFree() throws Exception {
		AtomicInteger places = new AtomicInteger(1);
		try (EventLoop loop = new EventLoop("socket-factory-test"); SocketChannel channel = SocketChannel.open()) {
			AcceptedConnections connections = connections(null, "test.success", SocketOptions.NONE,
					new CountingDispatcher(places), new NoFailures(), loop);
			int slot = connections.admit(channel);
			assertThat(this.channels.size()).isOne();
			assertThatIllegalArgumentException().isThrownBy(() -> connections.deliver(channel, slot, true));
			assertThat(channel.isOpen()).isFalse();
			assertThat(this.channels.size()).isZero();
			assertThat(places).hasValue(0);
		}
	}

	private void moveToStopping() {
		this.state.moveTo(SocketState.RESOLVING);
		this.state.moveTo(SocketState.LISTENING);
		this.state.moveTo(SocketState.STOPPING);
		this.state.pause(PauseReason.STOPPING);
	}

	private Acceptor acceptor(ServerSocketChannel server, Dispatcher dispatcher, EventLoop loop) throws Exception {
		return acceptor(server, dispatcher, new NoFailures(), loop);
	}

	private Acceptor acceptor(ServerSocketChannel server, Dispatcher dispatcher, FailureReporter failures,
			EventLoop loop) throws Exception {
		return new Acceptor(server, this.state, this.channels, new ConnectionLimit(null, null), dispatcher,
				connections("", SocketOptions.NONE, dispatcher, failures, loop), failures, loop);
	}

	private AcceptedConnections connections(String eventName, SocketOptions options, Dispatcher dispatcher,
			FailureReporter failures, EventLoop loop) {
		return connections(noFactory(), eventName, options, dispatcher, failures, loop);
	}

	private AcceptedConnections connections(SocketFactory factory, String eventName, SocketOptions options,
			Dispatcher dispatcher, FailureReporter failures, EventLoop loop) {
		ClosedChannelWatch watch = new ClosedChannelWatch(loop, this.channels, () -> false, () -> {
		});
		SuccessPublisher publisher = new SuccessPublisher((event) -> {
		}, this.channels, watch, new UnclaimedChannels(loop, Duration.ofSeconds(1), this.channels, this.counters),
				this.counters, (event) -> {
				});
		EventNames names = new EventNames(SocketSpec.listener("test").successEvent(eventName).build());
		return new AcceptedConnections(factory, options,
				new CreatedSockets(names, this.channels, watch, this.counters, publisher, dispatcher), failures);
	}

	private static SocketFactory noFactory() {
		return (SocketFactory) Proxy.newProxyInstance(SocketFactory.class.getClassLoader(),
				new Class<?>[] { SocketFactory.class }, (proxy, method, arguments) -> {
					throw new UnsupportedOperationException(method.getName());
				});
	}

	private static ServerSocketChannel open() throws Exception {
		ServerSocketChannel server = ServerSocketChannel.open();
		server.bind(new InetSocketAddress(SocketFactoryHarness.loopbackOf(SocketDomain.AF_INET), 0));
		server.configureBlocking(false);
		return server;
	}

	/**
	 * Holds the loop between its check and its accept, once.
	 */
	private static final class HeldDispatcher implements Dispatcher {

		private final CountDownLatch entered = new CountDownLatch(1);

		private final CountDownLatch go = new CountDownLatch(1);

		private final AtomicBoolean past = new AtomicBoolean();

		@Override
		public boolean tryReserve() {
			this.entered.countDown();
			try {
				this.past.set(this.go.await(30, TimeUnit.SECONDS));
			}
			catch (InterruptedException ex) {
				return false;
			}
			return true;
		}

		@Override
		public void reserveAnyway() {
		}

		@Override
		public void release() {
		}

		@Override
		public void whenFree(Runnable waiter) {
			waiter.run();
		}

		@Override
		public void dispatch(Delivery delivery) {
			delivery.run();
		}

		@Override
		public boolean isInline() {
			return false;
		}

		@Override
		public int getRunning() {
			return 0;
		}

	}

	private static final class NoFailures implements FailureReporter {

		@Override
		public void report(String operation, Throwable cause) {
			throw new AssertionError(cause);
		}

		@Override
		public void count(String operation, Errno errno) {
			throw new AssertionError(operation);
		}

		@Override
		public void broken(String operation, Throwable cause) {
			throw new AssertionError(cause);
		}

		@Override
		public Errno errnoOf(Throwable cause) {
			return Errno.UNKNOWN;
		}

	}

	private static final class RecordedFailures implements FailureReporter {

		private final AtomicInteger counted = new AtomicInteger();

		private final Set<String> operations = ConcurrentHashMap.newKeySet();

		private final List<Throwable> reported = new CopyOnWriteArrayList<>();

		@Override
		public void report(String operation, Throwable cause) {
			this.reported.add(cause);
		}

		@Override
		public void count(String operation, Errno errno) {
			this.operations.add(operation);
			assertThat(errno).isEqualTo(Errno.UNKNOWN);
			this.counted.incrementAndGet();
		}

		@Override
		public void broken(String operation, Throwable cause) {
			throw new AssertionError(cause);
		}

		@Override
		public Errno errnoOf(Throwable cause) {
			return Errno.UNKNOWN;
		}

	}

	/**
	 * Counts the places that are taken.
	 */
	private record CountingDispatcher(AtomicInteger places) implements Dispatcher {

		@Override
		public boolean tryReserve() {
			this.places.incrementAndGet();
			return true;
		}

		@Override
		public void reserveAnyway() {
			this.places.incrementAndGet();
		}

		@Override
		public void release() {
			this.places.decrementAndGet();
		}

		@Override
		public void whenFree(Runnable waiter) {
			throw new AssertionError("There is always a place");
		}

		@Override
		public void dispatch(Delivery delivery) {
			delivery.run();
		}

		@Override
		public boolean isInline() {
			return true;
		}

		@Override
		public int getRunning() {
			return this.places.get();
		}

	}

}
