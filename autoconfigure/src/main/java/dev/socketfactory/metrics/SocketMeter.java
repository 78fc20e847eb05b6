package dev.socketfactory.metrics;

import io.micrometer.core.instrument.Meter;
import org.jspecify.annotations.Nullable;

/**
 * The meters of a factory. All have the tag {@code factory}.
 *
 * @since 0.1.0
 */
public enum SocketMeter {

	/**
	 * Connections accepted by a stream listener.
	 */
	ACCEPTS("socket.factory.accepts", Meter.Type.COUNTER, "connections", "Connections accepted by a listener"),

	/**
	 * Connections established by a client.
	 */
	CONNECTS("socket.factory.connects", Meter.Type.COUNTER, "connections", "Connections established by a client"),

	/**
	 * System calls and lookups that failed. Tags {@code operation} and {@code errno}.
	 */
	FAILURES("socket.factory.failures", Meter.Type.COUNTER, "failures", "System calls and lookups that failed"),

	/**
	 * Sockets closed because nobody claimed them.
	 */
	UNCLAIMED("socket.factory.unclaimed", Meter.Type.COUNTER, "sockets",
			"Sockets that were closed because nobody claimed them"),

	/**
	 * Handlers that threw an exception.
	 */
	HANDLER_ERRORS("socket.factory.handler.errors", Meter.Type.COUNTER, "errors", "Handlers that threw an exception"),

	/**
	 * Connections that were refused. Tag {@code reason}.
	 */
	REFUSED("socket.factory.refused", Meter.Type.COUNTER, "connections", "Connections that were refused"),

	/**
	 * Handlers that ended because their connection did. Tag {@code cause}.
	 */
	CONNECTIONS_ENDED("socket.factory.connections.ended", Meter.Type.COUNTER, "connections",
			"Connections and datagram sockets whose end was an IOException for their handler"),

	/**
	 * Open sockets.
	 */
	CONNECTIONS_ACTIVE("socket.factory.connections.active", Meter.Type.GAUGE, "connections", "Sockets that are open"),

	/**
	 * Whether a listener is paused for a reason. Tag {@code reason}.
	 */
	PAUSED("socket.factory.paused", Meter.Type.GAUGE, null, "1 while a listener is paused for the reason, else 0"),

	/**
	 * Connections that wait to be accepted.
	 */
	LISTEN_QUEUE_DEPTH("socket.factory.listen.queue.depth", Meter.Type.GAUGE, "connections",
			"Connections that wait to be accepted"),

	/**
	 * Length of the listen queue.
	 */
	LISTEN_QUEUE_LIMIT("socket.factory.listen.queue.limit", Meter.Type.GAUGE, "connections",
			"Length of the listen queue that the system grants"),

	/**
	 * Time to connect.
	 */
	CONNECT_TIME("socket.factory.connect.time", Meter.Type.TIMER, null,
			"Time from the start of the lookup until a client has connected"),

	/**
	 * Time that handlers take.
	 */
	HANDLER_TIME("socket.factory.handler.time", Meter.Type.TIMER, null,
			"Time until the handlers of a success event have returned"),

	/**
	 * Time that TLS handshakes take.
	 */
	HANDSHAKE_TIME("socket.factory.handshake.time", Meter.Type.TIMER, null,
			"Time from the first byte until a TLS handshake has succeeded");

	private final String meterName;

	private final Meter.Type type;

	private final @Nullable String unit;

	private final String description;

	SocketMeter(String meterName, Meter.Type type, @Nullable String unit, String description) {
		this.meterName = meterName;
		this.type = type;
		this.unit = unit;
		this.description = description;
	}

	/**
	 * Return the name of the meter.
	 * @return the name, in lower case with dots
	 */
	public String getName() {
		return this.meterName;
	}

	/**
	 * Return the type of the meter.
	 * @return the type
	 */
	public Meter.Type getType() {
		return this.type;
	}

	/**
	 * Return what the meter counts.
	 * @return the base unit, {@code null} if it has none of its own
	 */
	public @Nullable String getUnit() {
		return this.unit;
	}

	/**
	 * Return what the meter says.
	 * @return the description
	 */
	public String getDescription() {
		return this.description;
	}

}
