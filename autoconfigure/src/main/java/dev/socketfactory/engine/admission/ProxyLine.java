package dev.socketfactory.engine.admission;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;

import dev.socketfactory.ProxyHeader;

/**
 * Version 1 of the PROXY protocol, a line of text.
 */
final class ProxyLine {

	/**
	 * With the end of the line.
	 */
	static final int LONGEST = 107;

	private static final byte[] SIGNATURE = "PROXY ".getBytes(StandardCharsets.US_ASCII);

	private static final String UNKNOWN = "PROXY UNKNOWN";

	private static final String TCP4 = "PROXY TCP4 ";

	private static final String TCP6 = "PROXY TCP6 ";

	/**
	 * The words of a line with addresses: PROXY, the family, two addresses, two ports.
	 */
	private static final int WORDS = 6;

	private static final int MAX_PORT = 65535;

	private ProxyLine() {
	}

	/**
	 * Return whether what was read may be the begin of a line.
	 */
	static boolean mayBegin(ByteBuffer read) {
		return BinaryProxyHeader.matches(read, SIGNATURE);
	}

	/**
	 * Return how many bytes of the line are missing at least, so that a read of so many
	 * does not overrun it.
	 * @return the number, 0 if the line is complete
	 * @throws ProtocolException if this cannot become a line
	 */
	static int missing(ByteBuffer read) throws ProtocolException {
		int missing = missingAtLeast(read);
		if (read.position() + missing > LONGEST) {
			throw malformed("the line is longer than %d bytes".formatted(LONGEST));
		}
		return missing;
	}

	private static int missingAtLeast(ByteBuffer read) throws ProtocolException {
		int spaces = 0;
		for (int i = 0; i < read.position(); i++) {
			byte next = read.get(i);
			if (next == '\r' || next == '\n') {
				return missingAfter(read, i);
			}
			spaces += (next == ' ') ? 1 : 0;
		}
		// Before each word that is missing stands a space
		return 2 * Math.max(countWords(read) - 1 - spaces, 0) + 2;
	}

	/**
	 * Return how many words the line has at least.
	 */
	private static int countWords(ByteBuffer read) throws ProtocolException {
		String begin = text(read, UNKNOWN.length());
		if (begin.equals(UNKNOWN)) {
			return 2;
		}
		if (begin.startsWith(TCP4) || begin.startsWith(TCP6)) {
			return WORDS;
		}
		throw malformed("the protocol is none of TCP4, TCP6 and UNKNOWN");
	}

	private static int missingAfter(ByteBuffer read, int index) throws ProtocolException {
		int end = read.position();
		boolean carriageReturn = read.get(index) == '\r';
		if (carriageReturn && index == end - 1) {
			return 1;
		}
		if (carriageReturn && index == end - 2 && read.get(end - 1) == '\n') {
			return 0;
		}
		throw malformed("the line does not end in a carriage return and a line feed");
	}

	static ProxyHeader parse(ByteBuffer line) throws ProtocolException {
		String text = text(line, line.position() - 2);
		if (text.equals(UNKNOWN) || text.startsWith(UNKNOWN + " ")) {
			return new ProxyHeader(1, true, null, null, Collections.emptyMap(), null);
		}
		boolean ipv4 = text.startsWith(TCP4);
		if (!ipv4 && !text.startsWith(TCP6)) {
			throw malformed("the protocol is none of TCP4, TCP6 and UNKNOWN");
		}
		String[] words = text.split(" ", -1);
		if (words.length != WORDS) {
			throw malformed("there are not two addresses and two ports with one space between them");
		}
		int length = ipv4 ? IpAddresses.IPV4_LENGTH : IpAddresses.IPV6_LENGTH;
		return new ProxyHeader(1, false, address("source", words[2], words[4], length),
				address("destination", words[3], words[5], length), Collections.emptyMap(), null);
	}

	private static InetSocketAddress address(String end, String host, String port, int length)
			throws ProtocolException {
		byte[] address = IpAddresses.parse(host);
		if (address == null || address.length != length) {
			throw malformed(
					"the %s is not an IPv%d address".formatted(end, (length == IpAddresses.IPV4_LENGTH) ? 4 : 6));
		}
		int number = IpAddresses.parseNumber(port, MAX_PORT);
		if (number < 0) {
			throw malformed("the port of the %s is not a number from 0 to %d".formatted(end, MAX_PORT));
		}
		try {
			return new InetSocketAddress(InetAddress.getByAddress(address), number);
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String text(ByteBuffer line, int length) {
		return new String(line.array(), 0, length, StandardCharsets.ISO_8859_1);
	}

	private static ProtocolException malformed(String reason) {
		return new ProtocolException("the PROXY header of version 1 is malformed: " + reason);
	}

}
