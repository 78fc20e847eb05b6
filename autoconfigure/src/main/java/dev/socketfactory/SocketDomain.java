package dev.socketfactory;

import java.util.Locale;

import org.springframework.util.Assert;

/**
 * Communication domain of a socket: the first argument of
 * <a href= "https://man7.org/linux/man-pages/man2/socket.2.html">socket(2)</a>.
 *
 * @since 0.1.0
 */
public enum SocketDomain {

	/**
	 * IPv4 only: the wildcard is {@code 0.0.0.0}, never a dual-stack socket.
	 */
	AF_INET,

	/**
	 * IPv6. A socket bound to the wildcard {@code ::} takes IPv4 peers too, because the
	 * JDK has no {@code IPV6_V6ONLY}.
	 */
	AF_INET6,

	/**
	 * Sockets of this machine that are named by a path in the file system.
	 */
	AF_UNIX;

	/**
	 * Return the domain with the given name.
	 * @param name {@code AF_INET}, {@code PF_INET} or {@code inet} and the like, in any
	 * case
	 * @return the domain
	 * @throws IllegalArgumentException if there is no such domain
	 */
	public static SocketDomain of(String name) {
		Assert.notNull(name, "'name' must not be null");
		String plain = name.strip().toUpperCase(Locale.ROOT).replaceFirst("^[AP]F_", "");
		for (SocketDomain domain : values()) {
			if (domain.name().equals("AF_" + plain)) {
				return domain;
			}
		}
		throw new IllegalArgumentException(
				"'%s' is not a socket domain: write AF_INET, AF_INET6 or AF_UNIX".formatted(name));
	}

}
