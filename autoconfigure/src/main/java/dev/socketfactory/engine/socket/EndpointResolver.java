package dev.socketfactory.engine.socket;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.util.List;

import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketEndpoint;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.lookup.Hosts;
import dev.socketfactory.lookup.LookupException;
import dev.socketfactory.lookup.Protocols;
import dev.socketfactory.lookup.Services;
import org.jspecify.annotations.Nullable;

/**
 * Turns the endpoints of a specification into addresses. May block: never to be used on
 * the event loop unless {@link #isImmediate} says so.
 *
 * @since 0.1.0
 */
public final class EndpointResolver {

	private final Services services = Services.system();

	private final Protocols protocols = Protocols.system();

	private final HostLookup hosts;

	/**
	 * Create a resolver that asks the JDK's and reads the system's files.
	 */
	public EndpointResolver() {
		this(Hosts.system()::addresses);
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
	 * @param spec specification of the socket
	 * @param endpoint one of its ends, {@code null} for none
	 * @return whether to resolve it blocks nobody
	 */
	public boolean isImmediate(SocketSpec spec, @Nullable SocketEndpoint endpoint) {
		if (spec.getDomain() == SocketDomain.AF_UNIX) {
			return true;
		}
		return spec.getProtocol().equals(spec.getType().getProtocol())
				&& (endpoint == null || (Hosts.isLiteral(endpoint.host()) && isNumber(endpoint.port())));
	}

	/**
	 * Look an endpoint up. May block for as long as the resolver of the system does.
	 * @param spec specification of the socket
	 * @param endpoint one of its ends
	 * @return its addresses, at least one
	 * @throws LookupException if host or service are not known
	 */
	public List<SocketAddress> resolve(SocketSpec spec, SocketEndpoint endpoint) throws LookupException {
		if (endpoint.path() != null) {
			return List.of(UnixDomainSocketAddress.of(endpoint.path()));
		}
		int port = isNumber(endpoint.port()) ? Integer.parseInt(endpoint.port())
				: this.services.port(endpoint.port(), this.protocols.transport(spec.getProtocol()).protocol());
		return this.hosts.lookUp(endpoint.host(), familyOf(spec.getDomain()))
			.stream()
			.<SocketAddress>map((address) -> new InetSocketAddress(address, port))
			.toList();
	}

	/**
	 * Look the protocol of a specification up.
	 * @param spec specification of the socket
	 * @throws LookupException if the protocol is not known, or not that of the type
	 */
	public void checkProtocol(SocketSpec spec) throws LookupException {
		if (spec.getDomain() != SocketDomain.AF_UNIX) {
			this.protocols.check(spec.getProtocol(), spec.getType().getProtocol());
		}
	}

	/**
	 * Return the JDK's name of a domain.
	 * @param domain the domain
	 * @return the family
	 */
	public static StandardProtocolFamily familyOf(SocketDomain domain) {
		return switch (domain) {
			case AF_INET -> StandardProtocolFamily.INET;
			case AF_INET6 -> StandardProtocolFamily.INET6;
			case AF_UNIX -> StandardProtocolFamily.UNIX;
		};
	}

	private static boolean isNumber(String port) {
		return port.chars().allMatch((digit) -> digit >= '0' && digit <= '9');
	}

	/**
	 * Looks a host up: the resolver of the JDK, or that of a test.
	 */
	@FunctionalInterface
	public interface HostLookup {

		List<InetAddress> lookUp(@Nullable String host, StandardProtocolFamily family) throws LookupException;

	}

}
