package dev.socketfactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * The values of a specification as they were given; {@code null} where the default is
 * meant and it matters that nothing was given.
 */
abstract class SpecValues {

	final SocketKind kind;

	final String name;

	SocketDomain domain = SocketDomain.AF_INET;

	SocketType type = SocketType.SOCK_STREAM;

	@Nullable String protocol;

	@Nullable String bindText;

	@Nullable SocketEndpoint bindEndpoint;

	@Nullable String remoteText;

	@Nullable SocketEndpoint remoteEndpoint;

	boolean reuse;

	@Nullable Integer listenQueue;

	@Nullable String successEvent;

	@Nullable String failureEvent;

	boolean autoStartup = true;

	@Nullable Boolean startPaused;

	@Nullable Boolean followReadiness;

	@Nullable Integer maxConnections;

	@Nullable Integer lowWater;

	Duration unclaimedTimeout = Duration.ofSeconds(5);

	@Nullable Duration connectTimeout;

	@Nullable Boolean reconnect;

	RetrySettings retry = RetrySettings.NONE;

	@Nullable String unixMode;

	final Map<String, Object> options = new LinkedHashMap<>();

	final Map<String, Object> acceptedOptions = new LinkedHashMap<>();

	@Nullable DispatchMode dispatch;

	final List<String> notes = new ArrayList<>();

	SpecValues(SocketKind kind, String name) {
		Assert.notNull(name, "'name' must not be null");
		this.kind = kind;
		this.name = name;
		this.successEvent = name + ".success";
		this.failureEvent = name + ".failure";
	}

	SpecValues(SpecValues other) {
		this.kind = other.kind;
		this.name = other.name;
		this.domain = other.domain;
		this.type = other.type;
		this.protocol = other.protocol;
		this.bindText = other.bindText;
		this.bindEndpoint = other.bindEndpoint;
		this.remoteText = other.remoteText;
		this.remoteEndpoint = other.remoteEndpoint;
		this.reuse = other.reuse;
		this.listenQueue = other.listenQueue;
		this.successEvent = other.successEvent;
		this.failureEvent = other.failureEvent;
		this.autoStartup = other.autoStartup;
		this.startPaused = other.startPaused;
		this.followReadiness = other.followReadiness;
		this.maxConnections = other.maxConnections;
		this.lowWater = other.lowWater;
		this.unclaimedTimeout = other.unclaimedTimeout;
		this.connectTimeout = other.connectTimeout;
		this.reconnect = other.reconnect;
		this.retry = other.retry;
		this.unixMode = other.unixMode;
		this.options.putAll(other.options);
		this.acceptedOptions.putAll(other.acceptedOptions);
		this.dispatch = other.dispatch;
		this.notes.addAll(other.notes);
	}

}
