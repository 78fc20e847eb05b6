package dev.socketfactory.engine.admission;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32C;

import dev.socketfactory.ProxyHeader;
import org.jspecify.annotations.Nullable;

/**
 * Version 2 of the PROXY protocol: sixteen bytes, the last two of which say how many
 * follow, then addresses, then values with their types and lengths (TLV).
 */
final class BinaryProxyHeader {

	/**
	 * What may follow the first sixteen bytes. The longest addresses take 216, and
	 * proxies are known to send some hundred more. What is announced is allocated for
	 * each connection that waits, whatever of it comes.
	 */
	static final int MOST_FOLLOWING = 4096;

	private static final byte[] SIGNATURE = { 0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a };

	private static final int VERSION_AND_COMMAND = 12;

	private static final int FAMILY_AND_PROTOCOL = 13;

	private static final int LENGTH = 14;

	private static final int FIXED = 16;

	private static final int LOCAL = 0x20;

	private static final int PROXY = 0x21;

	private static final int PATH_LENGTH = 108;

	private static final int SSL_VERSION = 0x21;

	private static final int SSL_COMMON_NAME = 0x22;

	private static final int SSL_CIPHER = 0x23;

	private BinaryProxyHeader() {
	}

	/**
	 * Return whether what was read may be the begin of a header.
	 */
	static boolean mayBegin(ByteBuffer read) {
		return matches(read, SIGNATURE);
	}

