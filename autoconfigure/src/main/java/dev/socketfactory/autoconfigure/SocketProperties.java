package dev.socketfactory.autoconfigure;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import dev.socketfactory.DispatchMode;
import org.jspecify.annotations.Nullable;

/**
 * Properties that listeners and clients have in common: the keys below
 * {@code socket-factory.listeners.<name>} and {@code socket-factory.clients.<name>}.
 * {@code null} stands for the default of the specification.
 *
 * @since 0.1.0
 */
public abstract class SocketProperties {

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
	 * Local end: "host:port", "[address]:port", ":port", a port, a host, or the path of a
	 * UNIX socket.
	 */
	private @Nullable String bind;

	/**
	 * Whether to set SO_REUSEADDR: yes, on, true or a number other than 0; anything else
	 * is off.
	 */
	private @Nullable String reuse;

	/**
	 * Name of success events; empty for none. By default the name of the entry with the
	 * suffix ".success".
	 */
	private @Nullable String successEvent;

	/**
	 * Name of failure events; empty for none. By default the name of the entry with the
	 * suffix ".failure".
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
	private final Map<String, String> options = new LinkedHashMap<>();

	/**
	 * Where success events of this entry are published.
	 */
	private @Nullable DispatchMode dispatch;

	private final RetryProperties retry = new RetryProperties();

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

	public @Nullable DispatchMode getDispatch() {
		return this.dispatch;
	}

	public void setDispatch(@Nullable DispatchMode dispatch) {
		this.dispatch = dispatch;
	}

	public RetryProperties getRetry() {
		return this.retry;
	}

}
