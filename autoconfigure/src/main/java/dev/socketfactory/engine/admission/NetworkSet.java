package dev.socketfactory.engine.admission;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Networks and addresses as they are configured, such as {@code "10.0.0.0/8"},
 * {@code "192.0.2.7"} and {@code "2001:db8::/32"}. Host names are refused, because what
 * they stand for changes. An address of IPv4 that is written as one of IPv6
 * ({@code "::ffff:192.0.2.7"}) counts as IPv4, and apart from that no network of one
 * family has an address of the other.
 * <p>
 * Immutable. However many networks there are, an address is searched and not compared
 * with each.
 *
 * @since 0.1.0
 */
public final class NetworkSet {

	private static final int MAPPED_BITS = IpAddresses.BITS - Integer.SIZE;

	private final List<String> networks;

	private final Ranges ipv4;

	private final Ranges ipv6;

	private NetworkSet(List<String> networks, List<Range> ipv4, List<Range> ipv6) {
		this.networks = networks;
		this.ipv4 = new Ranges(ipv4);
		this.ipv6 = new Ranges(ipv6);
	}

	/**
	 * Read a list.
	 * @param name what a message calls the list, such as {@code "access.allow"}
	 * @param networks the networks and addresses; their order means nothing
	 * @return the set
	 * @throws InvalidRuleException if an element is neither a network nor an address
	 */
	public static NetworkSet of(String name, List<String> networks) {
		List<Range> ipv4 = new ArrayList<>();
		List<Range> ipv6 = new ArrayList<>();
		for (int i = 0; i < networks.size(); i++) {
			try {
				Range range = Range.parse(networks.get(i));
				(range.isIpv4() ? ipv4 : ipv6).add(range);
			}
			catch (MalformedNetworkException ex) {
				throw new InvalidRuleException(name, i, networks.get(i), ex.reason, ex.action, ex);
			}
		}
		return new NetworkSet(List.copyOf(networks), ipv4, ipv6);
	}

	/**
	 * Return whether the address is one of these or in one of these networks.
	 * @param address the address, the scope of which means nothing
	 * @return whether it is
	 */
	public boolean contains(InetAddress address) {
		byte[] bytes = address.getAddress();
		return contains(IpAddresses.high(bytes), IpAddresses.low(bytes));
	}

	boolean contains(long high, long low) {
		return (IpAddresses.isIpv4(high, low) ? this.ipv4 : this.ipv6).contains(high, low);
	}

	/**
	 * Return whether there is no network.
	 * @return whether there is none
	 */
	public boolean isEmpty() {
		return this.networks.isEmpty();
	}

	/**
	 * Return the texts that the set was made of.
	 * @return the networks and addresses
	 */
	public List<String> getNetworks() {
		return this.networks;
	}

	@Override
	public String toString() {
		return this.networks.toString();
	}

	/**
	 * Ranges in their order, none of which has an address of another.
	 */
	private static final class Ranges {

		/**
		 * The upper and the lower half of each first address.
		 */
		private final long[] first;

		private final long[] last;

		private final int count;

		private Ranges(List<Range> ranges) {
			List<Range> disjoint = disjoint(ranges);
			this.count = disjoint.size();
			this.first = new long[2 * this.count];
			this.last = new long[2 * this.count];
			for (int i = 0; i < this.count; i++) {
				Range range = disjoint.get(i);
				this.first[2 * i] = range.firstHigh;
				this.first[2 * i + 1] = range.firstLow;
				this.last[2 * i] = range.lastHigh;
				this.last[2 * i + 1] = range.lastLow;
			}
		}

		/**
		 * Networks do not overlap in part: what begins in the range before it is all of
		 * it inside.
		 */
		private static List<Range> disjoint(List<Range> ranges) {
			List<Range> sorted = new ArrayList<>(ranges);
			sorted.sort(Range.ORDER);
			List<Range> result = new ArrayList<>();
			for (Range range : sorted) {
				if (result.isEmpty() || !result.get(result.size() - 1).contains(range.firstHigh, range.firstLow)) {
					result.add(range);
				}
			}
			return result;
		}

		private boolean contains(long high, long low) {
			int from = 0;
			int to = this.count;
			while (from < to) {
				int middle = (from + to) >>> 1;
				if (compare(this.first, middle, high, low) <= 0) {
					from = middle + 1;
				}
				else {
					to = middle;
				}
			}
			return from > 0 && compare(this.last, from - 1, high, low) >= 0;
		}

		private static int compare(long[] bounds, int index, long high, long low) {
			return IpAddresses.compare(bounds[2 * index], bounds[2 * index + 1], high, low);
		}

	}

