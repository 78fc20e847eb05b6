package dev.socketfactory.engine;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import dev.socketfactory.PauseReason;
import dev.socketfactory.SocketState;
import dev.socketfactory.testing.Parallel;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link FactoryState}.
 */
class FactoryStateTests {

	private static final PauseReason LEADER = PauseReason.of("not-leader");

	private static final Map<SocketState, Set<SocketState>> NEXT = Map.of(SocketState.NEW,
			Set.of(SocketState.RESOLVING), SocketState.RESOLVING,
			Set.of(SocketState.LISTENING, SocketState.CONNECTING, SocketState.OPEN, SocketState.FAILED,
					SocketState.STOPPED),
			SocketState.LISTENING, Set.of(SocketState.STOPPING, SocketState.FAILED), SocketState.CONNECTING,
			Set.of(SocketState.CONNECTED, SocketState.FAILED, SocketState.STOPPED), SocketState.CONNECTED,
			Set.of(SocketState.RESOLVING, SocketState.FAILED, SocketState.STOPPED), SocketState.OPEN,
			Set.of(SocketState.FAILED, SocketState.STOPPED), SocketState.FAILED,
			Set.of(SocketState.RESOLVING, SocketState.STOPPED), SocketState.STOPPING, Set.of(SocketState.STOPPED),
			SocketState.STOPPED, Set.of(SocketState.RESOLVING));

	private static final Map<SocketState, List<SocketState>> PATHS = Map.of(SocketState.NEW, Collections.emptyList(),
			SocketState.RESOLVING, List.of(SocketState.RESOLVING), SocketState.LISTENING,
			List.of(SocketState.RESOLVING, SocketState.LISTENING), SocketState.CONNECTING,
			List.of(SocketState.RESOLVING, SocketState.CONNECTING), SocketState.CONNECTED,
			List.of(SocketState.RESOLVING, SocketState.CONNECTING, SocketState.CONNECTED), SocketState.OPEN,
			List.of(SocketState.RESOLVING, SocketState.OPEN), SocketState.FAILED,
			List.of(SocketState.RESOLVING, SocketState.FAILED), SocketState.STOPPING,
			List.of(SocketState.RESOLVING, SocketState.LISTENING, SocketState.STOPPING), SocketState.STOPPED,
			List.of(SocketState.RESOLVING, SocketState.STOPPED));

	private final List<String> changes = new ArrayList<>();

	private final AtomicInteger seconds = new AtomicInteger();

	private final InstantSource clock = () -> Instant.ofEpochSecond(this.seconds.incrementAndGet());

	private final FactoryState state = new FactoryState(this.clock, this::changed);

	@Test
	void whenRenewedThenTheReasonBeginsAnewAndNobodyIsTold() {
		this.state.pause(PauseReason.MAX_CONNECTIONS);
		this.state.pause(LEADER);
		this.changes.clear();
		this.state.renew(PauseReason.MAX_CONNECTIONS);
		this.state.renew(PauseReason.USER);
		assertThat(this.state.getReasons()).containsExactly(Map.entry(PauseReason.MAX_CONNECTIONS, since(3)),
				Map.entry(LEADER, since(2)));
		assertThat(this.changes).isEmpty();
	}

