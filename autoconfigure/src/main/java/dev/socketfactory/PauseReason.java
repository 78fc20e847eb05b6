package dev.socketfactory;

import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Why a listener does not accept. A listener accepts exactly while it has no such reason;
 * each is set and cleared by its own cause only.
 *
 * @since 0.1.0
 */
public final class PauseReason {

	/**
	 * Somebody called {@link SocketFactory#pauseAccept()}, or the listener is configured
	 * to start paused.
	 */
	public static final PauseReason USER = new PauseReason("USER");

	/**
	 * As many connections are open as are allowed.
	 */
	public static final PauseReason MAX_CONNECTIONS = new PauseReason("MAX_CONNECTIONS");

	/**
	 * No thread is free to publish the next connection.
	 */
	public static final PauseReason DISPATCH = new PauseReason("DISPATCH");

	/**
	 * Accepting failed for lack of a resource, such as file descriptors, and is tried
	 * again in a moment.
	 */
	public static final PauseReason BACKOFF = new PauseReason("BACKOFF");

	/**
	 * The process has few file descriptors left, which are kept for the rest of the
	 * application.
	 */
	public static final PauseReason DESCRIPTORS = new PauseReason("DESCRIPTORS");

	/**
	 * The application does not accept traffic yet, or no longer.
	 */
	public static final PauseReason NOT_READY = new PauseReason("NOT_READY");

	/**
	 * The listener is being stopped.
	 */
	public static final PauseReason STOPPING = new PauseReason("STOPPING");

	private static final Map<String, PauseReason> BUILT_IN = Stream
		.of(USER, MAX_CONNECTIONS, DISPATCH, BACKOFF, DESCRIPTORS, NOT_READY, STOPPING)
		.collect(Collectors.toUnmodifiableMap(PauseReason::getName, Function.identity()));

	private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]+([-_.][A-Za-z0-9]+)*");

	private final String name;

	private PauseReason(String name) {
		this.name = name;
	}

	/**
	 * Return a reason of the application's own.
	 * @param name words of letters and digits joined by {@code -}, {@code _} or
	 * {@code .}, such as {@code not-leader}; case matters
	 * @return the reason, equal to every other one with this name
	 * @throws IllegalArgumentException if the name is malformed or that of a reason which
	 * only the factory itself sets
	 */
	public static PauseReason of(String name) {
		Assert.notNull(name, "'name' must not be null");
		Assert.isTrue(NAME.matcher(name).matches(),
				() -> "'name' must be words of letters and digits joined by '-', '_' or '.', not '%s'".formatted(name));
		String plain = name.toUpperCase(Locale.ROOT).replaceAll("[-.]", "_");
		Assert.isTrue(!BUILT_IN.containsKey(plain),
				() -> "'name' must not be '%s': that reason is built in".formatted(name));
		return new PauseReason(name);
	}

	/**
	 * Return the name of this reason.
	 * @return the name, never empty
	 */
	public String getName() {
		return this.name;
	}

	/**
	 * Return whether an application may set and clear this reason.
	 * @return {@code true} for {@link #USER} and for reasons made with {@link #of}
	 */
	public boolean isSettable() {
		return this == USER || !BUILT_IN.containsKey(this.name);
	}

	@Override
	public boolean equals(@Nullable Object other) {
		return other instanceof PauseReason reason && this.name.equals(reason.name);
	}

	@Override
	public int hashCode() {
		return this.name.hashCode();
	}

	@Override
	public String toString() {
		return this.name;
	}

}
