package dev.socketfactory.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import dev.socketfactory.AccessSettings;
import dev.socketfactory.DispatchMode;
import dev.socketfactory.FirstByteSettings;
import dev.socketfactory.InvalidSocketSpecException;
import dev.socketfactory.PerSourceSettings;
import dev.socketfactory.ProxyProtocolSettings;
import dev.socketfactory.RetrySettings;
import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketSpecBuilder;
import dev.socketfactory.SocketType;
import dev.socketfactory.SslSettings;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.PropertyMapper;

/**
 * Properties of socket factories.
 *
 * @since 0.1.0
 */
@ConfigurationProperties(prefix = SocketFactoryProperties.PREFIX, ignoreUnknownFields = false)
public class SocketFactoryProperties {

	static final String PREFIX = "socket-factory";

	/**
	 * Whether to create the declared sockets.
	 */
	private boolean enabled = true;

	/**
	 * Whether a listener that cannot be opened at start stops the application. By default
	 * if the application neither handles its failures nor lets it try again.
	 */
	private @Nullable Boolean failFast;

	/**
	 * Where success events are published, unless an entry says otherwise.
	 */
	private DispatchMode dispatch = DispatchMode.EXECUTOR;

	private Health health = new Health();

	private Shutdown shutdown = new Shutdown();

	private Descriptors descriptors = new Descriptors();

	private Observation observation = new Observation();

	/**
	 * Listeners by name.
	 */
	private final Map<String, Listener> listeners = new LinkedHashMap<>();

	/**
	 * Clients by name.
	 */
	private final Map<String, Client> clients = new LinkedHashMap<>();

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public @Nullable Boolean getFailFast() {
		return this.failFast;
	}

	public void setFailFast(@Nullable Boolean failFast) {
		this.failFast = failFast;
	}

	public DispatchMode getDispatch() {
		return this.dispatch;
	}

	public void setDispatch(DispatchMode dispatch) {
		this.dispatch = dispatch;
	}

	public Health getHealth() {
		return this.health;
	}

	public void setHealth(Health health) {
		this.health = health;
	}

	public Shutdown getShutdown() {
		return this.shutdown;
	}

	public void setShutdown(Shutdown shutdown) {
		this.shutdown = shutdown;
	}

	public Descriptors getDescriptors() {
		return this.descriptors;
	}

	public void setDescriptors(Descriptors descriptors) {
		this.descriptors = descriptors;
	}

	public Observation getObservation() {
		return this.observation;
	}

	public void setObservation(Observation observation) {
		this.observation = observation;
	}

	public Map<String, Listener> getListeners() {
		return this.listeners;
	}

	public Map<String, Client> getClients() {
		return this.clients;
	}

	List<SocketSpec> toSpecs() {
		List<SocketSpec> specs = new ArrayList<>();
		this.listeners.forEach((name, listener) -> specs.add(listener.toSpec(name)));
		this.clients.forEach((name, client) -> specs.add(client.toSpec(name)));
		return specs;
	}

	/**
	 * Properties of the health of factories.
	 */
	public static class Health {

		/**
		 * Status of a listener that is paused.
		 */
		private String pausedStatus = "UP";

		public String getPausedStatus() {
			return this.pausedStatus;
		}

		public void setPausedStatus(String pausedStatus) {
			this.pausedStatus = pausedStatus;
		}

	}

	/**
	 * Properties of the end of the application.
	 */
	public static class Shutdown {

		/**
		 * How long handlers are waited for when the application is shut down. By default
		 * as long as the phase of its lifecycle lasts, and never longer.
		 */
		private @Nullable Duration gracePeriod;

		public @Nullable Duration getGracePeriod() {
			return this.gracePeriod;
		}

		public void setGracePeriod(@Nullable Duration gracePeriod) {
			this.gracePeriod = gracePeriod;
		}

	}

	/**
	 * Properties of observations.
	 */
	public static class Observation {

		/**
		 * Whether the handlers of each created socket are observed, for traces and log
		 * lines that belong together.
		 */
		private boolean enabled;

		public boolean isEnabled() {
			return this.enabled;
		}

		public void setEnabled(boolean enabled) {
			this.enabled = enabled;
		}

	}

	/**
	 * Properties of the descriptors of the process.
	 */
	public static class Descriptors {

