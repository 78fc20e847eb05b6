package dev.socketfactory;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What a {@link SocketFactory} is to make. Immutable; the builder's methods have the
 * names of the keys in the configuration.
 *
 * @since 0.1.0
 */
public final class SocketSpec {

	private static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(10);

	private final SocketSpecBuilder values;

	private final @Nullable SocketEndpoint bind;

	private final @Nullable SocketEndpoint remote;

	private final List<String> warnings;

	SocketSpec(SpecValues values) {
		this.values = new SocketSpecBuilder(values);
		SpecRules rules = new SpecRules(this.values);
		rules.check();
		this.bind = rules.getBind();
		this.remote = rules.getRemote();
		this.warnings = rules.getWarnings();
	}

	/**
	 * Start the specification of a listener.
	 * @param name name of the factory: words of lower-case letters and digits, joined by
	 * dashes
	 * @return a builder
	 */
	public static SocketSpecBuilder listener(String name) {
		return new SocketSpecBuilder(SocketKind.LISTENER, name);
	}

	/**
	 * Start the specification of a client.
	 * @param name name of the factory: words of lower-case letters and digits, joined by
	 * dashes
	 * @return a builder
	 */
	public static SocketSpecBuilder client(String name) {
		return new SocketSpecBuilder(SocketKind.CLIENT, name);
	}

	/**
	 * Return a builder that starts from the values of this specification.
	 * @return a builder
	 */
	public SocketSpecBuilder toBuilder() {
		return new SocketSpecBuilder(this.values);
	}

	/**
	 * Return what the factory makes.
	 * @return the kind
	 */
	public SocketKind getKind() {
		return this.values.kind;
	}

	/**
	 * Return the name of the factory.
	 * @return the name
	 */
	public String getName() {
		return this.values.name;
	}

	/**
	 * Return the communication domain.
	 * @return the domain
	 */
	public SocketDomain getDomain() {
		return this.values.domain;
	}

	/**
	 * Return the communication semantics.
	 * @return the type
	 */
	public SocketType getType() {
		return this.values.type;
	}

	/**
	 * Return the protocol.
	 * @return a name or number; that of the type if none was given
	 */
	public String getProtocol() {
		return (this.values.protocol != null) ? this.values.protocol : this.values.type.getProtocol();
	}

	/**
	 * Return the local end.
	 * @return the endpoint to bind to, or {@code null} if the socket is not to be bound
	 */
	public @Nullable SocketEndpoint getBind() {
		return this.bind;
	}

	/**
	 * Return the remote end.
	 * @return the endpoint to connect to, {@code null} for a listener
	 */
	public @Nullable SocketEndpoint getRemote() {
		return this.remote;
	}

	/**
	 * Return whether {@code SO_REUSEADDR} is set.
	 * @return {@code true} if it is on
	 */
	public boolean isReuse() {
		return this.values.reuse;
	}

	/**
	 * Return the requested length of the listen queue.
	 * @return a number of connections, {@code 0} for the system's maximum
	 */
	public int getListenQueue() {
		return (this.values.listenQueue != null) ? this.values.listenQueue : 0;
	}

	/**
	 * Return the name that success events carry.
	 * @return the name, or {@code null} if there are no such events
	 */
	public @Nullable String getSuccessEvent() {
		return this.values.successEvent;
	}

	/**
	 * Return the name that failure events carry.
	 * @return the name, or {@code null} if there are no such events
	 */
	public @Nullable String getFailureEvent() {
		return this.values.failureEvent;
	}

	/**
	 * Return whether the factory is started with the application.
	 * @return {@code true} if it is
	 */
	public boolean isAutoStartup() {
		return this.values.autoStartup;
	}

	/**
	 * Return whether the listener starts paused.
	 * @return {@code true} if it does
	 */
	public boolean isStartPaused() {
		return Boolean.TRUE.equals(this.values.startPaused);
	}

	/**
	 * Return whether the listener accepts only while the application is ready.
	 * @return {@code true} if it does
	 */
	public boolean isFollowReadiness() {
		return Boolean.TRUE.equals(this.values.followReadiness);
	}

	/**
	 * Return how many accepted connections may be open at once.
	 * @return the limit, {@code null} for none
	 */
	public @Nullable Integer getMaxConnections() {
		return this.values.maxConnections;
	}

	/**
	 * Return at how many open connections a listener accepts again.
	 * @return a number less than the limit, {@code null} for one less
	 */
	public @Nullable Integer getLowWater() {
		return this.values.lowWater;
	}

	/**
	 * Return how long after its event was published an unclaimed socket is closed.
	 * @return the time, longer than zero
	 */
	public Duration getUnclaimedTimeout() {
		return this.values.unclaimedTimeout;
	}

	/**
	 * Return how long connecting may take.
	 * @return time for the look-up and all addresses together
	 */
	public Duration getConnectTimeout() {
		return (this.values.connectTimeout != null) ? this.values.connectTimeout : DEFAULT_CONNECT_TIMEOUT;
	}

	/**
	 * Return whether a client connects again when the claimed channel has been closed.
	 * @return {@code true} if it does
	 */
	public boolean isReconnect() {
		return Boolean.TRUE.equals(this.values.reconnect);
	}

	/**
	 * Return when what has failed is tried again.
	 * @return the settings
	 */
	public RetrySettings getRetry() {
		return this.values.retry;
	}

	/**
	 * Return the permissions of the file of a listening UNIX socket.
	 * @return four octal digits, or {@code null} for what the process's umask leaves
	 */
	public @Nullable String getUnixMode() {
		return this.values.unixMode;
	}

	/**
	 * Return the options of the socket itself.
	 * @return values by option name
	 */
	public Map<String, Object> getOptions() {
		return Collections.unmodifiableMap(this.values.options);
	}

	/**
	 * Return the options of accepted sockets.
	 * @return values by option name
	 */
	public Map<String, Object> getAcceptedOptions() {
		return Collections.unmodifiableMap(this.values.acceptedOptions);
	}

	/**
	 * Return where success events are published.
	 * @return the mode, or {@code null} for that of the application
	 */
	public @Nullable DispatchMode getDispatch() {
		return this.values.dispatch;
	}

	/**
	 * Return what was given but does not apply to this kind of socket.
	 * @return sentences for the log, without a full stop
	 */
	public List<String> getWarnings() {
		return this.warnings;
	}

}
