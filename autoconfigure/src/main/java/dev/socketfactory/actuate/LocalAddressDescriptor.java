package dev.socketfactory.actuate;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketEndpoint;
import dev.socketfactory.engine.ManagedSocketFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * What getsockname(2) says of a factory.
 *
 * @param domain communication domain
 * @param address address without the port, {@code null} unless a socket is open
 * @param port port, {@code null} unless a socket is open
 * @param path path of a UNIX socket, {@code null} for the other domains
 * @since 0.1.0
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LocalAddressDescriptor(SocketDomain domain, @Nullable String address, @Nullable Integer port,
		@Nullable String path) implements OperationResponseBody {

	static LocalAddressDescriptor of(ManagedSocketFactory factory) {
		SocketDomain domain = factory.getSpec().getDomain();
		SocketAddress local = factory.getLocalAddress();
		if (local instanceof InetSocketAddress inet) {
			return new LocalAddressDescriptor(domain, SocketEndpoint.of(inet).host(), inet.getPort(), null);
		}
		if (local instanceof UnixDomainSocketAddress unix) {
			return new LocalAddressDescriptor(domain, null, null, unix.getPath().toString());
		}
		return new LocalAddressDescriptor(domain, null, null, null);
	}

}
