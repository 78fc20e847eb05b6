package dev.socketfactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

/**
 * What a {@link SocketFactory} is to make. Immutable; the builder's methods have the
 * names of the keys in the configuration.
 *
 * @since 0.1.0
 */
public final class SocketSpec {

	private static final Pattern NAME = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

	private static final Pattern UNIX_MODE = Pattern.compile("0[0-7]{3}");

	private static final Map<String, SocketType> TYPE_OF_PROTOCOL = Map.of("tcp", SocketType.SOCK_STREAM, "6",
			SocketType.SOCK_STREAM, "udp", SocketType.SOCK_DGRAM, "17", SocketType.SOCK_DGRAM);

	private static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(10);

	private static final Duration SHORTEST = Duration.ofMillis(1);

	private static final Duration LONGEST = Duration.ofDays(365);

	private final SocketSpecBuilder values;

	private final @Nullable SocketDomain knownDomain;

	private final @Nullable SocketEndpoint bind;

	private final @Nullable SocketEndpoint remote;

	private final List<String> warnings;

	SocketSpec(SocketSpecBuilder values) {
		this.values = values.copy();
		if (this.values.retry == null) {
			this.values.retry = isReconnect() ? RetrySettings.NONE.withMaxRetries(-1) : RetrySettings.NONE;
		}
		checkName();
		SocketEndpoint bind = endpoint("bind", values.bind);
		SocketEndpoint remote = isClient() ? endpoint("remote", values.remote) : null;
		this.knownDomain = knownDomain(bind, remote);
		this.bind = (bind != null) ? bind : defaultBind();
		this.remote = remote;
		if (isClient() && remote == null) {
			throw values.invalid("remote", null, "a client needs a remote end", (getDomain() == SocketDomain.AF_UNIX)
					? "Write the path of a socket file" : "Write \"host:port\" or \"[address]:port\"");
		}
		checkProtocol();
		checkConnectionLimit();
		checkTime("unclaimed-timeout", values.unclaimedTimeout);
		checkTime("connect-timeout", getConnectTimeout());
		if (values.idleTimeout != null) {
			checkTime("idle-timeout", values.idleTimeout);
		}
		checkRetry();
		checkUnixMode();
		checkSsl();
		if (!isClient() && values.type == SocketType.SOCK_STREAM) {
			checkAdmission();
		}
		this.warnings = findWarnings();
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
		return this.values.copy();
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
		return (this.knownDomain != null) ? this.knownDomain : SocketDomain.AF_INET;
	}

