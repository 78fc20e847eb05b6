package dev.socketfactory;

import java.time.Instant;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SocketFailure} and {@link SocketFailureException}.
 */
class SocketFailureTests {

	@Test
	void whenErrorIsKnownThenTextsEndWithItsName() {
		assertTexts(failure(111, "ECONNREFUSED"), "127.0.0.1:1: what happened (ECONNREFUSED)");
	}

	@Test
	void whenErrorIsUnknownThenTextsSaySo() {
		assertTexts(failure(0, ""), "127.0.0.1:1: what happened (errno unknown)");
	}

	@Test
	void whenNoSystemCallHasFailedThenTextsNameNoError() {
		SocketFailure failure = new SocketFailure("handshake", 0, "", "127.0.0.1:1: no TLS", null, Instant.EPOCH, null);
		assertThat(failure.describe()).isEqualTo("127.0.0.1:1: no TLS");
	}

	private static void assertTexts(SocketFailure failure, String text) {
		assertThat(failure.describe()).isEqualTo(text);
		assertThat(new SocketFailureException("upstream", failure)).hasMessage("'upstream': connect failed: " + text);
	}

	private static SocketFailure failure(int errno, String errnoName) {
		return new SocketFailure("connect", errno, errnoName, "127.0.0.1:1: what happened", null, Instant.EPOCH, null);
	}

}
