package dev.socketfactory;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link ProxyHeader}.
 */
class ProxyHeaderTests {

	private static final InetSocketAddress SOURCE = new InetSocketAddress("192.0.2.1", 4660);

	private static final InetSocketAddress DESTINATION = new InetSocketAddress("198.51.100.2", 443);

	@Test
	void givesCopiesOfItsValues() {
		byte[] id = { 1, 2 };
		Map<Integer, byte[]> tlvs = new HashMap<>(Map.of(ProxyHeader.TLV_UNIQUE_ID, id, ProxyHeader.TLV_AUTHORITY,
				"example.org".getBytes(StandardCharsets.UTF_8)));
		ProxyHeader header = new ProxyHeader(2, false, SOURCE, DESTINATION, tlvs, null);
		id[0] = 9;
		tlvs.clear();
		byte[] copy = header.getUniqueId();
		assertThat(copy).containsExactly(1, 2);
		copy[0] = 9;
		assertThat(header.getTlv(ProxyHeader.TLV_UNIQUE_ID)).containsExactly(1, 2);
		assertThat(header.getAuthority()).isEqualTo("example.org");
	}

	@Test
	void hasNothingThatWasNotSaid() {
		ProxyHeader header = new ProxyHeader(1, false, SOURCE, DESTINATION, Collections.emptyMap(), null);
		assertThat(header.getAuthority()).isNull();
		assertThat(header.getUniqueId()).isNull();
		assertThat(header.getTlv(0)).isNull();
		assertThat(header.getTlv(-1)).isNull();
		assertThat(header.getSsl()).isNull();
	}

	@Test
	void showsAddressesAndNoValues() {
		Map<Integer, byte[]> tlvs = Map.of(ProxyHeader.TLV_AUTHORITY, "secret".getBytes(StandardCharsets.UTF_8));
		assertThat(new ProxyHeader(2, false, SOURCE, DESTINATION, tlvs, null))
			.hasToString("PROXY v2 from /192.0.2.1:4660 to /198.51.100.2:443");
		assertThat(new ProxyHeader(1, true, null, null, Collections.emptyMap(), null)).hasToString("PROXY v1 local");
	}

	@Test
	void refusesWhatNoHeaderCanSay() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new ProxyHeader(3, true, null, null, Collections.emptyMap(), null))
			.withMessage("'version' must be 1 or 2, not 3");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new ProxyHeader(2, true, SOURCE, null, Collections.emptyMap(), null))
			.withMessageContaining("must not have addresses");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new ProxyHeader(2, true, null, DESTINATION, Collections.emptyMap(), null));
	}

	@ParameterizedTest
	@CsvSource({ "0, 0, false, false", "1, 0, true, false", "3, 0, true, true", "5, 0, true, true", "7, 0, true, true",
			"3, 1, true, false", "3, -1, true, false", "2, 0, false, false" })
	void aCertificateIsVerifiedOnlyIfThereIsOne(int client, int verify, boolean tls, boolean verified) {
		ProxyHeader.Ssl ssl = new ProxyHeader.Ssl(client, verify, null, null, null);
		assertThat(ssl.isTls()).isEqualTo(tls);
		assertThat(ssl.isCertificateVerified()).isEqualTo(verified);
	}

}