	@Test
	void whenNewThenNotAccepting() {
		assertThat(this.state.get()).isEqualTo(SocketState.NEW);
		assertThat(this.state.getReasons()).isEmpty();
		assertThat(this.state.isAccepting()).isFalse();
		assertThat(this.changes).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void whenMovedThenOnlyAllowedMovesWork(SocketState from) {
		for (SocketState next : SocketState.values()) {
			FactoryState machine = stateIn(from);
			if (NEXT.getOrDefault(from, Collections.emptySet()).contains(next)) {
				machine.moveTo(next);
				assertThat(machine.get()).isEqualTo(next);
			}
			else {
				assertThatIllegalStateException().isThrownBy(() -> machine.moveTo(next))
					.withMessage("%s cannot become %s", from, next);
				assertThat(machine.get()).isEqualTo(from);
			}
		}
	}

	@Test
	void whenMoveIsRefusedThenNobodyIsTold() {
		assertThatIllegalStateException().isThrownBy(() -> this.state.moveTo(SocketState.LISTENING));
		assertThat(this.changes).isEmpty();
	}

	@Test
	void whenListeningWithoutReasonThenAccepting() {
		listening();
		assertThat(this.state.isAccepting()).isTrue();
		this.state.moveTo(SocketState.STOPPING);
		assertThat(this.state.isAccepting()).isFalse();
	}

	@Test
	void whenPausedTwiceThenResumedOnceIsEnough() {
		listening();
		assertThat(this.state.pause(PauseReason.USER)).isTrue();
		assertThat(this.state.pause(PauseReason.USER)).isFalse();
		assertThat(this.state.isAccepting()).isFalse();
		assertThat(this.state.resume(PauseReason.USER)).isTrue();
		assertThat(this.state.isAccepting()).isTrue();
		assertThat(this.state.resume(PauseReason.USER)).isFalse();
	}

	@Test
	void whenTwoReasonsThenAcceptingWhenBothAreGone() {
		listening();
		this.state.pause(PauseReason.USER);
		this.state.pause(PauseReason.of("not-leader"));
		this.state.resume(PauseReason.USER);
		assertThat(this.state.isAccepting()).isFalse();
		assertThat(this.state.resume(LEADER)).isTrue();
		assertThat(this.state.isAccepting()).isTrue();
	}

	@Test
	void whenReasonsAreReadThenInOrderWithTheTimeOfTheFirstPause() {
		this.state.pause(LEADER);
		this.state.pause(PauseReason.USER);
		this.state.pause(LEADER);
		assertThat(this.state.getReasons()).containsExactly(Map.entry(LEADER, since(1)),
				Map.entry(PauseReason.USER, since(2)));
		this.state.resume(LEADER);
		this.state.pause(LEADER);
		assertThat(this.state.getReasons().keySet()).containsExactly(PauseReason.USER, LEADER);
	}

	@Test
	void whenPausedByAUserThenThatIsNotedUntilResumed() {
		this.state.pause(PauseReason.USER, "alice");
		assertThat(this.state.pause(PauseReason.USER, "bob")).isFalse();
		assertThat(this.state.getReasons().get(PauseReason.USER).by()).isEqualTo("alice");
		this.state.resume(PauseReason.USER);
		this.state.pause(PauseReason.USER, "bob");
		assertThat(this.state.getReasons().get(PauseReason.USER).by()).isEqualTo("bob");
	}

	private static SocketFactoryStatus.Pause since(long second) {
		return new SocketFactoryStatus.Pause(Instant.ofEpochSecond(second), null);
	}

	@Test
	void whenReasonsWereReadThenTheyAreAnUnmodifiableSnapshot() {
		this.state.pause(LEADER);
		Map<PauseReason, SocketFactoryStatus.Pause> before = this.state.getReasons();
		this.state.pause(PauseReason.USER);
		assertThat(before).containsOnlyKeys(LEADER);
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(before::clear);
	}

	@Test
	void whenChangedThenListenerIsToldInOrderAndOnlyOfChanges() {
		this.state.pause(PauseReason.USER);
		listening();
		this.state.pause(PauseReason.USER);
		this.state.pause(LEADER);
		this.state.resume(PauseReason.USER);
		this.state.resume(PauseReason.USER);
		this.state.moveTo(SocketState.STOPPING);
		assertThat(this.changes).containsExactly("NEW-NEW[USER]", "NEW-RESOLVING[USER]", "RESOLVING-LISTENING[USER]",
				"LISTENING-LISTENING[USER, not-leader]", "LISTENING-LISTENING[not-leader]",
				"LISTENING-STOPPING[not-leader]");
	}

	@ParameterizedTest
	@CsvSource(nullValues = "-", value = { "-, BACKOFF, true", "BACKOFF, BACKOFF, true", "BACKOFF, DISPATCH, false",
			"BACKOFF USER, BACKOFF, false" })
	void whenOneReasonIsLeftOutOfAccountThenTheOthersCount(@Nullable String set, String leftOut, boolean accepting) {
		listening();
		if (set != null) {
			List.of(set.split(" ")).forEach((name) -> this.state.pause(reason(name)));
		}
		assertThat(this.state.isAcceptingApartFrom(reason(leftOut))).isEqualTo(accepting);
		this.state.moveTo(SocketState.STOPPING);
		assertThat(this.state.isAcceptingApartFrom(reason(leftOut))).isFalse();
	}

	@Test
	void whenManyThreadsToggleThenEachChangeIsToldOnceAndInOrder() throws Exception {
		List<Set<PauseReason>> told = new ArrayList<>();
		AtomicReference<FactoryState> made = new AtomicReference<>();
		FactoryState machine = new FactoryState(this.clock,
				(previous, current) -> told.add(made.get().getReasons().keySet()));
		made.set(machine);
		AtomicInteger changed = new AtomicInteger();
		Parallel.run(4, (thread) -> {
			PauseReason reason = PauseReason.of("reason-" + thread);
			for (int i = 0; i < 1000; i++) {
				changed.addAndGet(machine.pause(reason) ? 1 : 0);
				changed.addAndGet(machine.resume(reason) ? 1 : 0);
			}
		});
		assertThat(changed).hasValue(8000);
		assertThat(told).hasSize(8000);
		int size = 0;
		for (Set<PauseReason> reasons : told) {
			assertThat(Math.abs(reasons.size() - size)).isOne();
			size = reasons.size();
		}
		assertThat(machine.getReasons()).isEmpty();
	}

	@Test
	void whenMovedAndToggledAtOnceThenToldOneAfterTheOther() throws Exception {
		AtomicInteger telling = new AtomicInteger();
		AtomicInteger overlaps = new AtomicInteger();
		FactoryState machine = new FactoryState(this.clock, (previous, current) -> {
			overlaps.addAndGet(telling.incrementAndGet() - 1);
			Thread.yield();
			telling.decrementAndGet();
		});
		machine.moveTo(SocketState.RESOLVING);
		Parallel.run(2, (thread) -> {
			for (int i = 0; i < 2000; i++) {
				if (thread == 0) {
					machine.moveTo(SocketState.FAILED);
					machine.moveTo(SocketState.RESOLVING);
				}
				else {
					machine.pause(PauseReason.USER);
					machine.resume(PauseReason.USER);
				}
			}
		});
		assertThat(overlaps).hasValue(0);
	}

	@Test
	void whenTheListenerThrowsThenTheChangeHasHappened() {
		FactoryState machine = new FactoryState(this.clock, (previous, current) -> {
			throw new NoClassDefFoundError("on purpose");
		});
		machine.moveTo(SocketState.RESOLVING);
		assertThat(machine.pause(PauseReason.BACKOFF)).isTrue();
		assertThat(machine.getReasons()).containsOnlyKeys(PauseReason.BACKOFF);
		assertThat(machine.resume(PauseReason.BACKOFF)).isTrue();
		assertThat(machine.get()).isEqualTo(SocketState.RESOLVING);
	}

	private void changed(SocketState previous, SocketState current) {
		this.changes.add("%s-%s%s".formatted(previous, current, this.state.getReasons().keySet()));
	}

	private static PauseReason reason(String name) {
		return switch (name) {
			case "BACKOFF" -> PauseReason.BACKOFF;
			case "DISPATCH" -> PauseReason.DISPATCH;
			default -> PauseReason.USER;
		};
	}

	private void listening() {
		this.state.moveTo(SocketState.RESOLVING);
		this.state.moveTo(SocketState.LISTENING);
	}

	private FactoryState stateIn(SocketState wanted) {
		FactoryState machine = new FactoryState(this.clock, (previous, current) -> {
		});
		PATHS.get(wanted).forEach(machine::moveTo);
		assertThat(machine.get()).isEqualTo(wanted);
		return machine;
	}

}
