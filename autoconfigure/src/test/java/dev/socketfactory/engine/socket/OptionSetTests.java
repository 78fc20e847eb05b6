package dev.socketfactory.engine.socket;

import java.util.Map;

import dev.socketfactory.InvalidSocketSpecException;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketSpecBuilder;
import dev.socketfactory.testing.LeakCheck;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link OptionSet}.
 */
@ExtendWith(LeakCheck.class)
class OptionSetTests {

	@Test
	void whenNoOptionsThenNone() {
		OptionSet options = OptionSet.of(SocketSpec.listener("rot13").build());
		assertThat(options.own()).isSameAs(SocketOptions.NONE);
		assertThat(options.accepted()).isSameAs(SocketOptions.NONE);
	}

	@Test
	void whenOptionsThenEachForItsSocket() {
		OptionSet options = OptionSet.of(SocketSpec.listener("rot13")
			.options(Map.of("SO_RCVBUF", 65536))
			.acceptedOptions(Map.of("TCP_NODELAY", true))
			.build());
		assertThat(options.own().isEmpty()).isFalse();
		assertThat(options.accepted().isEmpty()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "SO_REUSEADDR", "so-reuseaddr", "so.reuseAddr" })
	void whenReuseAddressThenRefused(String name) {
		assertRefused(SocketSpec.listener("rot13").options(Map.of(name, true)), "listener 'rot13': options." + name
				+ " 'true': SO_REUSEADDR has a key of its own. Write reuse: on, or reuse: off.");
		assertRefused(SocketSpec.listener("rot13").acceptedOptions(Map.of(name, true)),
				"listener 'rot13': accepted-options." + name
						+ " 'true': SO_REUSEADDR has a key of its own. Write reuse: on, or reuse: off.");
	}

	@Test
	void whenValueIsWrongThenRefused() {
		assertRefused(SocketSpec.listener("rot13").options(Map.of("SO_RCVBUF", "much")),
				"listener 'rot13': options.SO_RCVBUF 'much': it is not a whole number. Write a whole number.");
		assertRefused(SocketSpec.listener("rot13").acceptedOptions(Map.of("SO_RCVBUF", -1)),
				"listener 'rot13': accepted-options.SO_RCVBUF '-1': the value is out of range."
						+ " Write a value that SO_RCVBUF can have.");
	}

	@Test
	void whenListenerHasNoSuchOptionThenRefused() {
		assertThatExceptionOfType(InvalidSocketSpecException.class)
			.isThrownBy(() -> OptionSet.of(SocketSpec.listener("rot13").options(Map.of("TCP_NODELAY", true)).build()))
			.withMessageStartingWith("listener 'rot13': options.TCP_NODELAY 'true': this kind of socket has no such"
					+ " option. Write one of ")
			.withMessageContaining("SO_RCVBUF");
	}

	private static void assertRefused(SocketSpecBuilder spec, String message) {
		assertThatExceptionOfType(InvalidSocketSpecException.class).isThrownBy(() -> OptionSet.of(spec.build()))
			.withMessage(message);
	}

}