		/**
		 * How many file descriptors accepted connections leave to the rest of the
		 * application; 0 for none.
		 */
		private int reserve = 32;

		public int getReserve() {
			return this.reserve;
		}

		public void setReserve(int reserve) {
			this.reserve = reserve;
		}

	}

	/**
	 * Properties that listeners and clients have in common.
	 */
	public abstract static class Entry {

		private static final Set<String> ON = Set.of("on", "yes", "true");

		private static final Set<String> OFF = Set.of("off", "no", "false");

		/**
		 * Communication domain. By default the one that the local or remote end shows.
		 */
		private @Nullable SocketDomain domain;

		/**
		 * Communication semantics.
		 */
		private SocketType type = SocketType.SOCK_STREAM;

		/**
		 * Protocol, tcp or udp. By default that of the type, which is the only one it
		 * works with.
		 */
		private @Nullable String protocol;

		/**
		 * Local end, such as "127.0.0.1:12345", "[::1]:12345", ":12345" or the path of a
		 * UNIX socket.
		 */
		private @Nullable String bind;

		/**
		 * Whether to set SO_REUSEADDR: yes, on, true or a number other than 0; anything
		 * else is off.
		 */
		private String reuse = "off";

		/**
		 * Name of success events; off or empty for none. By default the name of the entry
		 * with the suffix ".success".
		 */
		private @Nullable String successEvent;

		/**
		 * Name of failure events; off or empty for none. By default the name of the entry
		 * with the suffix ".failure".
		 */
		private @Nullable String failureEvent;

		/**
		 * Whether to start with the application.
		 */
		private boolean autoStartup = true;

		/**
		 * How long after its event was published a socket that nobody claims is closed.
		 */
		private Duration unclaimedTimeout = Duration.ofSeconds(5);

		/**
		 * Options of the socket by name, such as SO_RCVBUF.
		 */
		private final Map<String, String> options = new LinkedHashMap<>();

		/**
		 * Where success events of this entry are published. By default where those of all
		 * factories are.
		 */
		private @Nullable DispatchMode dispatch;

		/**
		 * How long a connection may wait for its peer. By default for any time.
		 */
		private @Nullable Duration idleTimeout;

		private Retry retry = new Retry();

		private Ssl ssl = new Ssl();

		public @Nullable SocketDomain getDomain() {
			return this.domain;
		}

		public void setDomain(@Nullable SocketDomain domain) {
			this.domain = domain;
		}

		public SocketType getType() {
			return this.type;
		}

		public void setType(SocketType type) {
			this.type = type;
		}

		public @Nullable String getProtocol() {
			return this.protocol;
		}

		public void setProtocol(@Nullable String protocol) {
			this.protocol = protocol;
		}

		public @Nullable String getBind() {
			return this.bind;
		}

		public void setBind(@Nullable String bind) {
			this.bind = bind;
		}

		public String getReuse() {
			return this.reuse;
		}

		public void setReuse(String reuse) {
			this.reuse = reuse;
		}

		public @Nullable String getSuccessEvent() {
			return this.successEvent;
		}

		public void setSuccessEvent(@Nullable String successEvent) {
			this.successEvent = successEvent;
		}

		public @Nullable String getFailureEvent() {
			return this.failureEvent;
		}

		public void setFailureEvent(@Nullable String failureEvent) {
			this.failureEvent = failureEvent;
		}

		public boolean isAutoStartup() {
			return this.autoStartup;
		}

		public void setAutoStartup(boolean autoStartup) {
			this.autoStartup = autoStartup;
		}

		public Duration getUnclaimedTimeout() {
			return this.unclaimedTimeout;
		}

		public void setUnclaimedTimeout(Duration unclaimedTimeout) {
			this.unclaimedTimeout = unclaimedTimeout;
		}

		public Map<String, String> getOptions() {
			return this.options;
		}

		public @Nullable DispatchMode getDispatch() {
			return this.dispatch;
		}

		public void setDispatch(@Nullable DispatchMode dispatch) {
			this.dispatch = dispatch;
		}

		public @Nullable Duration getIdleTimeout() {
			return this.idleTimeout;
		}

		public void setIdleTimeout(@Nullable Duration idleTimeout) {
			this.idleTimeout = idleTimeout;
		}

		public Retry getRetry() {
			return this.retry;
		}

		public Ssl getSsl() {
			return this.ssl;
		}

