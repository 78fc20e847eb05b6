package dev.socketfactory.engine.proc;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Tests for {@link ProcNet}.
 */
class ProcNetTests {

	@ParameterizedTest
	@CsvSource({ "127.0.0.1, 12345, 0100007F:3039", "0.0.0.0, 80, 00000000:0050", "10.1.2.3, 65535, 0302010A:FFFF",
			"::1, 7, 00000000000000000000000001000000:0007", "::, 0, 00000000000000000000000000000000:0000",
			"2001:db8::ff, 443, B80D01200000000000000000FF000000:01BB" })
	void textIsThatOfTheTable(String host, int port, String text) throws Exception {
		assumeThat(ByteOrder.nativeOrder()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
		assertThat(ProcNet.text(new InetSocketAddress(InetAddress.getByName(host), port))).isEqualTo(text);
	}

	@ParameterizedTest
	@CsvSource({ "127.0.0.1:80, 127.0.0.1:80, true", "127.0.0.1:81, 127.0.0.1:80, false",
			"127.0.0.2:80, 127.0.0.1:80, false", "0.0.0.0:80, 127.0.0.1:80, true", "127.0.0.1:80, 0.0.0.0:80, true",
			":::80, 127.0.0.1:80, true", "::1:80, ::1:80, true", "::1:80, :::80, true", "::1:80, ::2:80, false" })
	void addressesAreInEachOthersWayIfEqualOrAny(String one, String other, boolean same) throws Exception {
		assertThat(ProcNet.isSameOrWildcard(ProcNet.text(address(one)), address(other))).isEqualTo(same);
	}

	@Test
	void mappedAddressIsInTheWayOfItsIpv4Address() throws Exception {
		assumeThat(ByteOrder.nativeOrder()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
		assertThat(ProcNet.isSameOrWildcard("0000000000000000FFFF00000100007F:0050", address("127.0.0.1:80"))).isTrue();
	}

	private static InetSocketAddress address(String text) throws Exception {
		int colon = text.lastIndexOf(':');
		return new InetSocketAddress(InetAddress.getByName(text.substring(0, colon)),
				Integer.parseInt(text.substring(colon + 1)));
	}

}
