package dev.socketfactory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link SocketType}.
 */
class SocketTypeTests {

	@ParameterizedTest
	@CsvSource({ "SOCK_STREAM, SOCK_STREAM", "sock_stream, SOCK_STREAM", "stream, SOCK_STREAM", "STREAM, SOCK_STREAM",
			"' stream ', SOCK_STREAM", "SOCK_DGRAM, SOCK_DGRAM", "datagram, SOCK_DGRAM", "Datagram, SOCK_DGRAM" })
	void whenNameIsKnownThenType(String name, SocketType type) {
		assertThat(SocketType.of(name)).isEqualTo(type);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "dgram", "SOCK_RAW", "SOCK_SEQPACKET", "tcp", "1" })
	void whenNameIsUnknownThenRefused(String name) {
		assertThatIllegalArgumentException().isThrownBy(() -> SocketType.of(name))
			.withMessage("'%s' is not a socket type: write SOCK_STREAM or SOCK_DGRAM", name);
	}

	@Test
	void whenAskedForItsProtocolThenTheOneOverIp() {
		assertThat(SocketType.SOCK_STREAM.getProtocol()).isEqualTo("tcp");
		assertThat(SocketType.SOCK_DGRAM.getProtocol()).isEqualTo("udp");
	}

}
