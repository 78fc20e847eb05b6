package dev.socketfactory.lookup;

import java.io.IOException;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LookupException}.
 */
class LookupExceptionTests {

	private static final IOException CAUSE = new IOException("reason");

	@Test
	void whenHostThenGetaddrinfo() {
		assertException(LookupException.host("message", CAUSE), "getaddrinfo", "EADDRNOTAVAIL");
	}

	@Test
	void whenServiceThenGetservbyname() {
		assertException(LookupException.service("message", CAUSE), "getservbyname", "EADDRNOTAVAIL");
	}

	@Test
	void whenProtocolThenGetprotobyname() {
		assertException(LookupException.protocol("message", CAUSE), "getprotobyname", "EADDRNOTAVAIL");
	}

	@Test
	void whenProtocolIsNotSupportedThenSocket() {
		LookupException exception = LookupException.protocolNotSupported("message");
		assertThat(exception.getOperation()).isEqualTo("socket");
		assertThat(exception.getErrnoName()).isEqualTo("EPROTONOSUPPORT");
		assertThat(exception).hasMessage("message").hasNoCause();
	}

	private static void assertException(LookupException exception, String operation, String errnoName) {
		assertThat(exception.getOperation()).isEqualTo(operation);
		assertThat(exception.getErrnoName()).isEqualTo(errnoName);
		assertThat(exception).hasMessage("message").cause().isSameAs(CAUSE);
	}

}
