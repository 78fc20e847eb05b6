package dev.socketfactory.engine.accept;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SocketChannel;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

import dev.socketfactory.PauseReason;
import dev.socketfactory.SocketState;
import dev.socketfactory.engine.delivery.ChannelTable;
import dev.socketfactory.engine.delivery.Closings;
import dev.socketfactory.engine.state.FactoryState;
import dev.socketfactory.testing.LeakCheck;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LimitGuard}.
 */
@ExtendWith(LeakCheck.class)
class LimitGuardTests implements LimitGuard.Actions {

	private final FactoryState state = new FactoryState(InstantSource.system(), (previous, current, reasons) -> {
	});

	private final ChannelTable table = new ChannelTable(new Closings(), () -> {
	});

	private final ReentrantLock acceptLock = new ReentrantLock();

	private final List<SocketChannel> channels = new ArrayList<>();

	private final AtomicInteger refills = new AtomicInteger();

	private final AtomicInteger changes = new AtomicInteger();

	private Runnable onChange = () -> {
	};

	LimitGuardTests() {
		this.state.moveTo(SocketState.RESOLVING);
		this.state.moveTo(SocketState.LISTENING);
	}

	@AfterEach
	void close() throws IOException {
		for (SocketChannel channel : this.channels) {
			channel.close();
		}
	}

	@Test
	void whenLimitIsReachedThenPausesOnce() throws IOException {
		LimitGuard guard = guard(2, null);
		addConnections(1);
		assertThat(locked(guard::pauseIfFull)).isFalse();
		addConnections(1);
		assertThat(locked(guard::pauseIfFull)).isTrue();
		assertThat(locked(guard::pauseIfFull)).isTrue();
		assertThat(this.state.getReasons()).containsOnlyKeys(PauseReason.MAX_CONNECTIONS);
		assertThat(this.changes).hasValue(1);
	}

	@Test
	void whenThereIsNoLimitThenIsNeverFull() throws IOException {
		LimitGuard guard = guard(null, null);
		addConnections(20);
		assertThat(locked(guard::pauseIfFull)).isFalse();
	}

	@Test
	void whenConnectionsAreClosedThenRefillsAtTheLowWaterMark() throws IOException {
		LimitGuard guard = guard(3, 1);
		addConnections(3);
		locked(guard::pauseIfFull);
		closeConnection(2);
		guard.connectionClosed();
		assertThat(this.refills).hasValue(0);
		closeConnection(1);
		guard.connectionClosed();
		assertThat(this.refills).hasValue(1);
	}

	@Test
	void whenARefillIsUnderWayThenNoOtherBegins() throws IOException {
		LimitGuard guard = guard(3, 1);
		addConnections(3);
		locked(guard::pauseIfFull);
		closeConnection(2);
		closeConnection(1);
		guard.connectionClosed();
		closeConnection(0);
		guard.connectionClosed();
		assertThat(this.refills).hasValue(1);
		addConnections(3);
		locked(() -> {
			guard.pauseIfFull();
			guard.refilled();
			return true;
		});
		guard.connectionClosed();
		assertThat(this.refills).as("above the low-water mark").hasValue(1);
	}

	@Test
	void whenConnectionWasFoundClosedBeforeTheReasonWasSetThenRefillsAllTheSame() throws IOException {
		LimitGuard guard = guard(1, null);
		addConnections(1);
		// Whoever finds the connection closed sees no reason to tell of it
		this.onChange = () -> closeConnection(0);
		locked(guard::pauseIfFull);
		assertThat(this.refills).hasValue(1);
	}

	@Test
	void whenLimitIsRaisedThenRefills() throws IOException {
		LimitGuard guard = guard(1, null);
		addConnections(1);
		locked(guard::pauseIfFull);
		setLimit(guard, 2, null);
		assertThat(this.refills).hasValue(1);
	}

	@Test
	void whenLimitIsSetButNotRaisedThenWaitsForTheLowWaterMarkStill() throws IOException {
		LimitGuard guard = guard(3, 1);
		addConnections(3);
		locked(guard::pauseIfFull);
		closeConnection(2);
		setLimit(guard, 3, 1);
		setLimit(guard, 3, 0);
		assertThat(this.refills).hasValue(0);
		setLimit(guard, 3, 2);
		assertThat(this.refills).as("low enough for the new mark").hasValue(1);
	}

	@Test
	void whenLimitIsTakenAwayThenRefills() throws IOException {
		LimitGuard guard = guard(3, 1);
		addConnections(3);
		locked(guard::pauseIfFull);
		setLimit(guard, null, null);
		assertThat(this.refills).hasValue(1);
	}

	@Test
	void whenLimitIsLoweredThenPausesAtOnce() throws IOException {
		LimitGuard guard = guard(2, null);
		addConnections(1);
		setLimit(guard, 1, null);
		assertThat(this.state.getReasons()).containsOnlyKeys(PauseReason.MAX_CONNECTIONS);
	}

	@Override
	public void reasonsChanged() {
		this.changes.incrementAndGet();
		this.onChange.run();
	}

	@Override
	public void refill() {
		this.refills.incrementAndGet();
	}

	private LimitGuard guard(@Nullable Integer max, @Nullable Integer lowWater) {
		return new LimitGuard(new ConnectionLimit(max, lowWater), this.acceptLock, this.state, this.table, this);
	}

	private void setLimit(LimitGuard guard, @Nullable Integer max, @Nullable Integer lowWater) throws IOException {
		locked(() -> {
			guard.setLimit(new ConnectionLimit(max, lowWater));
			return true;
		});
	}

	private void addConnections(int count) throws IOException {
		for (int i = 0; i < count; i++) {
			SocketChannel channel = SocketChannel.open();
			this.channels.add(channel);
			this.table.add(channel);
		}
	}

	private void closeConnection(int index) {
		try {
			this.channels.get(index).close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.table.removeClosed();
	}

	private boolean locked(Step step) throws IOException {
		this.acceptLock.lock();
		try {
			return step.run();
		}
		finally {
			this.acceptLock.unlock();
		}
	}

	private interface Step {

		boolean run() throws IOException;

	}

}
