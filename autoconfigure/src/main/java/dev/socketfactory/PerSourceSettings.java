package dev.socketfactory;

/**
 * How many connections of one source may be open at a listener. A source is an IPv4
 * address or a network of IPv6 addresses.
 *
 * @param maxConnections how many may be open at once, at least 1
 * @param ipv6Prefix length of the prefix that the IPv6 addresses of one source share,
 * from 1 to 128 bits
 * @since 0.1.0
 */
public record PerSourceSettings(int maxConnections, int ipv6Prefix) {

	/**
	 * Length of the prefix of the network of one IPv6 site, in bits.
	 */
	public static final int DEFAULT_IPV6_PREFIX = 64;

	/**
	 * Return settings with the usual IPv6 prefix of 64 bits.
	 * @param maxConnections how many connections may be open at once
	 * @return the settings
	 */
	public static PerSourceSettings of(int maxConnections) {
		return new PerSourceSettings(maxConnections, DEFAULT_IPV6_PREFIX);
	}

}