		public void setSsl(Ssl ssl) {
			this.ssl = ssl;
		}

		public void setRetry(Retry retry) {
			this.retry = retry;
		}

		SocketSpecBuilder applyTo(SocketSpecBuilder spec, boolean reconnect) {
			PropertyMapper map = PropertyMapper.get();
			map.from(this::getSuccessEvent)
				.whenNot(Entry::isOn)
				.to((name) -> spec.successEvent(isOff(name) ? null : name));
			map.from(this::getFailureEvent)
				.whenNot(Entry::isOn)
				.to((name) -> spec.failureEvent(isOff(name) ? null : name));
			map.from(this::getDomain).to(spec::domain);
			return spec.type(this.type)
				.protocol(this.protocol)
				.bind(this.bind)
				.reuse(this.reuse)
				.autoStartup(this.autoStartup)
				.unclaimedTimeout(this.unclaimedTimeout)
				.idleTimeout(this.idleTimeout)
				.ssl(this.ssl.toSettings(spec))
				.options(distinct(this.options))
				.dispatch(this.dispatch)
				.retry(this.retry.toSettings(reconnect));
		}

		/**
		 * Return the options without those that a source of a higher precedence, such as
		 * an environment variable, spells in another way.
		 */
		static Map<String, String> distinct(Map<String, String> options) {
			Map<String, String> distinct = new TreeMap<>(
					Comparator.comparing((name) -> name.replaceAll("[-._]", "").toLowerCase(Locale.ROOT)));
			options.forEach(distinct::putIfAbsent);
			return distinct;
		}

		private static boolean isOn(String word) {
			return ON.contains(word.strip().toLowerCase(Locale.ROOT));
		}

		private static boolean isOff(String word) {
			return OFF.contains(word.strip().toLowerCase(Locale.ROOT));
		}

	}

	/**
	 * Properties of a listener.
	 */
	public static class Listener extends Entry {

		/**
		 * Length of the listen queue. 0 is the system's maximum, to which larger values
		 * are clipped.
		 */
		private int listenQueue;

		/**
		 * Whether the application stops if the listener cannot be opened at start. By
		 * default what holds for all listeners.
		 */
		private @Nullable Boolean failFast;

		/**
		 * Whether the listener starts paused.
		 */
		private boolean startPaused;

		/**
		 * Whether the listener accepts only while the application is ready to accept
		 * traffic.
		 */
		private boolean followReadiness;

		/**
		 * How many accepted connections may be open at once. By default any number; 0
		 * accepts nothing.
		 */
		private @Nullable Integer maxConnections;

		/**
		 * At how many open connections a listener that has reached its limit accepts
		 * again. By default one less than the limit.
		 */
		private @Nullable Integer lowWater;

		/**
		 * Options of accepted sockets by name, such as TCP_NODELAY.
		 */
		private final Map<String, String> acceptedOptions = new LinkedHashMap<>();

		private Access access = new Access();

		private PerSource perSource = new PerSource();

		private FirstByte firstByte = new FirstByte();

		private ProxyProtocol proxyProtocol = new ProxyProtocol();

		private Unix unix = new Unix();

		public int getListenQueue() {
			return this.listenQueue;
		}

		public void setListenQueue(int listenQueue) {
			this.listenQueue = listenQueue;
		}

		public @Nullable Boolean getFailFast() {
			return this.failFast;
		}

		public void setFailFast(@Nullable Boolean failFast) {
			this.failFast = failFast;
		}

		public boolean isStartPaused() {
			return this.startPaused;
		}

		public void setStartPaused(boolean startPaused) {
			this.startPaused = startPaused;
		}

		public boolean isFollowReadiness() {
			return this.followReadiness;
		}

		public void setFollowReadiness(boolean followReadiness) {
			this.followReadiness = followReadiness;
		}

		public @Nullable Integer getMaxConnections() {
			return this.maxConnections;
		}

		public void setMaxConnections(@Nullable Integer maxConnections) {
			this.maxConnections = maxConnections;
		}

		public @Nullable Integer getLowWater() {
			return this.lowWater;
		}

		public void setLowWater(@Nullable Integer lowWater) {
			this.lowWater = lowWater;
		}

		public Map<String, String> getAcceptedOptions() {
			return this.acceptedOptions;
		}

		public Access getAccess() {
			return this.access;
		}

		public void setAccess(Access access) {
			this.access = access;
		}

