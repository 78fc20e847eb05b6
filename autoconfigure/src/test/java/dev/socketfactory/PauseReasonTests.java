package dev.socketfactory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link PauseReason}.
 */
class PauseReasonTests {

	@ParameterizedTest
	@ValueSource(strings = { "maintenance", "not-leader", "a", "1", "Deploy_2.3", "USERS", "not-ready-yet" })
	void whenNameIsWellFormedThenReasonWithIt(String name) {
		PauseReason reason = PauseReason.of(name);
		assertThat(reason.getName()).isEqualTo(name);
		assertThat(reason).hasToString(name).isEqualTo(PauseReason.of(name)).hasSameHashCodeAs(PauseReason.of(name));
		assertThat(reason.isSettable()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "-", "a-", "-a", "a--b", "not leader", "a/b", "grün", "a\n" })
	void whenNameIsMalformedThenRefused(String name) {
		assertThatIllegalArgumentException().isThrownBy(() -> PauseReason.of(name))
			.withMessage("'name' must be words of letters and digits joined by '-', '_' or '.', not '%s'", name);
	}

	@ParameterizedTest
	@ValueSource(strings = { "USER", "user", "Max-Connections", "max.connections", "DISPATCH", "backoff", "not-ready",
			"STOPPING" })
	void whenNameIsBuiltInThenRefused(String name) {
		assertThatIllegalArgumentException().isThrownBy(() -> PauseReason.of(name))
			.withMessage("'name' must not be '%s': that reason is built in", name);
	}

	@Test
	void whenCaseDiffersThenAnotherReason() {
		assertThat(PauseReason.of("Leader")).isNotEqualTo(PauseReason.of("leader"));
		assertThat(PauseReason.of("leader").equals((Object) "leader")).isFalse();
	}

	@Test
	void whenBuiltInThenOnlyUserIsSettable() {
		assertThat(PauseReason.USER.isSettable()).isTrue();
		assertThat(PauseReason.MAX_CONNECTIONS.isSettable()).isFalse();
		assertThat(PauseReason.DISPATCH.isSettable()).isFalse();
		assertThat(PauseReason.BACKOFF.isSettable()).isFalse();
		assertThat(PauseReason.NOT_READY.isSettable()).isFalse();
		assertThat(PauseReason.STOPPING.isSettable()).isFalse();
	}

}
