package dev.socketfactory;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text form of IP addresses, that of IPv6 as RFC 5952 recommends: the longest run of
 * zeros is left out.
 */
final class AddressText {

	private static final Pattern ZEROS = Pattern.compile("(?<![0-9a-f])0(:0)+(?![0-9a-f])");

	private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(%[A-Za-z0-9_.-]+)?");

	private AddressText() {
	}

	/**
	 * Return whether a text is an IPv6 address, without brackets, perhaps with a scope,
	 * which need not exist.
	 */
	static boolean isIpv6(String text) {
		if (!IPV6.matcher(text).matches()) {
			return false;
		}
		try {
			// The brackets keep the JDK from asking the resolver
			InetAddress.getByName("[" + text.replaceFirst("%.*", "") + "]");
			return true;
		}
		catch (UnknownHostException ex) {
			return false;
		}
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