		public PerSource getPerSource() {
			return this.perSource;
		}

		public void setPerSource(PerSource perSource) {
			this.perSource = perSource;
		}

		public FirstByte getFirstByte() {
			return this.firstByte;
		}

		public void setFirstByte(FirstByte firstByte) {
			this.firstByte = firstByte;
		}

		public ProxyProtocol getProxyProtocol() {
			return this.proxyProtocol;
		}

		public void setProxyProtocol(ProxyProtocol proxyProtocol) {
			this.proxyProtocol = proxyProtocol;
		}

		public Unix getUnix() {
			return this.unix;
		}

		public void setUnix(Unix unix) {
			this.unix = unix;
		}

		SocketSpec toSpec(String name) {
			SocketSpecBuilder spec = applyTo(SocketSpec.listener(name), false);
			PropertyMapper map = PropertyMapper.get();
			map.from(this::getListenQueue).whenNot(Integer.valueOf(0)::equals).to(spec::listenQueue);
			map.from(this::isStartPaused).whenTrue().to(spec::startPaused);
			map.from(this::isFollowReadiness).whenTrue().to(spec::followReadiness);
			return spec.failFast(this.failFast)
				.maxConnections(this.maxConnections)
				.lowWater(this.lowWater)
				.acceptedOptions(distinct(this.acceptedOptions))
				.unixMode(this.unix.getMode())
				.access(this.access.toSettings())
				.perSource(this.perSource.toSettings())
				.firstByte(this.firstByte.toSettings())
				.proxyProtocol(this.proxyProtocol.toSettings())
				.build();
		}

	}

	/**
	 * Properties of who may connect.
	 */
	public static class Access {

		/**
		 * Addresses and networks of those who may connect, such as "10.0.0.0/8". By
		 * default everybody.
		 */
		private List<String> allow = new ArrayList<>();

		/**
		 * Addresses and networks of those who may not, whatever "allow" says.
		 */
		private List<String> deny = new ArrayList<>();

		/**
		 * Names or numbers of the users who may connect to a UNIX socket. By default
		 * everybody.
		 */
		private List<String> users = new ArrayList<>();

		/**
		 * Names or numbers of the groups who may connect to a UNIX socket.
		 */
		private List<String> groups = new ArrayList<>();

		public List<String> getAllow() {
			return this.allow;
		}

		public void setAllow(List<String> allow) {
			this.allow = allow;
		}

		public List<String> getDeny() {
			return this.deny;
		}

		public void setDeny(List<String> deny) {
			this.deny = deny;
		}

		public List<String> getUsers() {
			return this.users;
		}

		public void setUsers(List<String> users) {
			this.users = users;
		}

		public List<String> getGroups() {
			return this.groups;
		}

		public void setGroups(List<String> groups) {
			this.groups = groups;
		}

		AccessSettings toSettings() {
			return new AccessSettings(this.allow, this.deny, this.users, this.groups);
		}

	}

	/**
	 * Properties of the limit of each source.
	 */
	public static class PerSource {

		/**
		 * How many connections of one address may be open at once. By default any number.
		 */
		private @Nullable Integer maxConnections;

		/**
		 * Length of the prefix that the IPv6 addresses of one source share.
		 */
		private int ipv6Prefix = PerSourceSettings.DEFAULT_IPV6_PREFIX;

		public @Nullable Integer getMaxConnections() {
			return this.maxConnections;
		}

		public void setMaxConnections(@Nullable Integer maxConnections) {
			this.maxConnections = maxConnections;
		}

		public int getIpv6Prefix() {
			return this.ipv6Prefix;
		}

		public void setIpv6Prefix(int ipv6Prefix) {
			this.ipv6Prefix = ipv6Prefix;
		}

		@Nullable PerSourceSettings toSettings() {
			return (this.maxConnections != null) ? new PerSourceSettings(this.maxConnections, this.ipv6Prefix) : null;
		}

	}

	/**
	 * Properties of the wait for the first byte.
	 */
	public static class FirstByte {

		/**
		 * How long a client may say nothing. By default for any time; with TLS or a proxy
		 * protocol their timeouts hold.
		 */
		private @Nullable Duration timeout;

		/**
		 * How many connections may wait at once. The oldest goes when there are more.
		 */
		private int maxPending = FirstByteSettings.DEFAULT_MAX_PENDING;

