package dev.socketfactory.actuate;

import java.net.SocketAddress;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketEndpoint;
import dev.socketfactory.engine.ManagedSocketFactory;
import dev.socketfactory.engine.SocketFactoryStatus;
import dev.socketfactory.engine.admission.PeerRules;
import jdk.net.UnixDomainPrincipal;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * The open connections of a factory.
 *
 * @param total how many there are
 * @param connections the oldest of them, at most 1,000, the oldest first
 * @since 0.1.0
 */
public record ConnectionsDescriptor(int total, List<Connection> connections) implements OperationResponseBody {

	private static final int MOST = 1000;

	static ConnectionsDescriptor of(ManagedSocketFactory factory) {
		Instant now = Instant.now();
		boolean unix = factory.getSpec().getDomain() == SocketDomain.AF_UNIX;
		List<Connection> oldest = factory.getOpenSockets(MOST)
			.stream()
			.map((connection) -> Connection.of(connection, now, unix))
			.toList();
		return new ConnectionsDescriptor(Math.max(oldest.size(), factory.getConnections().active()), oldest);
	}

	/**
	 * An open connection.
	 *
	 * @param id its number, unique in the process
	 * @param remoteAddress address of the client or server, which a proxy may have named;
	 * {@code null} if it has none
	 * @param since since when it is open
	 * @param claimed whether a handler has claimed it
	 * @param idle since when nothing has been read, {@code null} if that is not known
	 * @param user the user of a UNIX peer, {@code null} for other connections
	 * @param tls its TLS, {@code null} without TLS
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	public record Connection(long id, @Nullable String remoteAddress, Instant since, boolean claimed,
			@Nullable Instant idle, @Nullable String user, @Nullable Tls tls) {

		static Connection of(SocketFactoryStatus.Connection connection, Instant now, boolean unix) {
			SocketAddress remote = connection.remoteAddress();
			Duration idle = connection.idle();
			return new Connection(connection.id(), (remote != null) ? SocketEndpoint.of(remote).toString() : null,
					now.minus(connection.age()), connection.claimed(), (idle != null) ? now.minus(idle) : null,
					unix ? userOf(connection.channel()) : null, Tls.of(connection.sslSession()));
		}

		private static @Nullable String userOf(SelectableChannel channel) {
			UnixDomainPrincipal peer = (channel instanceof SocketChannel stream) ? PeerRules.peerOf(stream) : null;
			return (peer != null) ? peer.user().getName() : null;
		}

	}

	/**
	 * The TLS of a connection.
	 *
	 * @param protocol version of TLS
	 * @param cipher cipher suite
	 * @param peer name in the certificate of the peer, {@code null} if it has shown none
	 */
	@JsonInclude(JsonInclude.Include.NON_NULL)
	public record Tls(String protocol, String cipher, @Nullable String peer) {

		static @Nullable Tls of(@Nullable SSLSession session) {
			return (session != null) ? new Tls(session.getProtocol(), session.getCipherSuite(), peerOf(session)) : null;
		}

		private static @Nullable String peerOf(SSLSession session) {
			try {
				Principal peer = session.getPeerPrincipal();
				return peer.getName();
			}
			catch (SSLPeerUnverifiedException ex) {
				return null;
			}
		}

	}

}
