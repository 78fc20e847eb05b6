package dev.socketfactory.engine;

import java.net.SocketAddress;
import java.nio.channels.SelectableChannel;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

import javax.net.ssl.SSLSession;

import dev.socketfactory.PauseReason;
import dev.socketfactory.SocketFailure;
import dev.socketfactory.SocketState;
import dev.socketfactory.engine.socket.ListenQueue;
import org.jspecify.annotations.Nullable;

/**
 * Snapshot of a factory.
 *
 * @param state its state
 * @param localAddress the address it is bound to, {@code null} while no socket is open
 * @param pauseReasons why it does not accept, since when, and who wants that
 * @param listenQueue its listen queue, {@code null} if this is not a listener
 * @param limit how many connections may be open, {@code null} if this is not a listener
 * @param connections its sockets
 * @param failures number of failures by operation
 * @param handlerErrors number of handlers that threw
 * @param lastFailure its newest failure, {@code null} if there has been none
 * @since 0.1.0
 */
public record SocketFactoryStatus(SocketState state, @Nullable SocketAddress localAddress,
		Map<PauseReason, Pause> pauseReasons, @Nullable ListenQueue listenQueue, @Nullable Limit limit,
		Connections connections, Map<String, Long> failures, long handlerErrors, @Nullable SocketFailure lastFailure) {

	/**
	 * What is known of a reason to pause.
	 *
	 * @param since since when it holds
	 * @param by who has set it, {@code null} if that is not known
	 */
	public record Pause(Instant since, @Nullable String by) {

	}

	/**
	 * Limit of connections.
	 *
	 * @param maxConnections how many may be open at once, {@code null} for any number
	 * @param lowWater at how many it accepts again, {@code null} for one less
	 */
	public record Limit(@Nullable Integer maxConnections, @Nullable Integer lowWater) {

	}

	/**
	 * Numbers of sockets.
	 *
	 * @param active open at present
	 * @param total created since the application started
	 * @param unclaimed closed because nobody claimed them
	 * @param reset reset by the system because they were still in the listen queue when
	 * it was closed
	 */
	public record Connections(int active, long total, long unclaimed, long reset) {

	}

	/**
	 * An open socket.
	 *
	 * @param id its number, unique in the process
	 * @param remoteAddress address of the client or server, {@code null} if it has none
	 * @param age how long it has been open
	 * @param claimed whether a handler has claimed it
	 * @param idle since when nothing has been read, {@code null} if it is not a
	 * {@link dev.socketfactory.SocketConnection}
	 * @param channel the socket itself
	 * @param sslSession its TLS session, {@code null} without TLS
	 */
	public record Connection(long id, @Nullable SocketAddress remoteAddress, Duration age, boolean claimed,
			@Nullable Duration idle, SelectableChannel channel, @Nullable SSLSession sslSession) {

	}

}
