package dev.socketfactory.lookup;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Transport}.
 */
class TransportTests {

	@Test
	void whenTransportThenProtocolIsInLowerCase() {
		assertThat(Transport.values()).extracting(Transport::protocol).containsExactly("tcp", "udp");
	}

	@Test
	void whenNameThenTransport() {
		assertThat(Transport.ofName("tcp")).contains(Transport.TCP);
		assertThat(Transport.ofName("udp")).contains(Transport.UDP);
		assertThat(Transport.ofName("TCP")).isEmpty();
	}

	@Test
	void whenNumberThenTransport() {
		assertThat(Transport.ofNumber(6)).contains(Transport.TCP);
		assertThat(Transport.ofNumber(17)).contains(Transport.UDP);
		assertThat(Transport.ofNumber(0)).isEmpty();
	}

}
