package dev.socketfactory.engine;

import java.util.Set;

/**
 * Class of an error of
 * <a href= "https://man7.org/linux/man-pages/man2/accept.2.html">accept(2)</a>.
 */
enum AcceptError {

	/**
	 * The error belongs to the one connection that would have been accepted; the manual
	 * page says to treat those of the network like {@code EAGAIN}. {@code EPERM}: a
	 * firewall forbids it.
	 */
	OF_THE_PEER(Set.of("EAGAIN", "EINTR", "ECONNABORTED", "ENETDOWN", "EPROTO", "ENOPROTOOPT", "EHOSTDOWN", "ENONET",
			"EHOSTUNREACH", "EOPNOTSUPP", "ENETUNREACH", "ETIMEDOUT", "ECONNRESET", "EPERM")),

	/**
	 * The listening socket itself is broken and will never accept again.
	 */
	FATAL(Set.of("EBADF", "ENOTSOCK", "EINVAL", "EFAULT")),

	/**
	 * Something is short that may come back: {@code EMFILE}, {@code ENFILE},
	 * {@code ENOBUFS}, {@code ENOMEM}, and whatever else there may be.
	 */
	OF_RESOURCES(Set.of("EMFILE", "ENFILE", "ENOBUFS", "ENOMEM"));

	private final Set<String> names;

	AcceptError(Set<String> names) {
		this.names = names;
	}

	static AcceptError of(String errnoName) {
		if (OF_THE_PEER.names.contains(errnoName)) {
			return OF_THE_PEER;
		}
		return FATAL.names.contains(errnoName) ? FATAL : OF_RESOURCES;
	}

}
