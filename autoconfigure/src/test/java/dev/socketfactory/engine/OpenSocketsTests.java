package dev.socketfactory.engine;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.FakeChannel;
import dev.socketfactory.testing.LeakCheck;
import dev.socketfactory.testing.Parallel;
import jdk.jfr.Registered;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link OpenSockets}. The intervals between two looks are far apart, so that
 * slow machines do not make one look like another.
 */
@ExtendWith(LeakCheck.class)
class OpenSocketsTests {

	private final Engine engine = new Engine((event) -> {
	}, new EngineSettings(Runnable::run, 1, DispatchMode.INLINE, (name, address) -> {
	}));

	private final List<SelectableChannel> channels = new ArrayList<>();

	private final WatchedFactory factory = new WatchedFactory(this.engine);

	private final OpenSockets sockets = this.factory.getSockets();

	@AfterEach
	void close() throws IOException {
		this.engine.close();
		for (SelectableChannel channel : this.channels) {
			channel.close();
		}
	}

	@Test
	void whenARealChannelIsClosedThenRemoved() throws IOException {
		Pipe pipe = Pipe.open();
		this.sockets.add(pipe.source(), null);
		pipe.source().close();
		pipe.sink().close();
		this.sockets.removeClosed();
		assertThat(this.sockets.size()).isZero();
		assertThat(this.factory.told).hasValue(1);
		assertThat(this.engine.getClosings().getCount()).isOne();
	}

	@Test
	void whenTheRecorderFailsThenNothingIsThrown() {
		CreatedSocket socket = this.sockets.add(new FakeChannel(), null);
		assertThatNoException().isThrownBy(() -> socket.record(new FailingEvent(), null));
	}

	@ParameterizedTest
	@CsvSource({ "0, 10", "50, 10", "500, 50", "9000, 900", "10000, 1000", "100000000, 1000" })
	void theLongerAClientIsConnectedTheLaterItsEndIsFound(long ageMillis, long intervalMillis) {
		assertThat(OpenSockets.lookInterval(Duration.ofMillis(ageMillis))).hasMillis(intervalMillis);
	}

	@Test
	void whenOpenThenNotRemoved() throws IOException {
		CreatedSocket socket = add();
		this.sockets.released(socket);
		this.sockets.removeClosed();
		assertThat(this.sockets.size()).isOne();
		assertThat(this.factory.told).hasValue(0);
	}