		public @Nullable Duration getTimeout() {
			return this.timeout;
		}

		public void setTimeout(@Nullable Duration timeout) {
			this.timeout = timeout;
		}

		public int getMaxPending() {
			return this.maxPending;
		}

		public void setMaxPending(int maxPending) {
			this.maxPending = maxPending;
		}

		@Nullable FirstByteSettings toSettings() {
			return (this.timeout != null) ? new FirstByteSettings(this.timeout, this.maxPending) : null;
		}

	}

	/**
	 * Properties of proxies in front.
	 */
	public static class ProxyProtocol {

		/**
		 * Addresses and networks of the proxies, which have to send a PROXY header;
		 * nobody else may connect then.
		 */
		private @Nullable List<String> trusted;

		/**
		 * How long the header may take.
		 */
		private Duration timeout = Duration.ofSeconds(5);

		public @Nullable List<String> getTrusted() {
			return this.trusted;
		}

		public void setTrusted(@Nullable List<String> trusted) {
			this.trusted = trusted;
		}

		public Duration getTimeout() {
			return this.timeout;
		}

		public void setTimeout(Duration timeout) {
			this.timeout = timeout;
		}

		@Nullable ProxyProtocolSettings toSettings() {
			return (this.trusted != null) ? new ProxyProtocolSettings(this.trusted, this.timeout) : null;
		}

	}

	/**
	 * Properties of a client.
	 */
	public static class Client extends Entry {

		/**
		 * Remote end, such as "example.org:https", "[::1]:12345" or the path of a UNIX
		 * socket.
		 */
		private @Nullable String remote;

		/**
		 * How long the lookup and all addresses together may take.
		 */
		private Duration connectTimeout = Duration.ofSeconds(10);

		/**
		 * Whether to connect again when the claimed channel has been closed.
		 */
		private boolean reconnect;

		public @Nullable String getRemote() {
			return this.remote;
		}

		public void setRemote(@Nullable String remote) {
			this.remote = remote;
		}

		public Duration getConnectTimeout() {
			return this.connectTimeout;
		}

		public void setConnectTimeout(Duration connectTimeout) {
			this.connectTimeout = connectTimeout;
		}

		public boolean isReconnect() {
			return this.reconnect;
		}

		public void setReconnect(boolean reconnect) {
			this.reconnect = reconnect;
		}

		SocketSpec toSpec(String name) {
			return applyTo(SocketSpec.client(name), this.reconnect).remote(this.remote)
				.connectTimeout(this.connectTimeout)
				.reconnect(this.reconnect)
				.build();
		}

	}

	/**
	 * Properties that say when to try again what has failed.
	 */
	public static class Retry {

		/**
		 * Number of retries; -1 for ever. By default none, and for ever if a client
		 * reconnects.
		 */
		private @Nullable Integer maxRetries;

		/**
		 * Delay before the first retry.
		 */
		private Duration delay = Duration.ofSeconds(1);

		/**
		 * Factor from one delay to the next.
		 */
		private double multiplier = 2;

		/**
		 * Longest delay.
		 */
		private Duration maxDelay = Duration.ofSeconds(30);

		/**
		 * How much a delay may differ at random.
		 */
		private Duration jitter = Duration.ofMillis(200);

		public @Nullable Integer getMaxRetries() {
			return this.maxRetries;
		}

		public void setMaxRetries(@Nullable Integer maxRetries) {
			this.maxRetries = maxRetries;
		}

		public Duration getDelay() {
			return this.delay;
		}

		public void setDelay(Duration delay) {
			this.delay = delay;
		}

		public double getMultiplier() {
			return this.multiplier;
		}

		public void setMultiplier(double multiplier) {
			this.multiplier = multiplier;
		}

		public Duration getMaxDelay() {
			return this.maxDelay;
		}

		public void setMaxDelay(Duration maxDelay) {
			this.maxDelay = maxDelay;
		}

		public Duration getJitter() {
			return this.jitter;
		}

		public void setJitter(Duration jitter) {
			this.jitter = jitter;
		}

		RetrySettings toSettings(boolean reconnect) {
			int retries = (this.maxRetries != null) ? this.maxRetries : (reconnect ? -1 : 0);
			return new RetrySettings(retries, this.delay, this.multiplier, this.maxDelay, this.jitter);
		}

	}

	/**
	 * Properties of TLS.
	 */
	public static class Ssl {