	static boolean matches(ByteBuffer read, byte[] signature) {
		int count = Math.min(read.position(), signature.length);
		for (int i = 0; i < count; i++) {
			if (read.get(i) != signature[i]) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Return how many bytes of the header are missing. All that its first sixteen show to
	 * be wrong is refused before the others have come.
	 * @return the number, 0 if the header is complete; before it has sixteen bytes, how
	 * many it takes for that
	 * @throws ProtocolException if the header is malformed
	 */
	static int missing(ByteBuffer read) throws ProtocolException {
		if (read.position() < FIXED) {
			return FIXED - read.position();
		}
		int length = read.getShort(LENGTH) & 0xffff;
		int command = read.get(VERSION_AND_COMMAND) & 0xff;
		if (command != LOCAL && command != PROXY) {
			throw malformed("version and command are 0x%02x, which is neither LOCAL nor PROXY".formatted(command));
		}
		if (length > MOST_FOLLOWING) {
			throw malformed("it announces %d bytes, which is more than %d".formatted(length, MOST_FOLLOWING));
		}
		if (command == PROXY && length < Family.of(read).length) {
			throw malformed("it announces %d bytes, and addresses of the family take %d".formatted(length,
					Family.of(read).length));
		}
		return FIXED + length - read.position();
	}

	/**
	 * Read a complete header. That of {@code LOCAL} has a family and values too, which
	 * the specification wants to be discarded.
	 */
	static ProxyHeader parse(ByteBuffer header) throws ProtocolException {
		if ((header.get(VERSION_AND_COMMAND) & 0xff) == LOCAL) {
			return new ProxyHeader(2, true, null, null, Collections.emptyMap(), null);
		}
		Family family = Family.of(header);
		header.flip().position(FIXED);
		ByteBuffer addresses = header.slice(FIXED, family.length);
		Map<Integer, ByteBuffer> tlvs = readTlvs(header.position(FIXED + family.length));
		verify(header, tlvs.get(ProxyHeader.TLV_CRC32C));
		Map<Integer, byte[]> values = new HashMap<>();
		tlvs.forEach((type, value) -> values.put(type, bytes(value)));
		ProxyHeader.Ssl ssl = readSsl(tlvs.get(ProxyHeader.TLV_SSL));
		return switch (family) {
			case UNSPEC -> new ProxyHeader(2, true, null, null, values, ssl);
			case UNIX -> new ProxyHeader(2, false, path(addresses, 0), path(addresses, PATH_LENGTH), values, ssl);
			case INET, INET6 -> new ProxyHeader(2, false, address(addresses, 0), address(addresses, 1), values, ssl);
		};
	}

	/**
	 * Return an address: two of them are followed by two ports.
	 */
	private static InetSocketAddress address(ByteBuffer addresses, int index) {
		byte[] address = new byte[addresses.capacity() / 2 - Short.BYTES];
		addresses.get(index * address.length, address);
		int port = addresses.getShort(2 * address.length + index * Short.BYTES) & 0xffff;
		try {
			return new InetSocketAddress(InetAddress.getByAddress(address), port);
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Return a path, which ends at its first zero.
	 * @return the path, {@code null} if the socket has none, an abstract name or a path
	 * that the JDK cannot express
	 */
	private static @Nullable SocketAddress path(ByteBuffer addresses, int offset) {
		int length = 0;
		while (length < PATH_LENGTH && addresses.get(offset + length) != 0) {
			length++;
		}
		try {
			return (length > 0)
					? UnixDomainSocketAddress
						.of(StandardCharsets.UTF_8.newDecoder().decode(addresses.slice(offset, length)).toString())
					: null;
		}
		catch (CharacterCodingException | InvalidPathException ex) {
			return null;
		}
	}

	/**
	 * Return the values by their type, of several with the same type the first.
	 */
	private static Map<Integer, ByteBuffer> readTlvs(ByteBuffer block) throws ProtocolException {
		if (!block.hasRemaining()) {
			return Collections.emptyMap();
		}
		Map<Integer, ByteBuffer> tlvs = new HashMap<>();
		while (block.hasRemaining()) {
			if (block.remaining() < 1 + Short.BYTES) {
				throw malformed("it ends in the middle of a type and a length");
			}
			int type = block.get() & 0xff;
			int length = block.getShort() & 0xffff;
			if (length > block.remaining()) {
				throw malformed("the value of type 0x%02x has %d bytes, and %d are left".formatted(type, length,
						block.remaining()));
			}
			tlvs.putIfAbsent(type, block.slice(block.position(), length));
			block.position(block.position() + length);
		}
		return tlvs;
	}

	/**
	 * Verify the checksum of a header, in which four zeros stand for the checksum itself.
	 */
	private static void verify(ByteBuffer header, @Nullable ByteBuffer checksum) throws ProtocolException {
		if (checksum == null) {
			return;
		}
		if (checksum.capacity() != Integer.BYTES) {
			throw malformed("the checksum has %d bytes, not %d".formatted(checksum.capacity(), Integer.BYTES));
		}
		int offset = checksum.arrayOffset();
		CRC32C sum = new CRC32C();
		sum.update(header.array(), 0, offset);
		sum.update(new byte[Integer.BYTES]);
		sum.update(header.array(), offset + Integer.BYTES, header.limit() - offset - Integer.BYTES);
		if ((int) sum.getValue() != checksum.getInt(0)) {
			throw malformed("the checksum is wrong");
		}
	}

	private static ProxyHeader.@Nullable Ssl readSsl(@Nullable ByteBuffer value) throws ProtocolException {
		if (value == null) {
			return null;
		}
		if (value.capacity() < 1 + Integer.BYTES) {
			throw malformed("the value of type 0x%02x is too short".formatted(ProxyHeader.TLV_SSL));
		}
		int client = value.get(0) & 0xff;
		Map<Integer, ByteBuffer> tlvs = readTlvs(value.position(1 + Integer.BYTES));
		return new ProxyHeader.Ssl(client, value.getInt(1), text(tlvs.get(SSL_VERSION)),
				text(tlvs.get(SSL_COMMON_NAME)), text(tlvs.get(SSL_CIPHER)));
	}

	private static @Nullable String text(@Nullable ByteBuffer value) {
		return (value != null) ? new String(bytes(value), StandardCharsets.UTF_8) : null;
	}

	private static byte[] bytes(ByteBuffer value) {
		byte[] bytes = new byte[value.capacity()];
		value.get(0, bytes);
		return bytes;
	}

	private static ProtocolException malformed(String reason) {
		return new ProtocolException("the PROXY header of version 2 is malformed: " + reason);
	}

	/**
	 * A family of addresses.
	 */
	private enum Family {

		UNSPEC(0), INET(2 * IpAddresses.IPV4_LENGTH + 2 * Short.BYTES),
		INET6(2 * IpAddresses.IPV6_LENGTH + 2 * Short.BYTES), UNIX(2 * PATH_LENGTH);

		/**
		 * Bytes that the addresses of both ends take.
		 */
		private final int length;

		Family(int length) {
			this.length = length;
		}

		private static Family of(ByteBuffer header) throws ProtocolException {
			int value = header.get(FAMILY_AND_PROTOCOL) & 0xff;
			return switch (value) {
				case 0x00, 0x01, 0x02 -> UNSPEC;
				case 0x11, 0x12 -> INET;
				case 0x21, 0x22 -> INET6;
				case 0x31, 0x32 -> UNIX;
				default -> throw malformed("family and protocol are 0x%02x, which is none known".formatted(value));
			};
		}

	}

}