	@Test
	void whenRemovedThenNotRemovedAgain() throws IOException {
		CreatedSocket socket = add();
		socket.close();
		this.sockets.released(socket);
		this.sockets.handlersReturned(socket);
		this.sockets.removeClosed();
		assertThat(this.sockets.size()).isZero();
		assertThat(this.factory.told).hasValue(1);
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 13, 42, 20260101 })
	void whenUsedAtRandomThenBehavesLikeASet(long seed) throws IOException {
		// Its looks, once a second, would remove what the model still has
		this.engine.getLoop().close();
		Random random = new Random(seed);
		List<CreatedSocket> open = new ArrayList<>();
		for (int i = 0; i < 20_000; i++) {
			// Grows to some hundreds, then shrinks, in turn
			int bias = (i / 2000 % 2 == 0) ? 6 : 2;
			int choice = random.nextInt(10);
			if (choice < bias) {
				open.add(this.sockets.add(new FakeChannel(), null));
			}
			else if (choice < 8 && !open.isEmpty()) {
				CreatedSocket socket = open.get(random.nextInt(open.size()));
				socket.getChannel().close();
				if (random.nextBoolean()) {
					this.sockets.released(socket);
					open.remove(socket);
				}
			}
			else if (choice == 9 && !open.isEmpty()) {
				CreatedSocket socket = open.get(random.nextInt(open.size()));
				this.sockets.handlersReturned(socket);
				open.removeIf((each) -> each == socket && !socket.isOpen());
			}
			else if (choice == 8) {
				this.sockets.removeClosed();
				open.removeIf((socket) -> !socket.isOpen());
			}
			assertThat(this.sockets.size()).isEqualTo(open.size());
		}
		this.sockets.closeAll();
		assertThat(open).noneMatch(CreatedSocket::isOpen);
		assertThat(this.sockets.size()).isZero();
	}

	@Test
	void whenUsedFromManyThreadsThenNothingIsLost() throws Exception {
		Set<CreatedSocket> open = new HashSet<>();
		Parallel.run(4, (thread) -> {
			for (int i = 0; i < 500; i++) {
				CreatedSocket socket = this.sockets.add(new FakeChannel(), null);
				if (i % 2 == 0) {
					socket.close();
				}
				else {
					this.sockets.handlersReturned(socket);
					synchronized (open) {
						open.add(socket);
					}
				}
				this.sockets.removeClosed();
			}
		});
		assertThat(this.sockets.size()).isEqualTo(1000);
		assertThat(this.sockets.getCreated()).isEqualTo(2000);
		this.sockets.closeAll();
		assertThat(open).noneMatch(CreatedSocket::isOpen);
	}

	@Test
	void whenNothingWaitsThenLooksAllTheSame() throws IOException {
		CreatedSocket socket = add();
		socket.getChannel().close();
		Await.await().until(() -> this.sockets.size() == 0);
		assertThat(this.factory.told).hasValue(1);
	}

	@Test
	void whenSomethingBeginsToWaitThenLooksSooner() throws IOException {
		handOn(add());
		this.factory.closingAwaited = true;
		this.sockets.lookSooner();
		assertThat(timeOfLooks(5)).isLessThan(OpenSockets.LOOK);
	}

	@Test
	void whenAllSocketsAreWithTheirHandlersThenLooksSeldom() throws IOException {
		this.factory.closingAwaited = true;
		add();
		assertThat(timeOfLooks(6)).isGreaterThanOrEqualTo(OpenSockets.LOOK_BEFORE_RETURN.multipliedBy(5));
	}

	@Test
	void whenASocketIsHandedOnThenLooksOften() throws IOException {
		this.factory.closingAwaited = true;
		handOn(add());
		assertThat(timeOfLooks(20)).isLessThan(OpenSockets.LOOK_BEFORE_RETURN.multipliedBy(19));
	}

	@Test
	void whenThereIsNoSocketLeftThenStopsToLook() throws IOException {
		this.factory.closingAwaited = true;
		CreatedSocket socket = add();
		handOn(socket);
		socket.getChannel().close();
		Await.await().until(() -> this.sockets.size() == 0);
		int looked = this.factory.told.get();
		Await.during(5 * OpenSockets.LOOK_AWAITED.toMillis(),
				() -> assertThat(this.factory.told).hasValueLessThanOrEqualTo(looked + 2));
		add();
		Await.await().until(() -> this.factory.told.get() > looked + 2);
	}

	@Test
	void whenATimerRunsBeforeItIsRememberedThenLooksAgain() throws IOException {
		long tick = OpenSockets.LOOK_AWAITED.toNanos();
		List<WatchedFactory> factories = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			WatchedFactory watched = new WatchedFactory(this.engine);
			watched.closingAwaited = true;
			CreatedSocket socket = watched.getSockets().add(SocketChannel.open(), null);
			this.channels.add(socket.getChannel());
			while (tick - Math.floorMod(System.nanoTime(), tick) > 30_000) {
				Thread.onSpinWait();
			}
			handOn(socket);
			socket.getChannel().close();
			factories.add(watched);
		}
		Await.await().untilAsserted(() -> assertThat(factories).allMatch((each) -> each.getSockets().size() == 0));
	}

	@Test
	void whenSomethingBeganToWaitWithoutASocketThenTheNextOneIsLookedAtInTime() throws IOException {
		awaitBeginOfInterval();
		add().close();
		this.factory.closingAwaited = true;
		this.sockets.lookSooner();
		add();
		assertThat(timeOfLooks(1)).isLessThan(OpenSockets.LOOK.dividedBy(2));
	}

	@Test
	void whenWhatFollowsFromALookThrowsThenLooksAgain() throws IOException {
		this.factory.closingAwaited = true;
		this.factory.onTold = () -> {
			throw new IllegalStateException("on purpose");
		};
		handOn(add());
		Await.await().until(() -> this.factory.told.get() > 2);
	}

	@Test
	void whenTwoFactoriesWaitThenTheyLookTogether() throws IOException {
		List<Long> first = new CopyOnWriteArrayList<>();
		List<Long> second = new CopyOnWriteArrayList<>();
		for (List<Long> looks : List.of(first, second)) {
			WatchedFactory watched = new WatchedFactory(this.engine);
			watched.closingAwaited = true;
			watched.onTold = () -> looks.add(System.nanoTime());
			CreatedSocket socket = watched.getSockets().add(SocketChannel.open(), null);
			this.channels.add(socket.getChannel());
			handOn(socket);
		}
		Await.await().until(() -> first.size() > 10 && second.size() > 10);
		long apart = first.stream()
			.limit(10)
			.mapToLong((one) -> second.stream().mapToLong((other) -> Math.abs(one - other)).min().orElseThrow())
			.sorted()
			.skip(4)
			.findFirst()
			.orElseThrow();
		assertThat(Duration.ofNanos(apart)).isLessThan(OpenSockets.LOOK_AWAITED.dividedBy(4));
	}

	private CreatedSocket add() throws IOException {
		CreatedSocket socket = this.sockets.add(SocketChannel.open(), null);
		this.channels.add(socket.getChannel());
		return socket;
	}

	private static void handOn(CreatedSocket socket) {
		socket.handedOn();
	}

	/**
	 * Wait until most of an interval is left before the next look while nothing waits.
	 */
	private static void awaitBeginOfInterval() {
		long interval = OpenSockets.LOOK.toNanos();
		Await.await().until(() -> Math.floorMod(System.nanoTime(), interval) < interval / 10);
	}

	private Duration timeOfLooks(int count) {
		int looked = this.factory.told.get();
		long begin = System.nanoTime();
		Await.await().until(() -> this.factory.told.get() >= looked + count);
		return Duration.ofNanos(System.nanoTime() - begin);
	}

	/**
	 * A factory that does nothing but to be told of closed sockets.
	 */
	private static final class WatchedFactory extends ManagedSocketFactory {

		private final AtomicInteger told = new AtomicInteger();

		private volatile boolean closingAwaited;

		private volatile Runnable onTold = () -> {
		};

		private WatchedFactory(Engine engine) {
			super(SocketSpec.listener("test").build(), engine);
		}

		@Override
		public java.net.SocketAddress getLocalAddress() {
			return null;
		}

		@Override
		void abandonSocket() {
		}

		@Override
		void open(long number) {
		}

		@Override
		void closeSocket() {
		}

		@Override
		boolean isClosingAwaited() {
			return this.closingAwaited;
		}

		@Override
		void socketsClosed() {
			this.told.incrementAndGet();
			this.onTold.run();
		}

	}

	@Registered(false)
	private static final class FailingEvent extends ConnectionEvent {

		@Override
		void record(String factoryName, long id, @Nullable SocketAddress peer) {
			throw new LinkageError("This event cannot be recorded");
		}

	}

}
