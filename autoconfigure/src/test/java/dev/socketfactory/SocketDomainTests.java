package dev.socketfactory;

import java.util.Locale;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link SocketDomain}.
 */
class SocketDomainTests {

	@ParameterizedTest
	@CsvSource({ "AF_INET, AF_INET", "PF_INET, AF_INET", "inet, AF_INET", "Inet, AF_INET", "af_inet, AF_INET",
			"' inet ', AF_INET", "AF_INET6, AF_INET6", "pf_inet6, AF_INET6", "inet6, AF_INET6", "AF_UNIX, AF_UNIX",
			"PF_UNIX, AF_UNIX", "unix, AF_UNIX" })
	void whenNameIsKnownThenDomain(String name, SocketDomain domain) {
		assertThat(SocketDomain.of(name)).isEqualTo(domain);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "AF_", "AF_LOCAL", "ipv4", "2", "AF_AF_INET", "INET 6", "AF-INET" })
	void whenNameIsUnknownThenRefused(String name) {
		assertThatIllegalArgumentException().isThrownBy(() -> SocketDomain.of(name))
			.withMessage("'%s' is not a socket domain: write AF_INET, AF_INET6 or AF_UNIX", name);
	}

	@Test
	void whenDefaultLocaleIsTurkishThenSameDomain() {
		Locale before = Locale.getDefault();
		Locale.setDefault(Locale.forLanguageTag("tr"));
		try {
			assertThat(SocketDomain.of("inet")).isEqualTo(SocketDomain.AF_INET);
			assertThat(SocketType.of("sock_dgram")).isEqualTo(SocketType.SOCK_DGRAM);
		}
		finally {
			Locale.setDefault(before);
		}
	}

}
