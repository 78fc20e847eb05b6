package dev.socketfactory.engine.socket;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketEndpoint;
import dev.socketfactory.SocketSpec;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.util.StringUtils;

/**
 * Turns the endpoints of a specification into addresses, as getaddrinfo(3) and
 * getservbyname(3) do. Safe for use by any thread, but a lookup blocks for as long as the
 * resolver of the system does, and cannot be interrupted: never to be used on the event
 * loop unless {@link #isImmediate} says so.
 *
 * @since 0.1.0
 */
public final class EndpointResolver {

	private final Services services = new Services();

	private final HostLookup hosts;

	/**
	 * Create a resolver that asks the one of the JDK.
	 */
	public EndpointResolver() {
		this(InetAddress::getAllByName);
	}

	/**
	 * Create a resolver.
	 * @param hosts looks hosts up
	 */
	public EndpointResolver(HostLookup hosts) {
		this.hosts = hosts;
	}

	/**
	 * Return whether an endpoint is written in numbers, or is a path, so that nothing has
	 * to be looked up.
	 * @param endpoint one of the ends of a specification, {@code null} for none
	 * @return whether to resolve it blocks nothing
	 */
	public static boolean isImmediate(@Nullable SocketEndpoint endpoint) {
		return endpoint == null || endpoint.path() != null
				|| ((endpoint.host() == null || endpoint.address() != null) && endpoint.service() == null);
	}

	/**
	 * Resolve the local end of a socket.
	 * @param spec specification of the socket
	 * @return its addresses in the order of the resolver, empty if it is not to be bound
	 * @throws SocketOperationException if host or service are not known
	 */
	public List<SocketAddress> resolveLocal(SocketSpec spec) throws SocketOperationException {
		SocketEndpoint endpoint = spec.getBind();
		return (endpoint != null) ? resolve(spec, endpoint) : Collections.emptyList();
	}

	/**
	 * Resolve the remote end of a client. The wildcard address stands for this machine,
	 * as for connect(2).
	 * @param spec specification of the client
	 * @param ports returns the port of an open listener by its name, {@code null} if it
	 * is not open
	 * @return its addresses in the order of the resolver, at least one
	 * @throws SocketOperationException if host or service are not known
	 */
	public List<SocketAddress> resolveRemote(SocketSpec spec, Function<String, @Nullable Integer> ports)
			throws SocketOperationException {
		SocketEndpoint endpoint = spec.getRemote();
		Assert.state(endpoint != null, "A client has a remote end");
		return resolve(spec, withPort(endpoint, ports)).stream().map(EndpointResolver::loopbackIfWildcard).toList();
	}

	private static SocketEndpoint withPort(SocketEndpoint endpoint, Function<String, @Nullable Integer> ports)
			throws SocketOperationException {
		String owner = endpoint.getPortOwner();
		if (owner == null) {
			return endpoint;
		}
		Integer port = ports.apply(owner);
		if (port == null) {
			throw new SocketOperationException("getservbyname", endpoint, "EADDRNOTAVAIL",
					"'%s' is not open, so it has no port".formatted(owner), null);
		}
		return new SocketEndpoint(endpoint.host(), endpoint.address(), port, null, null);
	}

	private List<SocketAddress> resolve(SocketSpec spec, SocketEndpoint endpoint) throws SocketOperationException {
		if (endpoint.path() != null) {
			return List.of(UnixDomainSocketAddress.of(endpoint.path()));
		}
		if (!isImmediate(endpoint)) {
			requireDescriptors(spec, endpoint);
		}
		int port = (endpoint.service() != null)
				? this.services.port(endpoint.service(), spec.getType().getProtocol(), endpoint) : endpoint.port();
		return addresses(spec, endpoint).stream()
			.<SocketAddress>map((address) -> new InetSocketAddress(address, port))
			.toList();
	}

	private List<InetAddress> addresses(SocketSpec spec, SocketEndpoint endpoint) throws SocketOperationException {
		if (endpoint.host() == null) {
			InetAddress wildcard = SocketChannels.wildcard(spec.getDomain());
			return spec.isAnyFamily() ? List.of(wildcard, SocketChannels.wildcard(SocketDomain.AF_INET6))
					: List.of(wildcard);
		}
		return (endpoint.address() != null) ? List.of(endpoint.address()) : lookUp(endpoint.host(), spec, endpoint);
	}

	/**
	 * Fail before anything is looked up if there is no descriptor for the socket: a
	 * lookup would fail for the same reason, and the JDK remembers failed lookups for a
	 * while.
	 */
	private static void requireDescriptors(SocketSpec spec, SocketEndpoint endpoint) throws SocketOperationException {
		try {
			SocketChannels.open(spec).close();
		}
		catch (IOException | RuntimeException ex) {
			throw new SocketOperationException("socket", endpoint, ex);
		}
	}

	private List<InetAddress> lookUp(String host, SocketSpec spec, SocketEndpoint endpoint)
			throws SocketOperationException {
		InetAddress[] all = lookUp(host, endpoint);
		if (spec.isAnyFamily()) {
			return List.of(all);
		}
		boolean ipv6 = spec.getDomain() == SocketDomain.AF_INET6;
		Class<?> type = ipv6 ? Inet6Address.class : Inet4Address.class;
		List<InetAddress> addresses = Arrays.stream(all).filter(type::isInstance).toList();
		if (addresses.isEmpty()) {
			String others = Arrays.stream(all)
				.map(InetAddress::getHostAddress)
				.collect(Collectors.joining(", ", " (it has ", ")"));
			throw unknown(endpoint, "Host '%s' has no %s address%s".formatted(host, ipv6 ? "IPv6" : "IPv4", others),
					null);
		}
		return addresses;
	}

	private InetAddress[] lookUp(String host, SocketEndpoint endpoint) throws SocketOperationException {
		try {
			return this.hosts.lookUp(host);
		}
		catch (UnknownHostException ex) {
			throw unknown(endpoint, "Host '%s' is unknown%s".formatted(host, reason(host, ex)), ex);
		}
	}

	private static SocketOperationException unknown(SocketEndpoint endpoint, String text, @Nullable Throwable cause) {
		return new SocketOperationException("getaddrinfo", endpoint, "EADDRNOTAVAIL", text, cause);
	}

	private static String reason(String host, UnknownHostException ex) {
		String message = ex.getMessage();
		if (!StringUtils.hasText(message) || message.equals(host)) {
			return "";
		}
		return ": " + (message.startsWith(host + ": ") ? message.substring(host.length() + 2) : message);
	}

	private static SocketAddress loopbackIfWildcard(SocketAddress address) {
		if (address instanceof InetSocketAddress inet && inet.getAddress().isAnyLocalAddress()) {
			byte[] loopback = inet.getAddress().getAddress();
			loopback[0] = (byte) ((loopback.length == 4) ? 127 : 0);
			loopback[loopback.length - 1] = 1;
			return new InetSocketAddress(address(loopback), inet.getPort());
		}
		return address;
	}

	private static InetAddress address(byte[] bytes) {
		try {
			return InetAddress.getByAddress(bytes);
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Looks a host up: the resolver of the JDK, or that of a test.
	 */
	@FunctionalInterface
	public interface HostLookup {

		/**
		 * Return all addresses of a name.
		 * @param host the name
		 * @return at least one address, in order of preference
		 * @throws UnknownHostException if there are none
		 */
		InetAddress[] lookUp(String host) throws UnknownHostException;

	}

}
