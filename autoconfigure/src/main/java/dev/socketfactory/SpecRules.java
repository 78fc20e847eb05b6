package dev.socketfactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

/**
 * The rules that the values of a specification have to obey together.
 */
final class SpecRules {

	private static final Pattern NAME = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");

	private static final Pattern LEADING_ZEROS = Pattern.compile("^0+(?=[0-9])");

	private static final Pattern UNIX_MODE = Pattern.compile("0[0-7]{3}");

	private static final Map<String, SocketType> TYPE_OF_PROTOCOL = Map.of("tcp", SocketType.SOCK_STREAM, "6",
			SocketType.SOCK_STREAM, "udp", SocketType.SOCK_DGRAM, "17", SocketType.SOCK_DGRAM);

	private static final Duration SHORTEST = Duration.ofMillis(1);

	private static final Duration LONGEST = Duration.ofDays(365);

	private final SocketSpecBuilder spec;

	private final List<String> warnings;

	private @Nullable SocketEndpoint bind;

	private @Nullable SocketEndpoint remote;

	SpecRules(SocketSpecBuilder spec) {
		this.spec = spec;
		this.warnings = new ArrayList<>(spec.notes);
	}

	List<String> getWarnings() {
		return List.copyOf(this.warnings);
	}

	@Nullable SocketEndpoint getBind() {
		return this.bind;
	}

	@Nullable SocketEndpoint getRemote() {
		return this.remote;
	}

	void check() {
		checkName();
		checkProtocol();
		checkListenQueue();
		checkLimit();
		checkTime("unclaimed-timeout", this.spec.unclaimedTimeout);
		if (this.spec.connectTimeout != null) {
			checkTime("connect-timeout", this.spec.connectTimeout);
		}
		checkRetry();
		checkUnixMode();
		EndpointRules endpoints = new EndpointRules(this.spec);
		this.bind = endpoints.bind();
		this.remote = endpoints.remote();
		warnOfMeaningless();
	}

	private void checkName() {
		if (!NAME.matcher(this.spec.name).matches()) {
			throw this.spec.invalid("name", this.spec.name,
					"a name is words of lower-case letters and digits, joined by dashes",
					"Write a name such as 'time-server'");
		}
	}

	private void checkProtocol() {
		String protocol = this.spec.protocol;
		if (protocol == null) {
			return;
		}
		if (this.spec.domain == SocketDomain.AF_UNIX) {
			this.warnings.add("'protocol' does not apply to AF_UNIX and is ignored");
			return;
		}
		if (protocol.isBlank()) {
			throw this.spec.invalid("protocol", protocol, "it is empty",
					"Write %s, or leave the key out".formatted(this.spec.type.getProtocol()));
		}
		SocketType type = TYPE_OF_PROTOCOL
			.get(LEADING_ZEROS.matcher(protocol.strip().toLowerCase(Locale.ROOT)).replaceFirst(""));
		if (type != null && type != this.spec.type) {
			throw this.spec.invalid("protocol", protocol, "it does not fit the type " + this.spec.type,
					"Write %s, or type: %s".formatted(this.spec.type.getProtocol(), type));
		}
	}

	private void checkListenQueue() {
		if (this.spec.listenQueue != null && this.spec.listenQueue < 0) {
			throw this.spec.invalid("listen-queue", this.spec.listenQueue, "it is negative",
					"Write a number of connections, or 0 for the system's maximum");
		}
	}

	private void checkLimit() {
		Integer max = this.spec.maxConnections;
		Integer low = this.spec.lowWater;
		if (max != null && max < 0) {
			throw this.spec.invalid("max-connections", max, "it is negative",
					"Write a number of connections, or 0 to accept nothing");
		}
		if (low != null && max == null) {
			throw this.spec.invalid("low-water", low, "there is no max-connections", "Write max-connections too");
		}
		if (low != null && max != null && (low < 0 || low >= max)) {
			throw this.spec.invalid("low-water", low,
					"it is not from 0 to less than max-connections (%d)".formatted(max),
					(max > 0) ? "Write a number from 0 to %d".formatted(max - 1) : "Leave the key out");
		}
	}

