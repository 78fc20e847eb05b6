package dev.socketfactory.engine.admission;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

import dev.socketfactory.ProxyHeader;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.LeakCheck;
import dev.socketfactory.testing.Peer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageEncoder;
import io.netty.handler.codec.haproxy.HAProxyProtocolVersion;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;
import io.netty.handler.codec.haproxy.HAProxySSLTLV;
import io.netty.handler.codec.haproxy.HAProxyTLV;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link ProxyHeaderReader}.
 */
@ExtendWith(LeakCheck.class)
@Timeout(60)
class ProxyHeaderReaderTests {

	private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

	/**
	 * Addresses and ports of 192.0.2.1:4660 and 198.51.100.2:443.
	 */
	private static final String INET = "c0000201c6336402" + "123401bb";

	/**
	 * Addresses and ports of [2001:db8::1]:4660 and [2001:db8::2]:443.
	 */
	private static final String INET6 = "20010db8000000000000000000000001" + "20010db8000000000000000000000002"
			+ "123401bb";

	private static final int LONGEST_LINE = 107;

	private static final int MOST_READ = 16 + 4096;

	private static final int HEADERS = 6000;

	static Stream<byte[]> headers() {
		return Stream.of(line("PROXY TCP4 192.0.2.1 198.51.100.2 4660 443"), line("PROXY TCP4 1.1.1.1 2.2.2.2 0 1"),
				line("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535"), line("PROXY TCP6 :: :: 0 0"),
				line("PROXY TCP6 2001:db8::1 ::ffff:192.0.2.1 4660 443"),
				line("PROXY TCP6 " + "ffff:".repeat(7) + "ffff " + "ffff:".repeat(7) + "ffff 65535 65535"),
				line("PROXY UNKNOWN"), line("PROXY UNKNOWN "), line("PROXY UNKNOWN ???"),
				line("PROXY UNKNOWN " + "ffff:".repeat(7) + "ffff " + "ffff:".repeat(7) + "ffff 65535 65535"),
				binary("20000000"), binary("20110003" + "ffffff"), binary("21000000"), binary("2111000c" + INET),
				binary("21210024" + INET6), binary("213100d8" + path("/run/a") + path("/run/b")),
				binary("2111001b" + INET + "020003" + "612e62" + "040000" + "050003" + "010203"));
	}