	/**
	 * The first and the last address of a network.
	 */
	private record Range(long firstHigh, long firstLow, long lastHigh, long lastLow) {

		/**
		 * By the first address, and the largest network before those inside of it.
		 */
		private static final Comparator<Range> ORDER = (one, other) -> {
			int first = IpAddresses.compare(one.firstHigh, one.firstLow, other.firstHigh, other.firstLow);
			return (first != 0) ? first : IpAddresses.compare(other.lastHigh, other.lastLow, one.lastHigh, one.lastLow);
		};

		private static Range parse(String text) {
			int slash = text.indexOf('/');
			String host = (slash < 0) ? text : text.substring(0, slash);
			byte[] address = IpAddresses.parse(host);
			if (address == null) {
				throw MalformedNetworkException.noAddress(host);
			}
			int bits = Byte.SIZE * address.length;
			int prefix = (slash < 0) ? bits : IpAddresses.parseNumber(text.substring(slash + 1), bits);
			if (prefix < 0) {
				throw MalformedNetworkException.prefix(host, bits);
			}
			return of(address, host, prefix);
		}

		private static Range of(byte[] address, String host, int prefix) {
			int leading = prefix + IpAddresses.BITS - Byte.SIZE * address.length;
			long high = IpAddresses.high(address);
			long low = IpAddresses.low(address);
			long hostHigh = ~IpAddresses.maskHigh(leading);
			long hostLow = ~IpAddresses.maskLow(leading);
			if ((high & hostHigh) != 0 || (low & hostLow) != 0) {
				throw MalformedNetworkException.hostBits(address, host, prefix);
			}
			return new Range(high, low, high | hostHigh, low | hostLow);
		}

		private boolean isIpv4() {
			return IpAddresses.isIpv4(this.firstHigh, this.firstLow) && IpAddresses.isIpv4(this.lastHigh, this.lastLow);
		}

		private boolean contains(long high, long low) {
			return IpAddresses.compare(this.firstHigh, this.firstLow, high, low) <= 0
					&& IpAddresses.compare(this.lastHigh, this.lastLow, high, low) >= 0;
		}

	}

	/**
	 * Says what is wrong with an element, and what would be right.
	 */
	@SuppressWarnings("serial")
	private static final class MalformedNetworkException extends IllegalArgumentException {

		private final String reason;

		private final String action;

		private MalformedNetworkException(String reason, String action) {
			super("%s. %s".formatted(reason, action));
			this.reason = reason;
			this.action = action;
		}

		private static MalformedNetworkException noAddress(String host) {
			if (host.isBlank()) {
				return new MalformedNetworkException("it is empty",
						"Write a network or an address, such as \"10.0.0.0/8\", \"192.0.2.7\" or \"2001:db8::/32\"");
			}
			if (host.indexOf('%') >= 0) {
				return new MalformedNetworkException("an address has no scope here",
						"Write \"%s\"".formatted(host.substring(0, host.indexOf('%'))));
			}
			if (host.indexOf(':') >= 0) {
				return new MalformedNetworkException("that is not an IPv6 address",
						"Write eight groups of hexadecimal digits or fewer with \"::\", without brackets and port");
			}
			return host.matches("[0-9.]+") ? noIpv4Address(host) : new MalformedNetworkException(
					"it is not an address, and names are not looked up here", "Write the addresses that are meant");
		}

		private static MalformedNetworkException noIpv4Address(String host) {
			String decimal = host.replaceAll("(?<![0-9])0+(?=[0-9])", "");
			return (IpAddresses.parse(decimal) != null)
					? new MalformedNetworkException("some programs take octets with leading zeros for octal ones",
							"Write \"%s\" if they are decimal".formatted(decimal))
					: new MalformedNetworkException("that is not an IPv4 address",
							"Write four octets from 0 to 255, and after a slash how many bits count");
		}

		private static MalformedNetworkException prefix(String host, int bits) {
			return new MalformedNetworkException("the prefix is not a number from 0 to %d".formatted(bits),
					"Write how many bits count, as in \"%s/%d\", or \"%s\" for the address alone".formatted(host, bits,
							host));
		}

		private static MalformedNetworkException hostBits(byte[] address, String host, int prefix) {
			byte[] network = address.clone();
			for (int bit = prefix; bit < Byte.SIZE * network.length; bit++) {
				network[bit / Byte.SIZE] &= (byte) ~(0x80 >>> bit % Byte.SIZE);
			}
			return new MalformedNetworkException("bits are set beyond its prefix",
					"Write \"%s/%d\" for the network or \"%s\" for the address".formatted(text(network), prefix, host));
		}

		private static String text(byte[] address) {
			try {
				return InetAddress.getByAddress(address).getHostAddress();
			}
			catch (UnknownHostException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

}
