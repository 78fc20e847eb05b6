package dev.socketfactory.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.socketfactory.DispatchMode;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Properties of socket factories. They are bound entry by entry, because names that
 * differ only in dashes are one entry: an environment variable cannot spell a dash.
 *
 * @since 0.1.0
 */
@ConfigurationProperties("socket-factory")
public class SocketFactoryProperties {

	/**
	 * Whether to create the declared sockets.
	 */
	private boolean enabled = true;

	/**
	 * Whether a listener that cannot be opened at start stops the application.
	 */
	private boolean failFast;

	/**
	 * Where success events are published, unless an entry says otherwise.
	 */
	private DispatchMode dispatch = DispatchMode.EXECUTOR;

	private final Health health = new Health();

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

	public boolean isFailFast() {
		return this.failFast;
	}

	public void setFailFast(boolean failFast) {
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

	public Map<String, Listener> getListeners() {
		return this.listeners;
	}

	public Map<String, Client> getClients() {
		return this.clients;
	}

	/**
	 * What listeners and clients have in common.
	 */
	public abstract static class Entry {

		/**
		 * Communication domain: AF_INET, AF_INET6 or AF_UNIX.
		 */
		private @Nullable String domain;

		/**
		 * Communication semantics: SOCK_STREAM or SOCK_DGRAM.
		 */
		private @Nullable String type;

		/**
		 * Name or number of the protocol; by default that of the type.
		 */
		private @Nullable String protocol;

		/**
		 * Local end: "host:port", "[address]:port", ":port", a port, a host, or the path
		 * of a UNIX socket.
		 */
		private @Nullable String bind;

		/**
		 * Whether to set SO_REUSEADDR: yes, on, true or a number other than 0; anything
		 * else is off.
		 */
		private @Nullable String reuse;

		/**
		 * Name of success events; empty for none. By default the name of the entry with
		 * the suffix ".success".
		 */
		private @Nullable String successEvent;

		/**
		 * Name of failure events; empty for none. By default the name of the entry with
		 * the suffix ".failure".
		 */
		private @Nullable String failureEvent;

		/**
		 * Whether to start with the application.
		 */
		private @Nullable Boolean autoStartup;

		/**
		 * How long after its event was published a socket that nobody claims is closed.
		 */
		private @Nullable Duration unclaimedTimeout;

		/**
		 * Options of the socket by name, such as SO_RCVBUF.
		 */
		private Map<String, String> options = new LinkedHashMap<>();

		/**
		 * Where success events of this entry are published.
		 */
		private @Nullable DispatchMode dispatch;

		private final Retry retry = new Retry();

		public @Nullable String getDomain() {
			return this.domain;
		}

		public void setDomain(@Nullable String domain) {
			this.domain = domain;
		}

		public @Nullable String getType() {
			return this.type;
		}

		public void setType(@Nullable String type) {
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

		public @Nullable String getReuse() {
			return this.reuse;
		}

		public void setReuse(@Nullable String reuse) {
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

		public @Nullable Boolean getAutoStartup() {
			return this.autoStartup;
		}

		public void setAutoStartup(@Nullable Boolean autoStartup) {
			this.autoStartup = autoStartup;
		}

		public @Nullable Duration getUnclaimedTimeout() {
			return this.unclaimedTimeout;
		}

		public void setUnclaimedTimeout(@Nullable Duration unclaimedTimeout) {
			this.unclaimedTimeout = unclaimedTimeout;
		}

		public Map<String, String> getOptions() {
			return this.options;
		}

		public void setOptions(Map<String, String> options) {
			this.options = options;
		}

		public @Nullable DispatchMode getDispatch() {
			return this.dispatch;
		}

		public void setDispatch(@Nullable DispatchMode dispatch) {
			this.dispatch = dispatch;
		}

		public Retry getRetry() {
			return this.retry;
		}

	}

	/**
	 * A declared listener.
	 */
	public static class Listener extends Entry {

		/**
		 * Length of the listen queue. 0 is the system's maximum, to which larger values
		 * are clipped.
		 */
		private @Nullable Integer listenQueue;

		/**
		 * Whether the listener starts paused.
		 */
		private @Nullable Boolean startPaused;

		/**
		 * Whether the listener accepts only while the application is ready to accept
		 * traffic.
		 */
		private @Nullable Boolean followReadiness;

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
		private Map<String, String> acceptedOptions = new LinkedHashMap<>();

		private final Unix unix = new Unix();

		public @Nullable Integer getListenQueue() {
			return this.listenQueue;
		}

		public void setListenQueue(@Nullable Integer listenQueue) {
			this.listenQueue = listenQueue;
		}

		public @Nullable Boolean getStartPaused() {
			return this.startPaused;
		}

		public void setStartPaused(@Nullable Boolean startPaused) {
			this.startPaused = startPaused;
		}

		public @Nullable Boolean getFollowReadiness() {
			return this.followReadiness;
		}

		public void setFollowReadiness(@Nullable Boolean followReadiness) {
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

		public void setAcceptedOptions(Map<String, String> acceptedOptions) {
			this.acceptedOptions = acceptedOptions;
		}

		public Unix getUnix() {
			return this.unix;
		}

	}

	/**
	 * A declared client.
	 */
	public static class Client extends Entry {

		/**
		 * Remote end: "host:port", "[address]:port" or the path of a UNIX socket.
		 */
		private @Nullable String remote;

		/**
		 * How long the look-up and all addresses together may take.
		 */
		private @Nullable Duration connectTimeout;

		/**
		 * Whether to connect again when the claimed channel has been closed.
		 */
		private @Nullable Boolean reconnect;

		public @Nullable String getRemote() {
			return this.remote;
		}

		public void setRemote(@Nullable String remote) {
			this.remote = remote;
		}

		public @Nullable Duration getConnectTimeout() {
			return this.connectTimeout;
		}

		public void setConnectTimeout(@Nullable Duration connectTimeout) {
			this.connectTimeout = connectTimeout;
		}

		public @Nullable Boolean getReconnect() {
			return this.reconnect;
		}

		public void setReconnect(@Nullable Boolean reconnect) {
			this.reconnect = reconnect;
		}

	}

	/**
	 * When to try again what has failed.
	 */
	public static class Retry {

		/**
		 * Number of retries; -1 for ever.
		 */
		private @Nullable Integer maxRetries;

		/**
		 * Delay before the first retry.
		 */
		private @Nullable Duration delay;

		/**
		 * Factor from one delay to the next.
		 */
		private @Nullable Double multiplier;

		/**
		 * Longest delay.
		 */
		private @Nullable Duration maxDelay;

		/**
		 * How much a delay may differ at random.
		 */
		private @Nullable Duration jitter;

		public @Nullable Integer getMaxRetries() {
			return this.maxRetries;
		}

		public void setMaxRetries(@Nullable Integer maxRetries) {
			this.maxRetries = maxRetries;
		}

		public @Nullable Duration getDelay() {
			return this.delay;
		}

		public void setDelay(@Nullable Duration delay) {
			this.delay = delay;
		}

		public @Nullable Double getMultiplier() {
			return this.multiplier;
		}

		public void setMultiplier(@Nullable Double multiplier) {
			this.multiplier = multiplier;
		}

		public @Nullable Duration getMaxDelay() {
			return this.maxDelay;
		}

		public void setMaxDelay(@Nullable Duration maxDelay) {
			this.maxDelay = maxDelay;
		}

		public @Nullable Duration getJitter() {
			return this.jitter;
		}

		public void setJitter(@Nullable Duration jitter) {
			this.jitter = jitter;
		}

	}

	/**
	 * What concerns UNIX sockets only.
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

	/**
	 * What concerns the health of factories.
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

}