	@ParameterizedTest
	@CsvSource({ "PROXY TCP4 192.0.2.1 198.51.100.2 4660 443, 192.0.2.1, 4660, 198.51.100.2, 443",
			"PROXY TCP4 0.0.0.0 255.255.255.255 0 65535, 0.0.0.0, 0, 255.255.255.255, 65535",
			"PROXY TCP6 2001:db8::1 ::1 1 10, 2001:db8::1, 1, ::1, 10",
			"PROXY TCP6 2001:0DB8:0000:0000:0000:0000:0000:0001 :: 1 10, 2001:db8::1, 1, ::, 10",
			"PROXY TCP6 ::ffff:192.0.2.1 ::ffff:c633:6402 1 10, 192.0.2.1, 1, 198.51.100.2, 10" })
	void readsLines(String text, String source, int sourcePort, String destination, int destinationPort)
			throws IOException {
		ProxyHeader header = read(line(text));
		assertThat(header.getVersion()).isOne();
		assertThat(header.isLocal()).isFalse();
		assertThat(header.getSource()).isEqualTo(new InetSocketAddress(source, sourcePort));
		assertThat(header.getDestination()).isEqualTo(new InetSocketAddress(destination, destinationPort));
		assertThat(header.getTlv(ProxyHeader.TLV_AUTHORITY)).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "11", "12" })
	void readsIpv4(String protocol) throws IOException {
		ProxyHeader header = read(binary("21" + protocol + "000c" + INET));
		assertThat(header.getVersion()).isEqualTo(2);
		assertThat(header.isLocal()).isFalse();
		assertThat(header.getSource()).isEqualTo(new InetSocketAddress("192.0.2.1", 4660));
		assertThat(header.getDestination()).isEqualTo(new InetSocketAddress("198.51.100.2", 443));
	}

	@ParameterizedTest
	@ValueSource(strings = { "21", "22" })
	void readsIpv6(String protocol) throws IOException {
		ProxyHeader header = read(binary("21" + protocol + "0024" + INET6));
		assertThat(header.getSource()).isEqualTo(new InetSocketAddress("2001:db8::1", 4660));
		assertThat(header.getDestination()).isEqualTo(new InetSocketAddress("2001:db8::2", 443));
	}

	@Test
	void portsAreUnsigned() throws IOException {
		ProxyHeader header = read(binary("2111000c" + "c0000201c6336402" + "ffff8000"));
		assertThat(header.getSource()).isEqualTo(new InetSocketAddress("192.0.2.1", 65535));
		assertThat(header.getDestination()).isEqualTo(new InetSocketAddress("198.51.100.2", 32768));
	}

	@ParameterizedTest
	@ValueSource(strings = { "31", "32" })
	void readsPaths(String protocol) throws IOException {
		ProxyHeader header = read(
				binary("21" + protocol + "00d8" + path("/run/client") + path("/run/" + "s".repeat(103))));
		assertThat(header.getSource()).isEqualTo(UnixDomainSocketAddress.of("/run/client"));
		assertThat(header.getDestination()).isEqualTo(UnixDomainSocketAddress.of("/run/" + "s".repeat(103)));
		assertThat(header.isLocal()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "\0abstract" })
	void aUnixSocketWithoutAPathHasNoAddress(String name) throws IOException {
		ProxyHeader header = read(binary("213100d8" + path(name) + path("/run/b")));
		assertThat(header.getSource()).isNull();
		assertThat(header.getDestination()).isEqualTo(UnixDomainSocketAddress.of("/run/b"));
		assertThat(header.isLocal()).isFalse();
	}

	@Test
	void aPathThatIsNoTextIsNoAddress() throws IOException {
		assertThat(read(binary("213100d8" + "2ffffe" + "00".repeat(105) + path("/run/b"))).getSource()).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "20000000", "2011000c" + INET, "20110003ffffff", "20ff0000", "21000000", "21010000",
			"21020000" })
	void keepsTheRealEnds(String header) throws IOException {
		assertLocal(read(binary(header)), 2);
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "PROXY UNKNOWN", "PROXY UNKNOWN ", "PROXY UNKNOWN x y", "PROXY UNKNOWN 1.1.1.1 2.2.2.2 1 2" })
	void keepsTheRealEndsOfUnknown(String text) throws IOException {
		assertLocal(read(line(text)), 1);
	}

	private static void assertLocal(ProxyHeader header, int version) {
		assertThat(header.getVersion()).isEqualTo(version);
		assertThat(header.isLocal()).isTrue();
		assertThat(header.getSource()).isNull();
		assertThat(header.getDestination()).isNull();
	}

	@Test
	void readsValues() throws IOException {
		String ssl = tlv(0x20, "03" + "00000000" + tlv(0x21, text("TLSv1.3")) + tlv(0x22, text("Zoë"))
				+ tlv(0x23, text("TLS_AES_128_GCM_SHA256")) + tlv(0x24, text("RSA-SHA256")));
		ProxyHeader header = read(binary(0x11, INET + tlv(0x04, "00".repeat(2048)) + tlv(0x02, text("exämple.org"))
				+ tlv(0x05, "00ff80") + tlv(0xe0, "") + tlv(0xea, "01") + tlv(0xea, "02") + ssl));
		assertThat(header.getAuthority()).isEqualTo("exämple.org");
		assertThat(header.getUniqueId()).containsExactly(0, 0xff, 0x80);
		assertThat(header.getTlv(ProxyHeader.TLV_NOOP)).hasSize(2048);
		assertThat(header.getTlv(0xe0)).isEmpty();
		assertThat(header.getTlv(0xea)).containsExactly(1);
		assertThat(header.getTlv(0xeb)).isNull();
		assertThat(header.getSsl()).isEqualTo(new ProxyHeader.Ssl(3, 0, "TLSv1.3", "Zoë", "TLS_AES_128_GCM_SHA256"));
	}

	@Test
	void readsValuesWithoutAddresses() throws IOException {
		ProxyHeader header = read(binary(0x00, tlv(0x05, "0102")));
		assertLocal(header, 2);
		assertThat(header.getUniqueId()).containsExactly(1, 2);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 3 })
	void verifiesTheChecksum(int position) throws IOException {
		List<String> tlvs = new ArrayList<>(List.of(tlv(0x02, text("a")), tlv(0x05, "01"), tlv(0x04, "")));
		tlvs.add(position, tlv(0x03, "00000000"));
		byte[] header = binary(0x21, INET6 + String.join("", tlvs));
		CRC32C sum = new CRC32C();
		sum.update(header);
		int offset = 16 + 36 + String.join("", tlvs.subList(0, position)).length() / 2 + 3;
		ByteBuffer.wrap(header).putInt(offset, (int) sum.getValue());
		assertThat(read(header).getAuthority()).isEqualTo("a");
		for (int i = 16; i < header.length; i++) {
			byte[] changed = header.clone();
			changed[i] ^= 0x40;
			// A type or a length that is another may hide the checksum or the end
			boolean address = i < 16 + 36;
			boolean checksum = i >= offset && i < offset + 4;
			if (address || checksum) {
				assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> read(changed))
					.withMessageEndingWith("the checksum is wrong");
			}
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					PROXY TCP4 192.0.2.1 198.51.100.2 4660 65536     | the port of the destination is not a number from 0 to 65535
					PROXY TCP4 192.0.2.1 198.51.100.2 99999 443      | the port of the source is not a number from 0 to 65535
					PROXY TCP4 192.0.2.1 198.51.100.2 04660 443      | the port of the source is not a number
					PROXY TCP4 192.0.2.1 198.51.100.2 00 443         | the port of the source is not a number
					PROXY TCP4 192.0.2.1 198.51.100.2 -1 443         | the port of the source is not a number
					PROXY TCP4 192.0.2.1 198.51.100.2 +1 443         | the port of the source is not a number
					PROXY TCP4 192.0.2.1 198.51.100.2 1 0x1          | the port of the destination is not a number
					PROXY TCP4 192.0.2.01 198.51.100.2 4660 443      | the source is not an IPv4 address
					PROXY TCP4 192.0.2 198.51.100.2 4660 443         | the source is not an IPv4 address
					PROXY TCP4 192.0.2.256 198.51.100.2 4660 443     | the source is not an IPv4 address
					PROXY TCP4 localhost 198.51.100.2 4660 443       | the source is not an IPv4 address
					PROXY TCP4 192.0.2.1 3325256706 4660 443         | the destination is not an IPv4 address
					PROXY TCP4 ::1 ::1 4660 443                      | the source is not an IPv4 address
					PROXY TCP4 192.0.2.1 ::ffff:192.0.2.1 4660 443   | the destination is not an IPv4 address
					PROXY TCP6 192.0.2.1 198.51.100.2 4660 443       | the source is not an IPv6 address
					PROXY TCP6 ::1 192.0.2.1 4660 443                | the destination is not an IPv6 address
					PROXY TCP6 fe80::1%1 ::1 4660 443                | the source is not an IPv6 address
					PROXY TCP6 [::1] ::1 4660 443                    | the source is not an IPv6 address
					PROXY TCP6 1::2::3 ::1 4660 443                  | the source is not an IPv6 address
					PROXY TCP4  192.0.2.1 198.51.100.2 4660 443      | one space between them
					PROXY TCP4 192.0.2.1 198.51.100.2 4660 443 1     | one space between them
					'PROXY TCP4 192.0.2.1 198.51.100.2 4660 443 '    | one space between them
					PROXY TCP4 192.0.2.1 198.51.100.2 4660           | one space between them
					PROXY TCP4 192.0.2.1                             | one space between them
					PROXY UNKNOWNS                                   | none of TCP4, TCP6 and UNKNOWN
					PROXY UDP4 192.0.2.1 198.51.100.2 4660 443       | none of TCP4, TCP6 and UNKNOWN
					PROXY tcp4 192.0.2.1 198.51.100.2 4660 443       | none of TCP4, TCP6 and UNKNOWN
					PROXY  TCP4 192.0.2.1 198.51.100.2 4660 443      | none of TCP4, TCP6 and UNKNOWN
					PROXY ????????                                   | none of TCP4, TCP6 and UNKNOWN
					'proxy TCP4 192.0.2.1 198.51.100.2 4660 443'     | it does not begin with a PROXY header
					'GET / HTTP/1.1'                                 | it does not begin with a PROXY header
					""")
	void refusesMalformedLines(String text, String reason) {
		assertMalformed(line(text), reason);
	}

	@ParameterizedTest
	@ValueSource(strings = { "PROXY TCP4 192.0.2.1 198.51.100.2 4660 443\n more",
			"PROXY TCP4 192.0.2.1\r198.51.100.2 4660 443\r\n", "PROXY TCP4 192.0.2.1 198.51.100.2 4660 443\r\r\n",
			"PROXY UNKNOWN\n\r\n", "PROXY UNKNOWN\r\r\n", "PROXY UNKNOWN \n\r", "PROXY \r\nUNKNOWN\r\n" })
	void refusesOtherEndsOfALine(String text) {
		assertMalformed(text.getBytes(StandardCharsets.US_ASCII), "carriage return and a line feed");
	}

	@ParameterizedTest
	@ValueSource(ints = { 106, 107, 108, 1000 })
	void refusesLinesThatAreTooLong(int length) {
		byte[] line = line("PROXY UNKNOWN " + "x".repeat(length - 14));
		Bytes bytes = new Bytes(line, line.length);
		assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> read(new ProxyHeaderReader(), bytes))
			.withMessageContaining("the line is longer than 107 bytes");
		assertThat(bytes.count()).isLessThanOrEqualTo(LONGEST_LINE);
		byte[] unending = ("PROXY TCP4 " + "1".repeat(length)).getBytes(StandardCharsets.US_ASCII);
		assertMalformed(unending, (length < 107 - 11) ? "closed" : "the line is longer than 107 bytes");
	}

	@ParameterizedTest
	@CsvSource({ "00110000, version and command are 0x00", "11110000, version and command are 0x11",
			"31110000, version and command are 0x31", "22110000, version and command are 0x22",
			"2f110000, version and command are 0x2f", "2113000c, family and protocol are 0x13",
			"2110000c, family and protocol are 0x10", "21200024, family and protocol are 0x20",
			"2141000c, family and protocol are 0x41", "21ff000c, family and protocol are 0xff",
			"21110000, it announces 0 bytes", "2111000b, it announces 11 bytes", "2121000c, it announces 12 bytes",
			"21210023, it announces 35 bytes", "21310024, it announces 36 bytes", "213100d7, it announces 215 bytes",
			"21111001, which is more than 4096", "2111ffff, which is more than 4096",
			"20001001, which is more than 4096" })
	void refusesWhatTheFirstSixteenBytesShow(String fields, String reason) {
		Bytes bytes = new Bytes(binary(fields + "00".repeat(300)), 1);
		assertThatExceptionOfType(ProtocolException.class).isThrownBy(() -> read(new ProxyHeaderReader(), bytes))
			.withMessageStartingWith("the PROXY header of version 2 is malformed: ")
			.withMessageContaining(reason);
		assertThat(bytes.count()).isEqualTo(16);
	}

	@ParameterizedTest
	@CsvSource({ "00, ends in the middle of a type", "0200, ends in the middle of a type",
			"020001, type 0x02 has 1 bytes and 0 are left", "04ffff00, type 0x04 has 65535 bytes and 1 are left",
			"0400000200, ends in the middle of a type", "030000, the checksum has 0 bytes", "03000500000000, 5 bytes",
			"03000400000000, the checksum is wrong", "20000400000000, type 0x20 is too short",
			"200000, type 0x20 is too short", "20000601000000ff21, ends in the middle of a type",
			"2000080100000000210001, type 0x21 has 1 bytes and 0 are left" })
	void refusesMalformedValues(String tlvs, String reason) {
		String message = reason.replace(" and ", ", and ");
		assertMalformed(binary(0x11, INET + tlvs), message);
		assertMalformed(binary(0x21, INET6 + tlvs), message);
		assertMalformed(binary(0x00, tlvs), message);
	}

	@ParameterizedTest
	@MethodSource("headers")
	void readsByteByByteAndNotOneMore(byte[] header) throws IOException {
		for (int chunk : new int[] { 1, 2, 3, 7, 14, 16, header.length, Integer.MAX_VALUE }) {
			byte[] stream = Arrays.copyOf(header, header.length + 200);
			Arrays.fill(stream, header.length, stream.length, (byte) '\n');
			Bytes bytes = new Bytes(stream, chunk);
			assertThat(read(new ProxyHeaderReader(), bytes)).hasToString(read(header).toString());
			assertThat(bytes.count()).as("chunks of %d", chunk).isEqualTo(header.length);
		}
	}

	@ParameterizedTest
	@MethodSource("headers")
	void isIncompleteAtEveryLengthAndMalformedIfItEndsThere(byte[] header) throws IOException {
		for (int length = 0; length < header.length; length++) {
			Bytes bytes = new Bytes(Arrays.copyOf(header, length), 5);
			ProxyHeaderReader reader = new ProxyHeaderReader();
			while (!bytes.drained) {
				assertThat(reader.advance(bytes)).isNull();
			}
			Class<? extends IOException> failure = (length == 0) ? EOFException.class : ProtocolException.class;
			assertThatExceptionOfType(failure).as("%d bytes", length)
				.isThrownBy(() -> reader.advance(bytes))
				.withMessageContaining((length == 0) ? "before its PROXY header" : "after %d bytes".formatted(length));
		}
	}

	@ParameterizedTest
	@MethodSource("headers")
	void aSecondHeaderIsData(byte[] header) throws IOException {
		byte[] twice = Arrays.copyOf(header, 2 * header.length);
		System.arraycopy(header, 0, twice, header.length, header.length);
		Bytes bytes = new Bytes(twice, 10);
		read(new ProxyHeaderReader(), bytes);
		assertThat(bytes.count()).isEqualTo(header.length);
	}

	@Test
	void refusesAtTheFirstByteThatDiffers() {
		for (byte[] header : headers().toList()) {
			int signature = (header[0] == 'P') ? 6 : 12;
			for (int i = 0; i < signature; i++) {
				byte[] changed = header.clone();
				changed[i] ^= 0x20;
				Bytes bytes = new Bytes(changed, 1);
				assertThatExceptionOfType(ProtocolException.class)
					.isThrownBy(() -> read(new ProxyHeaderReader(), bytes))
					.withMessage("it does not begin with a PROXY header");
				assertThat(bytes.count()).isEqualTo(i + 1);
			}
		}
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 99, 20260101 })
	void randomBytesAreRefusedAndNothingElseIsThrown(long seed) throws IOException {
		Random random = new Random(seed);
		List<byte[]> headers = headers().toList();
		int refused = 0;
		for (int i = 0; i < 20_000; i++) {
			byte[] stream = changed(headers.get(random.nextInt(headers.size())), random);
			Bytes bytes = new Bytes(stream, 1 + random.nextInt(40));
			try {
				assertThat(read(new ProxyHeaderReader(), bytes).getVersion()).isBetween(1, 2);
			}
			catch (ProtocolException ex) {
				refused++;
				assertThat(ex.getMessage()).matches("[\\x20-\\x7e]+");
			}
			assertThat(bytes.count()).isLessThanOrEqualTo((stream[0] == 'P') ? LONGEST_LINE : MOST_READ);
		}
		assertThat(refused).isGreaterThan(10_000);
	}

	/**
	 * Random bytes behind a signature, or a header some bytes of which are others.
	 */
	private static byte[] changed(byte[] header, Random random) {
		byte[] stream = Arrays.copyOf(header, header.length + random.nextInt(200));
		if (random.nextInt(4) == 0) {
			int begin = (header[0] == 'P') ? 11 : 14;
			for (int i = begin; i < stream.length; i++) {
				stream[i] = (byte) random.nextInt();
			}
			return stream;
		}
		int changes = 1 + random.nextInt(3);
		for (int i = 0; i < changes; i++) {
			int index = 6 + random.nextInt(header.length - 6);
			stream[index] = random.nextBoolean() ? (byte) random.nextInt()
					: (byte) " \r\n.:0".charAt(random.nextInt(6));
		}
		return stream;
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 20260101 })
	void readsWhatNettyWrites(long seed) throws IOException {
		Random random = new Random(seed);
		EmbeddedChannel encoder = new EmbeddedChannel(HAProxyMessageEncoder.INSTANCE);
		for (int i = 0; i < HEADERS; i++) {
			HAProxyMessage message = message(random);
			encoder.writeOutbound(message.retain());
			ByteBuf encoded = encoder.readOutbound();
			byte[] header = ByteBufUtil.getBytes(encoded);
			encoded.release();
			byte[] stream = Arrays.copyOf(header, header.length + 1 + random.nextInt(100));
			Bytes bytes = new Bytes(stream, 1 + random.nextInt(64));
			assertSame(message, read(new ProxyHeaderReader(), bytes), "seed %d, header %d".formatted(seed, i));
			assertThat(bytes.count()).isEqualTo(header.length);
			message.release();
		}
		encoder.finishAndReleaseAll();
	}

	private static void assertSame(HAProxyMessage message, ProxyHeader header, String description) {
		HAProxyProxiedProtocol protocol = message.proxiedProtocol();
		assertThat(header.getVersion()).isEqualTo((message.protocolVersion() == HAProxyProtocolVersion.V1) ? 1 : 2);
		if (protocol == HAProxyProxiedProtocol.UNKNOWN || message.command() == HAProxyCommand.LOCAL) {
			assertLocal(header, header.getVersion());
			return;
		}
		assertThat(header.getSource()).as(description)
			.isEqualTo(address(protocol, message.sourceAddress(), message.sourcePort()));
		assertThat(header.getDestination()).as(description)
			.isEqualTo(address(protocol, message.destinationAddress(), message.destinationPort()));
		for (HAProxyTLV tlv : message.tlvs()) {
			if (tlv instanceof HAProxySSLTLV ssl) {
				assertThat(header.getSsl()).as(description)
					.isEqualTo(new ProxyHeader.Ssl(ssl.client(), ssl.verify(),
							sub(ssl, HAProxyTLV.Type.PP2_TYPE_SSL_VERSION), sub(ssl, HAProxyTLV.Type.PP2_TYPE_SSL_CN),
							null));
			}
			else {
				assertThat(header.getTlv(tlv.typeByteValue() & 0xff)).as(description)
					.isEqualTo(ByteBufUtil.getBytes(tlv.content()));
			}
		}
	}

	private static @Nullable String sub(HAProxySSLTLV ssl, HAProxyTLV.Type type) {
		return ssl.encapsulatedTLVs()
			.stream()
			.filter((tlv) -> tlv.type() == type)
			.findFirst()
			.map((tlv) -> tlv.content().toString(StandardCharsets.UTF_8))
			.orElse(null);
	}

	private static SocketAddress address(HAProxyProxiedProtocol protocol, String host, int port) {
		return (protocol.addressFamily() == HAProxyProxiedProtocol.AddressFamily.AF_UNIX)
				? UnixDomainSocketAddress.of(host) : new InetSocketAddress(host, port);
	}

	private static HAProxyMessage message(Random random) {
		HAProxyProxiedProtocol[] protocols = HAProxyProxiedProtocol.values();
		boolean line = random.nextBoolean();
		// Netty cannot write a line with UNKNOWN
		HAProxyProxiedProtocol protocol = line
				? List.of(HAProxyProxiedProtocol.TCP4, HAProxyProxiedProtocol.TCP6).get(random.nextInt(2))
				: protocols[random.nextInt(protocols.length)];
		HAProxyCommand command = (!line && random.nextInt(5) == 0) ? HAProxyCommand.LOCAL : HAProxyCommand.PROXY;
		boolean ports = switch (protocol.addressFamily()) {
			case AF_IPv4, AF_IPv6 -> true;
			case AF_UNIX, AF_UNSPEC -> false;
		};
		List<HAProxyTLV> tlvs = (line || protocol == HAProxyProxiedProtocol.UNKNOWN) ? Collections.emptyList()
				: tlvs(random);
		return new HAProxyMessage(line ? HAProxyProtocolVersion.V1 : HAProxyProtocolVersion.V2, command, protocol,
				host(protocol, random), host(protocol, random), ports ? 1 + random.nextInt(65535) : 0,
				ports ? 1 + random.nextInt(65535) : 0, tlvs);
	}

	private static @Nullable String host(HAProxyProxiedProtocol protocol, Random random) {
		return switch (protocol.addressFamily()) {
			case AF_IPv4 -> "%d.%d.%d.%d".formatted(random.nextInt(256), random.nextInt(256), random.nextInt(256),
					random.nextInt(256));
			case AF_IPv6 ->
				random.nextBoolean() ? "2001:db8::%x:%x".formatted(random.nextInt(65536), random.nextInt(65536))
						: "%x:%x:%x:%x:%x:%x:%x:%x".formatted(random.ints(8, 0, 65536).boxed().toArray());
			case AF_UNIX -> "/run/" + "p".repeat(1 + random.nextInt(100));
			case AF_UNSPEC -> null;
		};
	}

	private static List<HAProxyTLV> tlvs(Random random) {
		List<HAProxyTLV> tlvs = new ArrayList<>();
		for (int type : new int[] { 0x01, 0x02, 0x04, 0x05, 0x30, 0xe0, 0xea, 0xff }) {
			if (random.nextInt(4) == 0) {
				byte[] value = new byte[random.nextInt(300)];
				random.nextBytes(value);
				tlvs.add(new HAProxyTLV((byte) type, Unpooled.wrappedBuffer(value)));
			}
		}
		if (random.nextBoolean()) {
			List<HAProxyTLV> encapsulated = new ArrayList<>();
			encapsulated.add(new HAProxyTLV(HAProxyTLV.Type.PP2_TYPE_SSL_VERSION,
					Unpooled.copiedBuffer("TLSv1." + random.nextInt(4), StandardCharsets.US_ASCII)));
			if (random.nextBoolean()) {
				encapsulated.add(new HAProxyTLV(HAProxyTLV.Type.PP2_TYPE_SSL_CN,
						Unpooled.copiedBuffer("Zoë " + random.nextInt(), StandardCharsets.UTF_8)));
			}
			tlvs.add(new HAProxySSLTLV(random.nextInt(), (byte) random.nextInt(8), encapsulated));
		}
		return tlvs;
	}

	@ParameterizedTest
	@MethodSource("headers")
	void leavesTheByteAfterTheHeaderInTheChannel(byte[] header) throws IOException {
		try (Peer peer = Peer.listening(); SocketChannel client = SocketChannel.open(peer.address())) {
			SocketChannel accepted = peer.accept();
			accepted.configureBlocking(false);
			ProxyHeaderReader reader = new ProxyHeaderReader();
			assertThat(reader.advance(accepted)).isNull();
			client.write(ByteBuffer.wrap(header, 0, header.length - 1));
			client.write(ByteBuffer.wrap(header, header.length - 1, 1));
			Peer.write(client, "\nmore");
			ProxyHeader[] result = new ProxyHeader[1];
			Await.await().until(() -> {
				result[0] = reader.advance(accepted);
				return result[0] != null;
			});
			assertThat(result[0]).hasToString(read(header).toString());
			assertThat(Peer.read(accepted, 5)).isEqualTo("\nmore");
		}
	}

	@Test
	void readsByteByByteFromASocket() throws IOException {
		byte[] header = line("PROXY TCP4 192.0.2.1 198.51.100.2 4660 443");
		try (Peer peer = Peer.listening(); SocketChannel client = SocketChannel.open(peer.address())) {
			SocketChannel accepted = peer.accept();
			accepted.configureBlocking(false);
			ProxyHeaderReader reader = new ProxyHeaderReader();
			for (int i = 0; i < header.length - 1; i++) {
				client.write(ByteBuffer.wrap(header, i, 1));
				assertThat(reader.advance(accepted)).isNull();
			}
			client.write(ByteBuffer.wrap(header, header.length - 1, 1));
			Peer.write(client, "x");
			Await.await().until(() -> reader.advance(accepted) != null);
			assertThat(Peer.read(accepted, 1)).isEqualTo("x");
		}
	}

	private static void assertMalformed(byte[] header, String reason) {
		for (int chunk : new int[] { 1, 4, Integer.MAX_VALUE }) {
			assertThatExceptionOfType(ProtocolException.class)
				.isThrownBy(() -> read(new ProxyHeaderReader(), new Bytes(header, chunk)))
				.withMessageContaining(reason);
		}
	}

	private static ProxyHeader read(byte[] header) throws IOException {
		return read(new ProxyHeaderReader(), new Bytes(header, Integer.MAX_VALUE));
	}

	private static ProxyHeader read(ProxyHeaderReader reader, Bytes bytes) throws IOException {
		ProxyHeader header = null;
		while (header == null) {
			header = reader.advance(bytes);
		}
		return header;
	}

	private static byte[] line(String text) {
		return (text + "\r\n").getBytes(StandardCharsets.US_ASCII);
	}

	private static byte[] binary(String afterSignature) {
		return HexFormat.of().parseHex(SIGNATURE + afterSignature);
	}

	private static byte[] binary(int family, String following) {
		return binary("21%02x%04x%s".formatted(family, following.length() / 2, following));
	}

	private static String tlv(int type, String value) {
		return "%02x%04x%s".formatted(type, value.length() / 2, value);
	}

	private static String text(String value) {
		return HexFormat.of().formatHex(value.getBytes(StandardCharsets.UTF_8));
	}

	private static String path(String path) {
		return HexFormat.of().formatHex(Arrays.copyOf(path.getBytes(StandardCharsets.UTF_8), 108));
	}

	/**
	 * Gives bytes in chunks, as a channel in non-blocking mode does, then nothing and
	 * then the end.
	 */
	private static final class Bytes implements ReadableByteChannel {

		private final ByteBuffer bytes;

		private final int chunk;

		private boolean drained;

		private Bytes(byte[] bytes, int chunk) {
			this.bytes = ByteBuffer.wrap(bytes);
			this.chunk = chunk;
		}

		private int count() {
			return this.bytes.position();
		}

		@Override
		public int read(ByteBuffer target) {
			if (!this.bytes.hasRemaining()) {
				int result = this.drained ? -1 : 0;
				this.drained = true;
				return result;
			}
			int count = Math.min(this.chunk, Math.min(target.remaining(), this.bytes.remaining()));
			target.put(this.bytes.slice(this.bytes.position(), count));
			this.bytes.position(this.bytes.position() + count);
			return count;
		}

		@Override
		public boolean isOpen() {
			return true;
		}

		@Override
		public void close() {
		}

	}

}
