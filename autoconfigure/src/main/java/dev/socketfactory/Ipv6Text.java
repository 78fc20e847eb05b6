package dev.socketfactory;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text form of IP addresses, that of IPv6 as RFC 5952 recommends: the longest run of
 * zeros is left out.
 */
final class Ipv6Text {

	private static final Pattern ZEROS = Pattern.compile("(?<![0-9a-f])0(:0)+(?![0-9a-f])");

	private Ipv6Text() {
	}

	static String of(InetAddress address) {
		String text = address.getHostAddress();
		return (address instanceof Inet6Address) ? shorten(text) : text;
	}

	private static String shorten(String text) {
		String longest = "";
		Matcher matcher = ZEROS.matcher(text);
		while (matcher.find()) {
			longest = (matcher.group().length() > longest.length()) ? matcher.group() : longest;
		}
		if (longest.isEmpty()) {
			return text;
		}
		return text.replaceFirst("(^|:)" + longest + "(:|$|(?=%))", "::").replaceFirst(":::+", "::");
	}

}
