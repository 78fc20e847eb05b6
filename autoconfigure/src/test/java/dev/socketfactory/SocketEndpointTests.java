package dev.socketfactory;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SocketEndpoint}.
 */
class SocketEndpointTests {

	@ParameterizedTest
	@CsvSource({ "::, [::]:7", "::1, [::1]:7", "2001:db8::1, [2001:db8::1]:7", "2001:db8::, [2001:db8::]:7",
			"1:0:0:2:0:0:0:3, [1:0:0:2::3]:7", "2001:db8:0:1:1:1:1:1, [2001:db8:0:1:1:1:1:1]:7",
			"10:0:0:100::, [10:0:0:100::]:7", "fe80::1%1, [fe80::1%1]:7", "127.0.0.1, 127.0.0.1:7" })
	void whenAddressThenShortestNotation(String address, String text) throws UnknownHostException {
		InetAddress literal = InetAddress.getByName(address);
		assertThat(SocketEndpoint.of(new InetSocketAddress(literal, 7))).hasToString(text);
	}

	@Test
	void whenNotResolvedThenName() {
		assertThat(SocketEndpoint.of(InetSocketAddress.createUnresolved("example.org", 80)))
			.hasToString("example.org:80");
	}

	@Test
	void whenUnixThenPath() {
		assertThat(SocketEndpoint.of(UnixDomainSocketAddress.of("/run/x.sock"))).hasToString("/run/x.sock");
	}

}
