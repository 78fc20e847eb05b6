package dev.socketfactory.lookup;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.util.StringUtils;

/**
 * Addresses by host, as getaddrinfo(3) finds them, for one address family.
 * <p>
 * Instances can be used by several threads. The look-up of a name blocks for as long as
 * the system's resolver takes, cannot be interrupted, and must not be called on the event
 * loop; a {@linkplain #isLiteral(String) literal} needs no resolver.
 *
 * @since 0.1.0
 */
public final class Hosts {

	private static final Pattern DOTTED_QUAD = Pattern.compile("\\d+(?:\\.\\d+){3}");

	// A leading zero means octal to inet_aton(3), decimal to the JDK (RFC 6943)
	private static final Pattern OCTET = Pattern.compile("25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d");

	private final Resolver resolver;

	Hosts(Resolver resolver) {
		this.resolver = resolver;
	}

	/**
	 * Return the hosts that the JDK's resolver knows.
	 * @return the system's hosts
	 */
	public static Hosts system() {
		return new Hosts(InetAddress::getAllByName);
	}

	/**
	 * Return whether a host can be turned into its address without a resolver, valid or
	 * not.
	 * @param host the host, or {@code null}
	 * @return {@code true} for no host, for four decimal numbers with dots between them,
	 * and for anything with a colon
	 */
	public static boolean isLiteral(@Nullable String host) {
		return host == null || host.isEmpty() || isIpv6Literal(host) || isIpv4Literal(host);
	}

	/**
	 * Return the addresses of a host.
	 * <p>
	 * An IPv6 literal (RFC 4291) has no brackets and may have a scope after {@code %}
	 * (RFC 4007). An IPv4-mapped one, such as {@code ::ffff:127.0.0.1}, gives an
	 * {@link Inet4Address}, which an IPv6 channel takes.
	 * @param host a name or a literal; {@code null} and the empty text stand for all
	 * addresses of the machine: {@code 0.0.0.0} or {@code ::}
	 * @param family {@link StandardProtocolFamily#INET} or
	 * {@link StandardProtocolFamily#INET6}
	 * @return at least one address, in the order of the resolver
	 * @throws LookupException if the host is unknown, has no address of the family, or is
	 * no valid literal of it; its operation is {@code getaddrinfo}
	 */
	public List<InetAddress> addresses(@Nullable String host, ProtocolFamily family) throws LookupException {
		Assert.isTrue(family == StandardProtocolFamily.INET || family == StandardProtocolFamily.INET6,
				"'family' must be INET or INET6");
		boolean ipv6 = (family == StandardProtocolFamily.INET6);
		if (host == null || host.isEmpty()) {
			return List.of(address(new byte[ipv6 ? 16 : 4]));
		}
		if (isLiteral(host)) {
			return List.of(ipv6 ? ipv6Address(host) : ipv4Address(host));
		}
		return resolve(host, ipv6);
	}

	private List<InetAddress> resolve(String host, boolean ipv6) throws LookupException {
		InetAddress[] resolved = resolveAll(host);
		Class<?> type = ipv6 ? Inet6Address.class : Inet4Address.class;
		List<InetAddress> addresses = Arrays.stream(resolved).filter(type::isInstance).toList();
		if (addresses.isEmpty()) {
			String others = Arrays.stream(resolved)
				.map(InetAddress::getHostAddress)
				.collect(Collectors.joining(", ", " (it has ", ")"));
			throw LookupException.host("Host '%s' has no %s address%s".formatted(host, ipv6 ? "IPv6" : "IPv4", others),
					null);
		}
		return addresses;
	}

	private InetAddress[] resolveAll(String host) throws LookupException {
		try {
			return this.resolver.resolve(host);
		}
		catch (UnknownHostException ex) {
			throw LookupException.host("Host '%s' is unknown%s".formatted(host, reason(host, ex)), ex);
		}
	}

	private static InetAddress ipv4Address(String host) throws LookupException {
		String[] octets = host.split("\\.");
		if (!isIpv4Literal(host) || !Arrays.stream(octets).allMatch((octet) -> OCTET.matcher(octet).matches())) {
			throw LookupException.host("'%s' is not an IPv4 address".formatted(host), null);
		}
		byte[] bytes = new byte[octets.length];
		for (int i = 0; i < octets.length; i++) {
			bytes[i] = (byte) Integer.parseInt(octets[i]);
		}
		return address(bytes);
	}

	private static InetAddress ipv6Address(String host) throws LookupException {
		if (!isIpv6Literal(host)) {
			throw LookupException.host("'%s' is not an IPv6 address".formatted(host), null);
		}
		String bracketed = "[" + host + "]";
		try {
			// The brackets keep the JDK from asking the resolver
			return InetAddress.getByName(bracketed);
		}
		catch (UnknownHostException ex) {
			throw LookupException.host("'%s' is not an IPv6 address%s".formatted(host, reason(bracketed, ex)), ex);
		}
	}

	private static InetAddress address(byte[] bytes) {
		try {
			return InetAddress.getByAddress(bytes);
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static boolean isIpv4Literal(String host) {
		return DOTTED_QUAD.matcher(host).matches();
	}

	private static boolean isIpv6Literal(String host) {
		return host.indexOf(':') >= 0;
	}

	private static String reason(String host, UnknownHostException ex) {
		String message = ex.getMessage();
		if (!StringUtils.hasText(message) || message.equals(host)) {
			return "";
		}
		return ": " + (message.startsWith(host + ": ") ? message.substring(host.length() + 2) : message);
	}

	/**
	 * Strategy to find the addresses of a name.
	 */
	@FunctionalInterface
	interface Resolver {

		/**
		 * Return all addresses of a name.
		 * @param host the name
		 * @return at least one address, in order of preference
		 * @throws UnknownHostException if there are none
		 */
		InetAddress[] resolve(String host) throws UnknownHostException;

	}

}