	private void checkTime(String key, Duration time) {
		if (time.compareTo(SHORTEST) < 0 || time.compareTo(LONGEST) > 0) {
			throw this.spec.invalid(key, time, "it is not between a millisecond and a year", "Write a time such as 5s");
		}
	}

	private void checkRetry() {
		RetrySettings retry = this.spec.retry;
		if (retry.maxRetries() < -1) {
			throw this.spec.invalid("retry.max-retries", retry.maxRetries(), "it is less than -1",
					"Write a number of retries, 0 for none or -1 for ever");
		}
		checkTime("retry.delay", retry.delay());
		checkTime("retry.max-delay", retry.maxDelay());
		if (retry.maxDelay().compareTo(retry.delay()) < 0) {
			String longest = DurationFormatterUtils.print(retry.maxDelay(), DurationFormat.Style.SIMPLE,
					(retry.maxDelay().toMillisPart() == 0) ? DurationFormat.Unit.SECONDS : DurationFormat.Unit.MILLIS);
			throw this.spec.invalid("retry.delay", retry.delay(),
					"it is longer than retry.max-delay (%s)".formatted(longest),
					"Write a time of at most %s, or a longer retry.max-delay".formatted(longest));
		}
		if (!(retry.multiplier() >= 1) || Double.isInfinite(retry.multiplier())) {
			throw this.spec.invalid("retry.multiplier", retry.multiplier(), "it is less than 1 or infinite",
					"Write a factor such as 2, or 1 for the same delay every time");
		}
		if (retry.jitter().isNegative() || retry.jitter().compareTo(LONGEST) > 0) {
			throw this.spec.invalid("retry.jitter", retry.jitter(), "it is negative or longer than a year",
					"Write a time such as 200ms, or 0 for none");
		}
	}

	private void checkUnixMode() {
		String mode = this.spec.unixMode;
		if (mode != null && !UNIX_MODE.matcher(mode).matches()) {
			throw this.spec.invalid("unix.mode", mode, "it is not a 0 and three octal digits",
					"Write a mode such as \"0660\", with its quotes: YAML reads it as a number otherwise");
		}
	}

	private void warnOfMeaningless() {
		boolean streamListener = this.spec.kind == SocketKind.LISTENER && this.spec.type == SocketType.SOCK_STREAM;
		boolean client = this.spec.kind == SocketKind.CLIENT;
		boolean unixListener = !client && this.spec.domain == SocketDomain.AF_UNIX;
		warnUnless(streamListener, "listen-queue", this.spec.listenQueue);
		warnUnless(streamListener, "start-paused", this.spec.startPaused);
		warnUnless(streamListener, "follow-readiness", this.spec.followReadiness);
		warnUnless(streamListener, "max-connections", this.spec.maxConnections);
		warnUnless(streamListener, "low-water", this.spec.lowWater);
		warnUnless(streamListener, "accepted-options",
				this.spec.acceptedOptions.isEmpty() ? null : this.spec.acceptedOptions);
		warnUnless(unixListener && this.bind != null, "unix.mode", this.spec.unixMode);
		warnUnless(client, "remote", (this.spec.remoteText != null) ? this.spec.remoteText : this.spec.remoteEndpoint);
		warnUnless(client, "connect-timeout", this.spec.connectTimeout);
		warnUnless(client, "reconnect", this.spec.reconnect);
	}

	private void warnUnless(boolean meaningful, String key, @Nullable Object value) {
		if (!meaningful && value != null) {
			this.warnings.add("'%s' does not apply to a %s of type %s in %s and is ignored".formatted(key,
					this.spec.kind, this.spec.type, this.spec.domain));
		}
	}

}
