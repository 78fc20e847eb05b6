package dev.socketfactory;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Builder of a {@link SocketSpec}; its methods have the names of the keys in the
 * configuration. Not thread-safe.
 *
 * @since 0.1.0
 */
public final class SocketSpecBuilder implements Cloneable {

	private static final Set<String> ON = Set.of("yes", "on", "true");

	private static final Set<String> OFF = Set.of("no", "off", "false", "");

	private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]+(\\.[0-9]+)?");

	private static final Pattern ZERO = Pattern.compile("[+-]?0+(\\.0+)?");

	final SocketKind kind;

	final String name;

	@Nullable SocketDomain domain;

	SocketType type = SocketType.SOCK_STREAM;

	@Nullable String protocol;

	/**
	 * The text or the {@link SocketEndpoint}.
	 */
	@Nullable Object bind;

	/**
	 * The text or the {@link SocketEndpoint}.
	 */
	@Nullable Object remote;

	boolean reuse;

	@Nullable Integer listenQueue;

	@Nullable String successEvent;

	@Nullable String failureEvent;

	boolean autoStartup = true;

	@Nullable Boolean failFast;

	@Nullable Boolean startPaused;

	@Nullable Boolean followReadiness;

	@Nullable Integer maxConnections;

	@Nullable Integer lowWater;

	Duration unclaimedTimeout = Duration.ofSeconds(5);

	@Nullable Duration connectTimeout;

	@Nullable Boolean reconnect;

	@Nullable RetrySettings retry;

	@Nullable String unixMode;

	Map<String, Object> options = Collections.emptyMap();

	Map<String, Object> acceptedOptions = Collections.emptyMap();

	@Nullable Duration idleTimeout;

	@Nullable SslSettings ssl;

	AccessSettings access = AccessSettings.EVERYBODY;

	@Nullable PerSourceSettings perSource;

	@Nullable FirstByteSettings firstByte;

	@Nullable ProxyProtocolSettings proxyProtocol;

	@Nullable DispatchMode dispatch;

	List<String> notes = Collections.emptyList();

	SocketSpecBuilder(SocketKind kind, String name) {
		Assert.notNull(name, "'name' must not be null");
		this.kind = kind;
		this.name = name;
		this.successEvent = name + ".success";
		this.failureEvent = name + ".failure";
	}

	/**
	 * The collections are replaced, never changed, so both may have the same.
	 */
	SocketSpecBuilder copy() {
		try {
			return (SocketSpecBuilder) clone();
		}
		catch (CloneNotSupportedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Return what the factory makes.
	 * @return the kind
	 */
	public SocketKind getKind() {
		return this.kind;
	}

	/**
	 * Return the name of the factory.
	 * @return the name
	 */
	public String getName() {
		return this.name;
	}

	/**
	 * Set the communication domain.
	 * @param domain the domain; by default the one that the text of the endpoints shows,
	 * else {@link SocketDomain#AF_INET}
	 * @return this builder
	 */
	public SocketSpecBuilder domain(SocketDomain domain) {
		Assert.notNull(domain, "'domain' must not be null");
		this.domain = domain;
		return this;
	}

	/**
	 * Set the communication domain by name.
	 * @param domain a name that {@link SocketDomain#of} knows
	 * @return this builder
	 * @throws InvalidSocketSpecException if there is no such domain
	 */
	public SocketSpecBuilder domain(String domain) {
		return domain(
				named("domain", domain, SocketDomain::of, "Write AF_INET, AF_INET6 or AF_UNIX (or inet, inet6, unix)"));
	}

	/**
	 * Set the communication semantics.
	 * @param type the type, {@link SocketType#SOCK_STREAM} by default
	 * @return this builder
	 */
	public SocketSpecBuilder type(SocketType type) {
		Assert.notNull(type, "'type' must not be null");
		this.type = type;
		return this;
	}

	/**
	 * Set the communication semantics by name.
	 * @param type a name that {@link SocketType#of} knows
	 * @return this builder
	 * @throws InvalidSocketSpecException if there is no such type
	 */
	public SocketSpecBuilder type(String type) {
		return type(named("type", type, SocketType::of, "Write SOCK_STREAM or SOCK_DGRAM (or stream, datagram)"));
	}

	/**
	 * Set the protocol.
	 * @param protocol {@code tcp} (6) or {@code udp} (17), or {@code null} for that of
	 * the type
	 * @return this builder
	 */
	public SocketSpecBuilder protocol(@Nullable String protocol) {
		this.protocol = protocol;
		return this;
	}

	/**
	 * Set the local end.
	 * @param bind an endpoint such as {@code 127.0.0.1:12345}, or {@code null} for all
	 * interfaces and a free port
	 * @return this builder
	 */
	public SocketSpecBuilder bind(@Nullable String bind) {
		this.bind = bind;
		return this;
	}

	/**
	 * Set the local end.
	 * @param bind an address; the wildcard address stands for all interfaces of the
	 * domain, whichever family it has
	 * @return this builder
	 */
	public SocketSpecBuilder bind(SocketAddress bind) {
		Assert.notNull(bind, "'bind' must not be null");
		this.bind = SocketEndpoint.ofLocal(bind);
		return this;
	}

	/**
	 * Set whether the address may be bound while connections of an earlier listener still
	 * hold it: {@code SO_REUSEADDR}, see
	 * <a href= "https://man7.org/linux/man-pages/man7/socket.7.html">socket(7)</a>.
	 * @param reuse {@code true} to set the option, {@code false} by default
	 * @return this builder
	 */
	public SocketSpecBuilder reuse(boolean reuse) {
		this.reuse = reuse;
		return this;
	}

	/**
	 * Set {@code SO_REUSEADDR} by a word.
	 * @param reuse {@code yes}, {@code on}, {@code true} or a number other than 0 for on;
	 * anything else is off, with a warning unless it is {@code no}, {@code off},
	 * {@code false}, {@code 0} or empty
	 * @return this builder
	 */
	public SocketSpecBuilder reuse(String reuse) {
		Assert.notNull(reuse, "'reuse' must not be null");
		String word = reuse.strip().toLowerCase(Locale.ROOT);
		boolean number = NUMBER.matcher(word).matches();
		if (!number && !ON.contains(word) && !OFF.contains(word)) {
			this.notes = new ArrayList<>(this.notes);
			this.notes.add("'reuse: %s' is treated as off: write on or off".formatted(reuse));
		}
		return reuse(ON.contains(word) || (number && !ZERO.matcher(word).matches()));
	}

	/**
	 * Set the length of the listen queue, see
	 * <a href= "https://man7.org/linux/man-pages/man2/listen.2.html">listen(2)</a>.
	 * @param listenQueue number of connections; {@code 0}, the default, for the system's
	 * maximum, to which larger values are clipped
	 * @return this builder
	 */
	public SocketSpecBuilder listenQueue(int listenQueue) {
		this.listenQueue = listenQueue;
		return this;
	}

	/**
	 * Set the name that success events carry.
	 * @param successEvent a name, or {@code null}, blank, {@code off} or {@code false}
	 * for no such events
	 * @return this builder
	 */
	public SocketSpecBuilder successEvent(@Nullable String successEvent) {
		this.successEvent = eventName(successEvent);
		return this;
	}

	/**
	 * Set the name that failure events carry.
	 * @param failureEvent a name, or {@code null}, blank, {@code off} or {@code false}
	 * for no such events
	 * @return this builder
	 */
	public SocketSpecBuilder failureEvent(@Nullable String failureEvent) {
		this.failureEvent = eventName(failureEvent);
		return this;
	}

	/**
	 * Set whether the factory is started with the application.
	 * @param autoStartup {@code true} by default
	 * @return this builder
	 */
	public SocketSpecBuilder autoStartup(boolean autoStartup) {
		this.autoStartup = autoStartup;
		return this;
	}

	/**
	 * Set whether a listener that cannot be opened at the start of the application stops
	 * it.
	 * @param failFast whether it does; {@code null}, the default, for what the
	 * application has set for all of them, or else for whether nobody handles its
	 * failures
	 * @return this builder
	 */
	public SocketSpecBuilder failFast(@Nullable Boolean failFast) {
		this.failFast = failFast;
		return this;
	}

	/**
	 * Set whether the listener starts with the pause reason {@link PauseReason#USER}.
	 * @param startPaused {@code false} by default
	 * @return this builder
	 */
	public SocketSpecBuilder startPaused(boolean startPaused) {
		this.startPaused = startPaused;
		return this;
	}

	/**
	 * Set whether the listener accepts only while the application is ready to accept
	 * traffic: the pause reason {@link PauseReason#NOT_READY}.
	 * @param followReadiness {@code false} by default
	 * @return this builder
	 */
	public SocketSpecBuilder followReadiness(boolean followReadiness) {
		this.followReadiness = followReadiness;
		return this;
	}

	/**
	 * Set how many accepted connections may be open at once: the pause reason
	 * {@link PauseReason#MAX_CONNECTIONS}.
	 * @param maxConnections the limit, {@code 0} to accept nothing, {@code null} for no
	 * limit, the default
	 * @return this builder
	 */
	public SocketSpecBuilder maxConnections(@Nullable Integer maxConnections) {
		this.maxConnections = maxConnections;
		return this;
	}

	/**
	 * Set at how many open connections a listener that has reached its limit accepts
	 * again.
	 * @param lowWater a number less than the limit, {@code null} for one less, the
	 * default
	 * @return this builder
	 */
	public SocketSpecBuilder lowWater(@Nullable Integer lowWater) {
		this.lowWater = lowWater;
		return this;
	}

	/**
	 * Set how long after its event was published an unclaimed socket is closed.
	 * @param unclaimedTimeout a time longer than zero, five seconds by default
	 * @return this builder
	 */
	public SocketSpecBuilder unclaimedTimeout(Duration unclaimedTimeout) {
		Assert.notNull(unclaimedTimeout, "'unclaimedTimeout' must not be null");
		this.unclaimedTimeout = unclaimedTimeout;
		return this;
	}

	/**
	 * Set how long a {@link SocketConnection} may wait for its peer.
	 * @param idleTimeout a time longer than zero, {@code null} for any time, the default
	 * @return this builder
	 */
	public SocketSpecBuilder idleTimeout(@Nullable Duration idleTimeout) {
		this.idleTimeout = idleTimeout;
		return this;
	}

	/**
	 * Set who may connect to a listener.
	 * @param access {@link AccessSettings#EVERYBODY} by default
	 * @return this builder
	 */
	public SocketSpecBuilder access(AccessSettings access) {
		Assert.notNull(access, "'access' must not be null");
		this.access = access;
		return this;
	}

	/**
	 * Set how many connections of one source may be open at a listener.
	 * @param perSource the limit, {@code null} for none, the default
	 * @return this builder
	 */
	public SocketSpecBuilder perSource(@Nullable PerSourceSettings perSource) {
		this.perSource = perSource;
		return this;
	}

	/**
	 * Set that clients of a listener speak first, so that their connections wait for that
	 * without a thread.
	 * @param firstByte the settings, {@code null} for no such wait, the default
	 * @return this builder
	 */
	public SocketSpecBuilder firstByte(@Nullable FirstByteSettings firstByte) {
		this.firstByte = firstByte;
		return this;
	}

	/**
	 * Set that proxies are in front of a listener.
	 * @param proxyProtocol the settings, {@code null} for no proxies, the default
	 * @return this builder
	 */
	public SocketSpecBuilder proxyProtocol(@Nullable ProxyProtocolSettings proxyProtocol) {
		this.proxyProtocol = proxyProtocol;
		return this;
	}

	/**
	 * Set whether connections have TLS.
	 * @param ssl the settings, {@code null} for no TLS, the default
	 * @return this builder
	 */
	public SocketSpecBuilder ssl(@Nullable SslSettings ssl) {
		this.ssl = ssl;
		return this;
	}

	/**
	 * Set the remote end of a client.
	 * @param remote an endpoint such as {@code example.org:https}, or a path for
	 * {@link SocketDomain#AF_UNIX}
	 * @return this builder
	 */
	public SocketSpecBuilder remote(@Nullable String remote) {
		this.remote = remote;
		return this;
	}

	/**
	 * Set the remote end of a client.
	 * @param remote an address
	 * @return this builder
	 */
	public SocketSpecBuilder remote(SocketAddress remote) {
		Assert.notNull(remote, "'remote' must not be null");
		this.remote = SocketEndpoint.of(remote);
		return this;
	}

	/**
	 * Set how long connecting may take.
	 * @param connectTimeout time for the lookup and all addresses together, ten seconds
	 * by default
	 * @return this builder
	 */
	public SocketSpecBuilder connectTimeout(Duration connectTimeout) {
		Assert.notNull(connectTimeout, "'connectTimeout' must not be null");
		this.connectTimeout = connectTimeout;
		return this;
	}

	/**
	 * Set whether a client connects again when its connection has been closed.
	 * @param reconnect {@code false} by default
	 * @return this builder
	 */
	public SocketSpecBuilder reconnect(boolean reconnect) {
		this.reconnect = reconnect;
		return this;
	}

	/**
	 * Set when to try again what has failed.
	 * @param retry the settings, {@link RetrySettings#NONE} by default, for ever if the
	 * client is to {@linkplain #reconnect(boolean) reconnect}
	 * @return this builder
	 */
	public SocketSpecBuilder retry(RetrySettings retry) {
		Assert.notNull(retry, "'retry' must not be null");
		this.retry = retry;
		return this;
	}

	/**
	 * Set the permissions of the file of a listening UNIX socket.
	 * @param unixMode four octal digits such as {@code 0660}, or {@code null} for what
	 * the process's umask leaves
	 * @return this builder
	 */
	public SocketSpecBuilder unixMode(@Nullable String unixMode) {
		this.unixMode = unixMode;
		return this;
	}

	/**
	 * Add options of the socket itself. They are checked when the factory is made.
	 * @param options values, or their texts, by the name of a
	 * {@link java.net.SocketOption} that the channel supports
	 * @return this builder
	 */
	public SocketSpecBuilder options(Map<String, ?> options) {
		Assert.notNull(options, "'options' must not be null");
		this.options = merged(this.options, options);
		return this;
	}

	/**
	 * Add options of accepted sockets. They are checked when the factory is made.
	 * @param acceptedOptions values, or their texts, by the name of a
	 * {@link java.net.SocketOption} that the channel supports
	 * @return this builder
	 */
	public SocketSpecBuilder acceptedOptions(Map<String, ?> acceptedOptions) {
		Assert.notNull(acceptedOptions, "'acceptedOptions' must not be null");
		this.acceptedOptions = merged(this.acceptedOptions, acceptedOptions);
		return this;
	}

	/**
	 * Set where success events are published.
	 * @param dispatch the mode, or {@code null} for that of the application
	 * @return this builder
	 */
	public SocketSpecBuilder dispatch(@Nullable DispatchMode dispatch) {
		this.dispatch = dispatch;
		return this;
	}

	/**
	 * Check all values and make the specification.
	 * @return the specification
	 * @throws InvalidSocketSpecException if a value can be seen to be wrong
	 */
	public SocketSpec build() {
		return new SocketSpec(this);
	}

	InvalidSocketSpecException invalid(String key, @Nullable Object value, String reason, String action) {
		return new InvalidSocketSpecException(this.kind, this.name, key, value, reason, action);
	}

	private <T> T named(String key, String value, Function<String, T> reader, String action) {
		try {
			return reader.apply(value);
		}
		catch (IllegalArgumentException ex) {
			throw invalid(key, value, "there is no such " + key, action);
		}
	}

	/**
	 * YAML reads a bare {@code off} as {@code false}.
	 */
	private static @Nullable String eventName(@Nullable String name) {
		boolean none = name == null || name.isBlank() || name.equalsIgnoreCase("off") || name.equalsIgnoreCase("false");
		return none ? null : name;
	}

	private static Map<String, Object> merged(Map<String, Object> present, Map<String, ?> added) {
		Map<String, Object> merged = new LinkedHashMap<>(present);
		added.forEach((name, value) -> {
			Assert.notNull(name, "The name of an option must not be null");
			Assert.notNull(value, () -> "The value of the option '%s' must not be null".formatted(name));
			merged.put(name, value);
		});
		return merged;
	}

}
