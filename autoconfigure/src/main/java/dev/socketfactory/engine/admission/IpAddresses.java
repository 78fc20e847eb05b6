package dev.socketfactory.engine.admission;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;

import org.jspecify.annotations.Nullable;

/**
 * Addresses as numbers of 128 bits, those of IPv4 where
 * <a href="https://www.rfc-editor.org/rfc/rfc4291#section-2.5.5.2">RFC 4291</a> maps
 * them, and the only texts of them that mean the same to every reader. Nothing is ever
 * looked up.
 */
final class IpAddresses {

	static final int IPV4_LENGTH = 4;

	static final int IPV6_LENGTH = 16;

	static final int BITS = 128;

	private static final int GROUPS = 8;

	private static final int LONGEST_GROUP = 4;

	private static final int LONGEST_NUMBER = 5;

	private static final long MAPPED = 0xffff;

	private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

	private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

	private IpAddresses() {
	}

	/**
	 * Return the upper 64 bits.
	 */
	static long high(byte[] address) {
		return (address.length == IPV4_LENGTH) ? 0 : (long) LONGS.get(address, 0);
	}

	/**
	 * Return the lower 64 bits.
	 */
	static long low(byte[] address) {
		return (address.length == IPV4_LENGTH)
				? MAPPED << Integer.SIZE | Integer.toUnsignedLong((int) INTS.get(address, 0))
				: (long) LONGS.get(address, Long.BYTES);
	}

	static boolean isIpv4(long high, long low) {
		return high == 0 && low >>> Integer.SIZE == MAPPED;
	}

	/**
	 * Return the upper half of a mask.
	 * @param prefix number of leading ones, from 0 to 128
	 */
	static long maskHigh(int prefix) {
		return (prefix == 0) ? 0 : -1L << Math.max(Long.SIZE - prefix, 0);
	}

	/**
	 * Return the lower half of a mask.
	 * @param prefix number of leading ones, from 0 to 128
	 */
	static long maskLow(int prefix) {
		return (prefix <= Long.SIZE) ? 0 : -1L << BITS - prefix;
	}

	static int compare(long high, long low, long otherHigh, long otherLow) {
		int result = Long.compareUnsigned(high, otherHigh);
		return (result != 0) ? result : Long.compareUnsigned(low, otherLow);
	}

	/**
	 * Read an address: four octets without leading zeros, or the forms of RFC 4291
	 * without a scope.
	 * @return 4 or 16 bytes, {@code null} if the text is no address
	 */
	static byte @Nullable [] parse(String text) {
		return (text.indexOf(':') < 0) ? parseIpv4(text) : parseIpv6(text);
	}

	/**
	 * Read a decimal number without sign and without leading zeros.
	 * @return the number, {@code -1} if the text is none from 0 to {@code most}
	 */
	static int parseNumber(String text, int most) {
		boolean leadingZero = text.length() > 1 && text.charAt(0) == '0';
		if (text.isEmpty() || text.length() > LONGEST_NUMBER || leadingZero) {
			return -1;
		}
		int number = 0;
		for (int i = 0; i < text.length(); i++) {
			int digit = text.charAt(i) - '0';
			if (digit < 0 || digit > 9) {
				return -1;
			}
			number = number * 10 + digit;
		}
		return (number <= most) ? number : -1;
	}

	private static byte @Nullable [] parseIpv4(String text) {
		String[] octets = text.split("\\.", -1);
		if (octets.length != IPV4_LENGTH) {
			return null;
		}
		byte[] address = new byte[IPV4_LENGTH];
		for (int i = 0; i < IPV4_LENGTH; i++) {
			int octet = parseNumber(octets[i], 255);
			if (octet < 0) {
				return null;
			}
			address[i] = (byte) octet;
		}
		return address;
	}

	private static byte @Nullable [] parseIpv6(String text) {
		int gap = text.indexOf("::");
		if (gap < 0) {
			byte[] address = parseGroups(text, true);
			return (address != null && address.length == IPV6_LENGTH) ? address : null;
		}
		byte[] head = parseGroups(text.substring(0, gap), false);
		byte[] tail = parseGroups(text.substring(gap + 2), true);
		if (head == null || tail == null || head.length + tail.length > IPV6_LENGTH - 2) {
			return null;
		}
		byte[] address = Arrays.copyOf(head, IPV6_LENGTH);
		System.arraycopy(tail, 0, address, IPV6_LENGTH - tail.length, tail.length);
		return address;
	}

	/**
	 * Read what is on one side of the gap.
	 * @param last whether the text may end in an IPv4 address
	 */
	private static byte @Nullable [] parseGroups(String text, boolean last) {
		if (text.isEmpty()) {
			return new byte[0];
		}
		String[] groups = text.split(":", -1);
		if (groups.length > GROUPS) {
			return null;
		}
		ByteBuffer bytes = ByteBuffer.allocate(IPV6_LENGTH + 2);
		for (int i = 0; i < groups.length; i++) {
			byte[] embedded = (last && i == groups.length - 1) ? parseIpv4(groups[i]) : null;
			if (embedded != null) {
				bytes.put(embedded);
			}
			else if (isGroup(groups[i])) {
				bytes.putShort((short) HexFormat.fromHexDigits(groups[i]));
			}
			else {
				return null;
			}
		}
		return Arrays.copyOf(bytes.array(), bytes.position());
	}

	private static boolean isGroup(String text) {
		return !text.isEmpty() && text.length() <= LONGEST_GROUP && text.chars().allMatch(HexFormat::isHexDigit);
	}

}