		/**
		 * Name of the SSL bundle. Alone it switches TLS on.
		 */
		private @Nullable String bundle;

		/**
		 * Whether connections have TLS. By default if there is a bundle; a client may use
		 * the one of the system.
		 */
		private @Nullable Boolean enabled;

		/**
		 * Whether a listener asks for certificates of its clients.
		 */
		private SslSettings.ClientAuth clientAuth = SslSettings.ClientAuth.NONE;

		/**
		 * Bundles of a listener for the server names that clients ask for.
		 */
		private final List<ServerNameBundle> serverNameBundles = new ArrayList<>();

		/**
		 * How long a handshake may take, the wait for the first byte included.
		 */
		private Duration handshakeTimeout = Duration.ofSeconds(10);

		/**
		 * Whether a client compares the certificate with the host it connects to.
		 */
		private boolean verifyHostname = true;

		/**
		 * Name that a client sends and compares, if it is not the host it connects to.
		 */
		private @Nullable String serverName;

		public @Nullable String getBundle() {
			return this.bundle;
		}

		public void setBundle(@Nullable String bundle) {
			this.bundle = bundle;
		}

		public @Nullable Boolean getEnabled() {
			return this.enabled;
		}

		public void setEnabled(@Nullable Boolean enabled) {
			this.enabled = enabled;
		}

		public SslSettings.ClientAuth getClientAuth() {
			return this.clientAuth;
		}

		public void setClientAuth(SslSettings.ClientAuth clientAuth) {
			this.clientAuth = clientAuth;
		}

		public List<ServerNameBundle> getServerNameBundles() {
			return this.serverNameBundles;
		}

		public Duration getHandshakeTimeout() {
			return this.handshakeTimeout;
		}

		public void setHandshakeTimeout(Duration handshakeTimeout) {
			this.handshakeTimeout = handshakeTimeout;
		}

		public boolean isVerifyHostname() {
			return this.verifyHostname;
		}

		public void setVerifyHostname(boolean verifyHostname) {
			this.verifyHostname = verifyHostname;
		}

		public @Nullable String getServerName() {
			return this.serverName;
		}

		public void setServerName(@Nullable String serverName) {
			this.serverName = serverName;
		}

		@Nullable SslSettings toSettings(SocketSpecBuilder spec) {
			if (Boolean.FALSE.equals(this.enabled) || !isAskedFor()) {
				return null;
			}
			Map<String, String> bundles = new LinkedHashMap<>();
			for (ServerNameBundle each : this.serverNameBundles) {
				if (each.getServerName() == null || each.getBundle() == null) {
					throw new InvalidSocketSpecException(spec.getKind(), spec.getName(), "ssl.server-name-bundles",
							null, "an element needs a server-name and a bundle", "Write both");
				}
				bundles.put(each.getServerName(), each.getBundle());
			}
			return new SslSettings(this.bundle, this.clientAuth, bundles, this.handshakeTimeout, this.verifyHostname,
					this.serverName);
		}

		/**
		 * Any of the keys asks for TLS: a connection without it would be a surprise.
		 */
		private boolean isAskedFor() {
			return this.bundle != null || Boolean.TRUE.equals(this.enabled)
					|| this.clientAuth != SslSettings.ClientAuth.NONE || !this.serverNameBundles.isEmpty()
					|| this.serverName != null || !this.verifyHostname;
		}

	}

	/**
	 * Bundle for a server name.
	 */
	public static class ServerNameBundle {

		/**
		 * Name of the server, such as "example.org" or "*.example.org".
		 */
		private @Nullable String serverName;

		/**
		 * Name of the SSL bundle.
		 */
		private @Nullable String bundle;

		public @Nullable String getServerName() {
			return this.serverName;
		}

		public void setServerName(@Nullable String serverName) {
			this.serverName = serverName;
		}

		public @Nullable String getBundle() {
			return this.bundle;
		}

		public void setBundle(@Nullable String bundle) {
			this.bundle = bundle;
		}

	}

	/**
	 * Properties of UNIX sockets.
	 */
	public static class Unix {

		/**
		 * Permissions of the socket file: four octal digits, quoted.
		 */
		private @Nullable String mode;

		public @Nullable String getMode() {
			return this.mode;
		}

		public void setMode(@Nullable String mode) {
			this.mode = mode;
		}

	}

}