	/**
	 * Return whether the addresses of both families may be used: neither a domain nor an
	 * address was given for a client.
	 * @return {@code true} if they may
	 */
	public boolean isAnyFamily() {
		return isClient() && this.knownDomain == null;
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
	 * @return {@code tcp} or {@code udp}, or its number
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
	 * Return whether a listener that cannot be opened at the start of the application
	 * stops it.
	 * @return whether it does, {@code null} if the listener does not say
	 */
	public @Nullable Boolean getFailFast() {
		return this.values.failFast;
	}

	/**
	 * Return who may connect to the listener.
	 * @return the settings
	 */
	public AccessSettings getAccess() {
		return this.values.access;
	}

	/**
	 * Return how many connections of one source may be open at the listener.
	 * @return the limit, {@code null} if there is none
	 */
	public @Nullable PerSourceSettings getPerSource() {
		return this.values.perSource;
	}

	/**
	 * Return how connections of the listener wait for their first byte.
	 * @return the settings, {@code null} if they need not wait
	 */
	public @Nullable FirstByteSettings getFirstByte() {
		return this.values.firstByte;
	}

	/**
	 * Return the proxies in front of the listener.
	 * @return the settings, {@code null} if there are none
	 */
	public @Nullable ProxyProtocolSettings getProxyProtocol() {
		return this.values.proxyProtocol;
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
	 * Return how long a {@link SocketConnection} may wait for its peer.
	 * @return the time, {@code null} for any time
	 */
	public @Nullable Duration getIdleTimeout() {
		return this.values.idleTimeout;
	}

	/**
	 * Return the TLS settings.
	 * @return the settings, {@code null} if connections have no TLS
	 */
	public @Nullable SslSettings getSsl() {
		return this.values.ssl;
	}

	/**
	 * Return how long connecting may take.
	 * @return time for the lookup and all addresses together
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
		return Objects.requireNonNull(this.values.retry);
	}

	/**
	 * Return the permissions of the file of a bound UNIX socket.
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

	private boolean isClient() {
		return this.values.kind == SocketKind.CLIENT;
	}

	private void checkName() {
		if (!NAME.matcher(this.values.name).matches()) {
			throw this.values.invalid("name", this.values.name,
					"a name is words of lower-case letters and digits, joined by dashes",
					"Write a name such as 'time-server'");
		}
	}

	private @Nullable SocketEndpoint endpoint(String key, @Nullable Object given) {
		SocketEndpoint endpoint = (given instanceof SocketEndpoint) ? checkedDomain(key, (SocketEndpoint) given) : null;
		String text = (endpoint != null) ? endpoint.path() : (String) given;
		if (text == null) {
			return endpoint;
		}
		SocketDomain domain = (endpoint != null) ? SocketDomain.AF_UNIX : this.values.domain;
		try {
			return checkedDomain(key, SocketEndpoint.parse(text, domain, key.equals("remote")));
		}
		catch (SocketEndpoint.MalformedException ex) {
			throw this.values.invalid(key, text, ex.getReason(), ex.getAction());
		}
	}

	private @Nullable SocketEndpoint checkedDomain(String key, @Nullable SocketEndpoint endpoint) {
		SocketDomain wanted = this.values.domain;
		SocketDomain shown = (endpoint != null) ? endpoint.domain() : null;
		boolean fits = shown == wanted || (shown == null && wanted != SocketDomain.AF_UNIX);
		if (endpoint == null || wanted == null || fits) {
			return endpoint;
		}
		throw this.values.invalid(key, endpoint, "it is not an address of the domain " + wanted, switch (wanted) {
			case AF_UNIX -> "Give a UnixDomainSocketAddress, or another domain";
			case AF_INET, AF_INET6 -> (shown == SocketDomain.AF_UNIX) ? "Give an InetSocketAddress, or domain: AF_UNIX"
					: "Write domain: %s, or leave the domain out".formatted(shown);
		});
	}

	private @Nullable SocketDomain knownDomain(@Nullable SocketEndpoint bind, @Nullable SocketEndpoint remote) {
		if (this.values.domain != null) {
			return this.values.domain;
		}
		SocketDomain local = (bind != null) ? bind.domain() : null;
		SocketDomain peer = (remote != null) ? remote.domain() : null;
		boolean unix = local == SocketDomain.AF_UNIX || peer == SocketDomain.AF_UNIX;
		if (bind != null && remote != null && local != peer && (unix || (local != null && peer != null))) {
			throw this.values.invalid("bind", bind, "it is not of the same domain as 'remote' (%s)".formatted(remote),
					"Write two addresses of the same domain");
		}
		return (peer != null) ? peer : local;
	}

	private @Nullable SocketEndpoint defaultBind() {
		if (isClient() || this.values.type == SocketType.SOCK_DGRAM) {
			return null;
		}
		if (getDomain() == SocketDomain.AF_UNIX) {
			throw this.values.invalid("bind", null, "a UNIX listener needs a path",
					"Write the path of the socket file");
		}
		return SocketEndpoint.ANY;
	}

	private void checkProtocol() {
		String protocol = this.values.protocol;
		SocketType type = this.values.type;
		if (protocol == null || getDomain() == SocketDomain.AF_UNIX) {
			return;
		}
		SocketType typeOfProtocol = TYPE_OF_PROTOCOL
			.get(protocol.strip().toLowerCase(Locale.ROOT).replaceFirst("^0+(?=[0-9])", ""));
		if (typeOfProtocol == null) {
			throw this.values.invalid("protocol", protocol,
					protocol.isBlank() ? "it is empty" : "it is neither tcp nor udp",
					"Write %s, or leave the key out".formatted(type.getProtocol()));
		}
		if (typeOfProtocol != type) {
			throw this.values.invalid("protocol", protocol, "it does not fit the type " + type,
					"Write %s, or type: %s".formatted(type.getProtocol(), typeOfProtocol));
		}
	}

	private void checkConnectionLimit() {
		if (getListenQueue() < 0) {
			throw this.values.invalid("listen-queue", this.values.listenQueue, "it is negative",
					"Write a number of connections, or 0 for the system's maximum");
		}
		Integer max = this.values.maxConnections;
		Integer low = this.values.lowWater;
		if (max != null && max < 0) {
			throw this.values.invalid("max-connections", max, "it is negative",
					"Write a number of connections, or 0 to accept nothing");
		}
		if (low != null && max == null) {
			throw this.values.invalid("low-water", low, "there is no max-connections", "Write max-connections too");
		}
		if (low != null && max != null && (low < 0 || low >= max)) {
			throw this.values.invalid("low-water", low,
					"it is not from 0 to less than max-connections (%d)".formatted(max),
					(max > 0) ? "Write a number from 0 to %d".formatted(max - 1) : "Leave the key out");
		}
	}

	private void checkTime(String key, Duration time) {
		if (time.compareTo(SHORTEST) < 0 || time.compareTo(LONGEST) > 0) {
			throw this.values.invalid(key, time, "it is not between a millisecond and a year",
					"Write a time such as 5s");
		}
	}

	private void checkRetry() {
		RetrySettings retry = getRetry();
		if (retry.maxRetries() < -1) {
			throw this.values.invalid("retry.max-retries", retry.maxRetries(), "it is less than -1",
					"Write a number of retries, 0 for none or -1 for ever");
		}
		checkTime("retry.delay", retry.delay());
		checkTime("retry.max-delay", retry.maxDelay());
		if (retry.maxDelay().compareTo(retry.delay()) < 0) {
			String longest = DurationFormatterUtils.print(retry.maxDelay(), DurationFormat.Style.SIMPLE,
					(retry.maxDelay().toMillisPart() == 0) ? DurationFormat.Unit.SECONDS : DurationFormat.Unit.MILLIS);
			throw this.values.invalid("retry.delay", retry.delay(),
					"it is longer than retry.max-delay (%s)".formatted(longest),
					"Write a time of at most %s, or a longer retry.max-delay".formatted(longest));
		}
		if (!(retry.multiplier() >= 1) || Double.isInfinite(retry.multiplier())) {
			throw this.values.invalid("retry.multiplier", retry.multiplier(), "it is less than 1 or infinite",
					"Write a factor such as 2, or 1 for the same delay every time");
		}
		if (retry.jitter().isNegative() || retry.jitter().compareTo(LONGEST) > 0) {
			throw this.values.invalid("retry.jitter", retry.jitter(), "it is negative or longer than a year",
					"Write a time such as 200ms, or 0 for none");
		}
	}

	private void checkUnixMode() {
		String mode = this.values.unixMode;
		if (mode != null && !UNIX_MODE.matcher(mode).matches()) {
			throw this.values.invalid("unix.mode", mode, "it is not a 0 and three octal digits",
					"Write a mode such as \"0660\", with its quotes: YAML reads it as a number otherwise");
		}
	}

	private void checkAdmission() {
		PerSourceSettings perSource = this.values.perSource;
		FirstByteSettings firstByte = this.values.firstByte;
		ProxyProtocolSettings proxy = this.values.proxyProtocol;
		if (perSource != null && perSource.maxConnections() < 1) {
			throw this.values.invalid("per-source.max-connections", perSource.maxConnections(), "it is less than 1",
					"Write how many connections a source may have, or leave per-source out");
		}
		if (perSource != null && (perSource.ipv6Prefix() < 1 || perSource.ipv6Prefix() > 128)) {
			throw this.values.invalid("per-source.ipv6-prefix", perSource.ipv6Prefix(), "it is not from 1 to 128",
					"Write the length of a prefix such as 64");
		}
		if (firstByte != null) {
			checkTime("first-byte.timeout", firstByte.timeout());
			if (firstByte.maxPending() < 1) {
				throw this.values.invalid("first-byte.max-pending", firstByte.maxPending(), "it is less than 1",
						"Write how many connections may wait, such as 500");
			}
		}
		if (proxy != null) {
			checkTime("proxy-protocol.timeout", proxy.timeout());
			if (proxy.trusted().isEmpty() && getDomain() != SocketDomain.AF_UNIX) {
				throw this.values.invalid("proxy-protocol.trusted", proxy.trusted(), "no proxy is trusted",
						"Write the addresses or networks of the proxies");
			}
		}
		boolean ofUsers = !this.values.access.users().isEmpty() || !this.values.access.groups().isEmpty();
		if (ofUsers && getDomain() != SocketDomain.AF_UNIX) {
			throw this.values.invalid(this.values.access.users().isEmpty() ? "access.groups" : "access.users",
					this.values.access.users().isEmpty() ? this.values.access.groups() : this.values.access.users(),
					"the system does not tell the users of a network", "Write allow or deny, or domain: AF_UNIX");
		}
		boolean ofAddresses = !this.values.access.allow().isEmpty() || !this.values.access.deny().isEmpty();
		if (ofAddresses && getDomain() == SocketDomain.AF_UNIX && proxy == null) {
			throw this.values.invalid(this.values.access.allow().isEmpty() ? "access.deny" : "access.allow",
					this.values.access.allow().isEmpty() ? this.values.access.deny() : this.values.access.allow(),
					"a UNIX socket has no addresses", "Write users or groups");
		}
	}

	private void checkSsl() {
		SslSettings ssl = this.values.ssl;
		if (ssl == null) {
			return;
		}
		if (this.values.type != SocketType.SOCK_STREAM) {
			throw this.values.invalid("ssl.bundle", ssl.bundle(), "there is no TLS over datagrams",
					"Leave ssl out, or write type: SOCK_STREAM");
		}
		if (!isClient() && ssl.bundle() == null) {
			throw this.values.invalid("ssl.bundle", null, "a listener with TLS needs a certificate",
					"Write the name of an SSL bundle");
		}
		checkTime("ssl.handshake-timeout", ssl.handshakeTimeout());
		SocketEndpoint remote = this.remote;
		if (isClient() && ssl.verifyHostname() && ssl.serverName() == null && remote != null && remote.host() == null) {
			throw this.values.invalid("ssl.server-name", null, "a UNIX socket has no host name to verify",
					"Write the name that the certificate has, or verify-hostname: false");
		}
	}

	private List<String> findWarnings() {
		SocketSpecBuilder given = this.values;
		Map<String, @Nullable Object> ignored = new LinkedHashMap<>();
		if (isClient() || given.type != SocketType.SOCK_STREAM) {
			ignored.put("listen-queue", given.listenQueue);
			ignored.put("start-paused", given.startPaused);
			ignored.put("access", given.access.equals(AccessSettings.EVERYBODY) ? null : given.access);
			ignored.put("per-source", given.perSource);
			ignored.put("first-byte", given.firstByte);
			ignored.put("proxy-protocol", given.proxyProtocol);
			ignored.put("follow-readiness", given.followReadiness);
			ignored.put("max-connections", given.maxConnections);
			ignored.put("low-water", given.lowWater);
			ignored.put("accepted-options", given.acceptedOptions.isEmpty() ? null : given.acceptedOptions);
		}
		boolean unix = getDomain() == SocketDomain.AF_UNIX;
		if (isClient() || !unix || this.bind == null) {
			ignored.put("unix.mode", given.unixMode);
		}
		if (isClient()) {
			ignored.put("fail-fast", given.failFast);
		}
		else {
			ignored.put("remote", given.remote);
			ignored.put("connect-timeout", given.connectTimeout);
			ignored.put("reconnect", given.reconnect);
		}
		if (given.type != SocketType.SOCK_STREAM) {
			ignored.put("idle-timeout", given.idleTimeout);
		}
		ignored.put("protocol", unix ? given.protocol : null);
		ignored.put("ssl.client-auth",
				(given.ssl != null && isClient() && given.ssl.clientAuth() != SslSettings.ClientAuth.NONE) ? given.ssl
						: null);
		ignored.put("ssl.server-name-bundles",
				(given.ssl != null && isClient() && !given.ssl.serverNameBundles().isEmpty()) ? given.ssl : null);
		ignored.put("ssl.server-name", (given.ssl != null && !isClient()) ? given.ssl.serverName() : null);
		List<String> warnings = new ArrayList<>(given.notes);
		ignored.forEach((key, value) -> {
			if (value != null) {
				warnings.add("'%s' does not apply to a %s of type %s in %s and is ignored".formatted(key, given.kind,
						given.type, getDomain()));
			}
		});
		return List.copyOf(warnings);
	}

}
