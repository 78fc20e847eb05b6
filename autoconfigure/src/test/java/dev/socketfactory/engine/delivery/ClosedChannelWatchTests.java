package dev.socketfactory.engine.delivery;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketfactory.engine.Drill;
import dev.socketfactory.engine.loop.EventLoop;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.LeakCheck;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ClosedChannelWatch}. The three intervals are far apart, so that slow
 * machines do not make one look like another.
 */
@ExtendWith(LeakCheck.class)
class ClosedChannelWatchTests {

	private final AtomicInteger removals = new AtomicInteger();

	private final ChannelTable table = new ChannelTable(new Closings(), this.removals::incrementAndGet);

	private final AtomicBoolean awaited = new AtomicBoolean();

	private final AtomicInteger looks = new AtomicInteger();

	private final List<SocketChannel> channels = new ArrayList<>();

	private final EventLoop loop;

	private final ClosedChannelWatch watch;

	ClosedChannelWatchTests() throws IOException {
		this.loop = new EventLoop("socket-factory-test");
		this.watch = new ClosedChannelWatch(this.loop, this.table, this.awaited::get, this.looks::incrementAndGet);
	}

	@AfterEach
	void close() throws IOException {
		this.loop.close();
		for (SocketChannel channel : this.channels) {
			channel.close();
		}
	}

	@Test
	void whenNobodyWaitsThenLooksAllTheSame() throws IOException {
		SocketChannel channel = add();
		this.watch.begin();
		channel.close();
		Await.await().until(() -> this.table.size() == 0);
		assertThat(this.removals).hasValue(1);
		assertThat(this.looks).as("told only if somebody waits").hasValue(0);
	}

	@Test
	void whenSomebodyBeginsToWaitThenLooksSooner() throws IOException {
		add();
		this.watch.begin();
		handOn(0);
		this.awaited.set(true);
		this.watch.hurry();
		assertThat(timeOfLooks(5)).isLessThan(ClosedChannelWatch.UNHURRIED);
	}

	@Test
	void whenAllChannelsHaveTheirHandlersThenLooksSeldom() throws IOException {
		this.awaited.set(true);
		add();
		this.watch.begin();
		assertThat(timeOfLooks(6)).isGreaterThanOrEqualTo(ClosedChannelWatch.ATTENDED.multipliedBy(5));
	}

	@Test
	void whenAChannelIsHandedOnThenLooksOften() throws IOException {
		this.awaited.set(true);
		add();
		this.watch.begin();
		handOn(0);
		this.watch.hurry();
		assertThat(timeOfLooks(20)).isLessThan(ClosedChannelWatch.ATTENDED.multipliedBy(19));
	}

	@Test
	void whenThereIsNoChannelLeftThenStopsToLook() throws IOException {
		this.awaited.set(true);
		SocketChannel channel = add();
		this.watch.begin();
		handOn(0);
		this.watch.hurry();
		channel.close();
		Await.await().until(() -> this.table.size() == 0);
		int looked = this.looks.get();
		Await.during(5 * ClosedChannelWatch.HURRIED.toMillis(),
				() -> assertThat(this.looks).hasValueLessThanOrEqualTo(looked + 1));
		add();
		this.watch.begin();
		Await.await().until(() -> this.looks.get() > looked + 1);
	}

	@Test
	void whenATimerRunsBeforeItIsRememberedThenLooksAgain() throws IOException {
		long tick = ClosedChannelWatch.HURRIED.toNanos();
		List<ChannelTable> tables = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			ChannelTable handedOn = new ChannelTable(new Closings(), () -> {
			});
			SocketChannel channel = SocketChannel.open();
			handedOn.handlersReturned(handedOn.add(channel), channel);
			ClosedChannelWatch hurried = new ClosedChannelWatch(this.loop, handedOn, () -> true, () -> {
			});
			while (tick - Math.floorMod(System.nanoTime(), tick) > 30_000) {
				Thread.onSpinWait();
			}
			hurried.begin();
			channel.close();
			tables.add(handedOn);
		}
		Await.await().untilAsserted(() -> assertThat(tables).allMatch((emptied) -> emptied.size() == 0));
	}

	@Test
	void whenSomebodyBeganToWaitWithoutAChannelThenTheNextOneIsLookedAtInTime() throws IOException {
		awaitUnhurriedTick();
		SocketChannel first = add();
		this.watch.begin();
		first.close();
		this.table.handlersReturned(0, first);
		this.awaited.set(true);
		this.watch.hurry();
		add();
		this.watch.begin();
		assertThat(timeOfLooks(1)).isLessThan(ClosedChannelWatch.UNHURRIED.dividedBy(2));
	}

	@Test
	void whenWhatFollowsFromALookThrowsThenLooksAgain() throws IOException {
		this.awaited.set(true);
		ClosedChannelWatch failing = new ClosedChannelWatch(this.loop, this.table, this.awaited::get, () -> {
			this.looks.incrementAndGet();
			throw new IllegalStateException("on purpose");
		});
		add();
		handOn(0);
		failing.begin();
		Await.await().until(() -> this.looks.get() > 2);
	}

	@Test
	void whenTwoWatchesHurryThenTheyLookTogether() throws IOException {
		this.awaited.set(true);
		List<Long> first = new CopyOnWriteArrayList<>();
		List<Long> second = new CopyOnWriteArrayList<>();
		add();
		handOn(0);
		new ClosedChannelWatch(this.loop, this.table, this.awaited::get, () -> first.add(System.nanoTime())).begin();
		new ClosedChannelWatch(this.loop, this.table, this.awaited::get, () -> second.add(System.nanoTime())).begin();
		Await.await().until(() -> first.size() > 10 && second.size() > 10);
		List<Duration> apart = second.stream()
			.map((look) -> first.stream().mapToLong((other) -> Math.abs(look - other)).min().orElseThrow())
			.map(Duration::ofNanos)
			.toList();
		assertThat(Drill.median(apart)).isLessThan(ClosedChannelWatch.HURRIED.dividedBy(4));
	}

	private SocketChannel add() throws IOException {
		SocketChannel channel = SocketChannel.open();
		this.channels.add(channel);
		this.table.add(channel);
		return channel;
	}

	/**
	 * Let the handlers of a channel return; slots are given out in order.
	 */
	private void handOn(int index) {
		this.table.handlersReturned(index, this.channels.get(index));
	}

	/**
	 * Wait until a whole interval is left before the next look while nobody waits.
	 */
	private static void awaitUnhurriedTick() {
		long interval = ClosedChannelWatch.UNHURRIED.toNanos();
		Await.await().until(() -> Math.floorMod(System.nanoTime(), interval) < interval / 10);
	}

	private Duration timeOfLooks(int count) {
		int looked = this.looks.get();
		long begin = System.nanoTime();
		Await.await().until(() -> this.looks.get() >= looked + count);
		return Duration.ofNanos(System.nanoTime() - begin);
	}

}
