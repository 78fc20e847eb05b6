package dev.socketfactory.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.socketfactory.DispatchMode;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * Properties of socket factories. There is no bean of them: the entries are bound one by
 * one, because names that differ only in dashes are one entry, and an environment
 * variable cannot spell a dash.
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

	/**
	 * Properties of a listener: those of {@link SocketProperties}, and these.
	 */
	public static class Listener extends SocketProperties {

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
		private final Map<String, String> acceptedOptions = new LinkedHashMap<>();

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

		public Unix getUnix() {
			return this.unix;
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
	 * Properties of a client: those of {@link SocketProperties}, and these.
	 */
	public static class Client extends SocketProperties {

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

}
