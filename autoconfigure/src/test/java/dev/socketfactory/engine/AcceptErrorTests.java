package dev.socketfactory.engine;

import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link AcceptError}.
 */
class AcceptErrorTests {

	@ParameterizedTest
	@ValueSource(strings = { "EAGAIN", "EINTR", "ECONNABORTED", "ENETDOWN", "EPROTO", "ENOPROTOOPT", "EHOSTDOWN",
			"ENONET", "EHOSTUNREACH", "EOPNOTSUPP", "ENETUNREACH", "ETIMEDOUT", "ECONNRESET", "EPERM" })
	void whenTheConnectionIsToBlameThenOfThePeer(String name) {
		assertThat(AcceptError.of(name)).isEqualTo(AcceptError.OF_THE_PEER);
	}

	@ParameterizedTest
	@ValueSource(strings = { "EMFILE", "ENFILE", "ENOBUFS", "ENOMEM" })
	void whenSomethingIsShortThenOfResources(String name) {
		assertThat(AcceptError.of(name)).isEqualTo(AcceptError.OF_RESOURCES);
	}

	@ParameterizedTest
	@ValueSource(strings = { "EBADF", "ENOTSOCK", "EINVAL", "EFAULT" })
	void whenTheListenerIsBrokenThenFatal(String name) {
		assertThat(AcceptError.of(name)).isEqualTo(AcceptError.FATAL);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "EIO", "ENOSPC", "emfile" })
	void whenUnknownThenOfResources(String name) {
		assertThat(AcceptError.of(name)).isEqualTo(AcceptError.OF_RESOURCES);
	}

	@Test
	void everyClassIsTested() {
		assertThat(Arrays.asList(AcceptError.values())).containsExactlyInAnyOrder(AcceptError.OF_THE_PEER,
				AcceptError.OF_RESOURCES, AcceptError.FATAL);
	}

}
