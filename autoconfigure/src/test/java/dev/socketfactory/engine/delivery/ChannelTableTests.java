package dev.socketfactory.engine.delivery;

import java.io.IOException;
import java.nio.channels.Pipe;
import java.nio.channels.SelectableChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import dev.socketfactory.testing.FakeChannel;
import dev.socketfactory.testing.Parallel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ChannelTable}.
 */
class ChannelTableTests {

	private final ChannelTable table = new ChannelTable(new Closings(), () -> {
	});

	@Test
	void whenNewThenEmpty() {
		assertThat(this.table.size()).isZero();
		assertThat(this.table.getChannels()).isEmpty();
		assertThat(this.table.removeClosed()).isZero();
	}

	@Test
	void whenSlotIsUsedAgainThenTheOldChannelRemovesNothing() throws IOException {
		SelectableChannel first = new FakeChannel();
		int slot = this.table.add(first);
		first.close();
		assertThat(this.table.removeClosed()).isOne();
		SelectableChannel second = new FakeChannel();
		assertThat(this.table.add(second)).isEqualTo(slot);
		second.close();
		this.table.removeIfClosed(slot, first);
		assertThat(this.table.size()).isOne();
		this.table.removeIfClosed(slot, second);
		this.table.removeIfClosed(slot, second);
		assertThat(this.table.size()).isZero();
		assertThat(this.table.getClosings().getCount()).isEqualTo(2);
	}

	@Test
	void whenOpenThenNotRemoved() {
		SelectableChannel channel = new FakeChannel();
		this.table.removeIfClosed(this.table.add(channel), channel);
		assertThat(this.table.getChannels()).containsExactly(channel);
	}

	@Test
	void whenHandlersHaveReturnedThenIsUnattendedUntilClosed() throws IOException {
		SelectableChannel first = new FakeChannel();
		SelectableChannel second = new FakeChannel();
		int firstSlot = this.table.add(first);
		int secondSlot = this.table.add(second);
		assertThat(this.table.hasUnattended()).isFalse();
		assertThat(this.table.handlersReturned(firstSlot, first)).as("the first one").isTrue();
		assertThat(this.table.handlersReturned(firstSlot, first)).as("the same again").isFalse();
		assertThat(this.table.handlersReturned(secondSlot, second)).as("not the first one").isFalse();
		first.close();
		this.table.removeClosed();
		assertThat(this.table.hasUnattended()).isTrue();
		second.close();
		this.table.removeIfClosed(secondSlot, second);
		assertThat(this.table.hasUnattended()).isFalse();
		this.table.add(new FakeChannel());
		assertThat(this.table.hasUnattended()).as("a slot that is used again").isFalse();
	}

	@Test
	void whenHandlersHaveClosedTheirChannelThenIsRemoved() throws IOException {
		SelectableChannel channel = new FakeChannel();
		int slot = this.table.add(channel);
		channel.close();
		assertThat(this.table.handlersReturned(slot, channel)).isFalse();
		assertThat(this.table.size()).isZero();
		assertThat(this.table.hasUnattended()).isFalse();
	}

	@Test
	void whenARealChannelIsClosedThenRemoved() throws IOException {
		Pipe pipe = Pipe.open();
		this.table.add(pipe.source());
		pipe.source().close();
		pipe.sink().close();
		assertThat(this.table.removeClosed()).isOne();
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 13, 42, 20260101 })
	void whenUsedAtRandomThenBehavesLikeASet(long seed) throws IOException {
		Random random = new Random(seed);
		Map<SelectableChannel, Integer> slots = new HashMap<>();
		List<SelectableChannel> closed = new ArrayList<>();
		Set<SelectableChannel> unattended = new HashSet<>();
		for (int i = 0; i < 20_000; i++) {
			// Grows to some hundreds, then shrinks, in turn
			int bias = (i / 2000 % 2 == 0) ? 6 : 2;
			int choice = random.nextInt(10);
			if (choice < bias) {
				SelectableChannel channel = new FakeChannel();
				slots.put(channel, this.table.add(channel));
			}
			else if (choice < 8 && !slots.isEmpty()) {
				SelectableChannel channel = slots.keySet()
					.stream()
					.skip(random.nextInt(slots.size()))
					.findFirst()
					.get();
				channel.close();
				closed.add(channel);
				if (random.nextBoolean()) {
					this.table.removeIfClosed(slots.remove(channel), channel);
					unattended.remove(channel);
				}
			}
			else if (choice == 9 && !slots.isEmpty()) {
				SelectableChannel channel = slots.keySet()
					.stream()
					.filter(SelectableChannel::isOpen)
					.findFirst()
					.orElse(null);
				if (channel != null) {
					this.table.handlersReturned(slots.get(channel), channel);
					unattended.add(channel);
				}
			}
			else if (choice == 8) {
				long expected = slots.keySet().stream().filter((channel) -> !channel.isOpen()).count();
				assertThat(this.table.removeClosed()).isEqualTo((int) expected);
				slots.keySet().removeIf((channel) -> !channel.isOpen());
				unattended.removeIf((channel) -> !channel.isOpen());
			}
			assertThat(this.table.hasUnattended()).isEqualTo(!unattended.isEmpty());
			assertThat(this.table.size()).isEqualTo(slots.size());
			if (i % 500 == 0) {
				assertThat(this.table.getChannels()).containsExactlyInAnyOrderElementsOf(slots.keySet());
				assertThat(new HashSet<>(slots.values())).hasSameSizeAs(slots.keySet());
			}
		}
		assertThat(closed).isNotEmpty();
	}

	@Test
	void whenUsedFromManyThreadsThenNothingIsLost() throws Exception {
		Parallel.run(4, (thread) -> {
			Set<SelectableChannel> open = new HashSet<>();
			for (int i = 0; i < 500; i++) {
				SelectableChannel channel = new FakeChannel();
				int slot = this.table.add(channel);
				if (i % 2 == 0) {
					channel.close();
					this.table.removeIfClosed(slot, channel);
				}
				else {
					open.add(channel);
				}
				this.table.removeClosed();
			}
			assertThat(this.table.getChannels()).containsAll(open);
		});
		assertThat(this.table.size()).isEqualTo(1000);
	}

}
