package dev.socketfactory.engine.socket;

import java.io.IOException;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.nio.channels.NetworkChannel;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;

import dev.socketfactory.InvalidSocketSpecException;
import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketKind;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketType;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Socket options with their values, checked against the channels that can have them as
 * soon as there is one.
 *
 * @since 0.1.0
 */
public final class SocketOptions {

	/**
	 * No options at all.
	 */
	public static final SocketOptions NONE = new SocketOptions(Collections.emptyMap(), Collections.emptyList());

	/**
	 * Has a key of its own.
	 */
	private static final String REUSE = "SO_REUSEADDR";

	private static final String NO_SUCH_OPTION = "this kind of socket has no such option";

	private static final Set<String> READ_ONLY = Set.of("SO_INCOMING_NAPI_ID", "SO_PEERCRED");

	private final Map<String, ?> values;

	/**
	 * {@code null} if they could not be checked.
	 */
	private final @Nullable List<Setting<?>> settings;

	SocketOptions(Map<String, ?> values, @Nullable List<Setting<?>> settings) {
		this.values = values;
		this.settings = settings;
	}

	/**
	 * Read the options of the socket that a factory opens.
	 * @param spec what the factory makes
	 * @return its options
	 * @throws InvalidSocketSpecException if there is no such option, or its value is
	 * wrong
	 */
	public static SocketOptions of(SocketSpec spec) {
		if (spec.getDomain() == SocketDomain.AF_UNIX && spec.getType() == SocketType.SOCK_DGRAM
				&& !SocketChannels.hasUnixDatagrams()) {
			throw new InvalidSocketSpecException(spec.getKind(), spec.getName(), "type", spec.getType(),
					"the JDK has no UNIX datagram sockets",
					"Add the dependency com.kohlschutter.junixsocket:junixsocket-core (type pom), or write SOCK_STREAM");
		}
		return read(spec, "options", spec.getOptions(), () -> SocketChannels.open(spec));
	}

	/**
	 * Read the options of the connections that a listener accepts.
	 * @param spec what the factory makes
	 * @return their options, {@link #NONE} if it does not accept
	 * @throws InvalidSocketSpecException if there is no such option, or its value is
	 * wrong
	 */
	public static SocketOptions ofAccepted(SocketSpec spec) {
		return isStreamListener(spec)
				? read(spec, "accepted-options", spec.getAcceptedOptions(), () -> SocketChannels.openStream(spec, null))
				: NONE;
	}

	private static SocketOptions read(SocketSpec spec, String key, Map<String, Object> values,
			Callable<NetworkChannel> opener) {
		if (values.isEmpty()) {
			return NONE;
		}
		try (NetworkChannel probe = opener.call()) {
			SocketOptions options = of(values, probe.supportedOptions());
			options.probe(probe);
			return options;
		}
		catch (IllegalOptionException ex) {
			throw new InvalidSocketSpecException(spec.getKind(), spec.getName(), key + "." + ex.name, ex.value,
					ex.reason, isOfAccepted(spec, key, ex) ? "Write it below accepted-options" : ex.action);
		}
		catch (Exception | LinkageError ex) {
			// Depends on the machine: reported as a failure when the socket is opened
			return new SocketOptions(values, null);
		}
	}

	private static boolean isOfAccepted(SocketSpec spec, String key, IllegalOptionException refused) {
		if (!key.equals("options") || !isStreamListener(spec) || !refused.reason.equals(NO_SUCH_OPTION)) {
			return false;
		}
		try (NetworkChannel probe = SocketChannels.openStream(spec, null)) {
			return settable(probe.supportedOptions()).stream()
				.anyMatch((name) -> plain(name).equals(plain(refused.name)));
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static boolean isStreamListener(SocketSpec spec) {
		return spec.getKind() == SocketKind.LISTENER && spec.getType() == SocketType.SOCK_STREAM;
	}

	/**
	 * Read options by name.
	 * @param values values or their texts by option name; case, dashes, dots and
	 * underscores of a name make no difference
	 * @param supported options that the channel supports
	 * @return the options, typed
	 * @throws IllegalOptionException if there is no such option or the value is not of
	 * its type
	 */
	static SocketOptions of(Map<String, ?> values, Collection<SocketOption<?>> supported) {
		return new SocketOptions(values, settings(values, supported));
	}

	/**
	 * Return whether there is nothing to set.
	 * @return whether there are no options
	 */
	public boolean isEmpty() {
		return this.values.isEmpty();
	}

	/**
	 * Set all options, in the order in which they were given.
	 * @param channel an open channel
	 * @param address address that it is made for, for messages
	 * @throws SocketOperationException if the system refuses one
	 */
	public void apply(NetworkChannel channel, @Nullable SocketAddress address) throws SocketOperationException {
		for (Setting<?> setting : settingsFor(channel, address)) {
			setting.apply(channel, address);
		}
	}

	/**
	 * Try the options on a channel that is thrown away.
	 * @param channel an unbound channel
	 * @throws IllegalOptionException if the channel says that a value is out of range
	 */
	void probe(NetworkChannel channel) throws SocketOperationException {
		for (Setting<?> setting : settingsFor(channel, null)) {
			setting.probe(channel);
		}
	}

	private List<Setting<?>> settingsFor(NetworkChannel channel, @Nullable SocketAddress address)
			throws SocketOperationException {
		if (this.settings != null) {
			return this.settings;
		}
		try {
			return settings(this.values, channel.supportedOptions());
		}
		catch (IllegalOptionException ex) {
			throw new SocketOperationException("setsockopt", OpenedSocket.text(address) + ": " + ex.name, null,
					ex.reason, ex);
		}
	}

	private static List<Setting<?>> settings(Map<String, ?> values, Collection<SocketOption<?>> supported) {
		List<Setting<?>> settings = new ArrayList<>();
		values.forEach((name, value) -> settings.add(Setting.of(find(name, value, supported), name, value)));
		return List.copyOf(settings);
	}

	private static SocketOption<?> find(String name, Object value, Collection<SocketOption<?>> supported) {
		String plain = plain(name);
		if (plain.equals(plain(REUSE))) {
			throw new IllegalOptionException(name, value, "SO_REUSEADDR has a key of its own",
					"Write reuse: on, or reuse: off");
		}
		SocketOption<?> found = supported.stream()
			.filter((option) -> plain(option.name()).equals(plain))
			.findFirst()
			.orElse(null);
		if (found == null || READ_ONLY.contains(found.name())) {
			throw new IllegalOptionException(name, value, (found != null) ? "it can only be read" : NO_SUCH_OPTION,
					"Write one of " + String.join(", ", settable(supported)));
		}
		return found;
	}

	private static List<String> settable(Collection<SocketOption<?>> supported) {
		return supported.stream()
			.map(SocketOption::name)
			.filter((name) -> !READ_ONLY.contains(name) && !REUSE.equals(name))
			.sorted()
			.toList();
	}

	private static String plain(String name) {
		return name.toUpperCase(Locale.ROOT).replaceAll("[-._]", "");
	}

	/**
	 * An option with its value.
	 *
	 * @param option the option
	 * @param name its name as it was written
	 * @param value its value; for a network interface its name, because an interface may
	 * come and go
	 */
	private record Setting<T>(SocketOption<T> option, String name, Object value) {

		static <T> Setting<T> of(SocketOption<T> option, String name, Object value) {
			return new Setting<>(option, name, convert(option.type(), name, value));
		}

		void apply(NetworkChannel channel, @Nullable SocketAddress address) throws SocketOperationException {
			try {
				channel.setOption(this.option, valueToSet());
			}
			catch (IllegalArgumentException | UnsupportedOperationException ex) {
				// There was no descriptor to probe it with
				throw refused(address, new SocketException("Invalid argument").initCause(ex));
			}
			catch (IOException | RuntimeException ex) {
				throw refused(address, ex);
			}
		}

		private SocketOperationException refused(@Nullable SocketAddress address, Throwable cause) {
			return new SocketOperationException("setsockopt",
					"%s: %s %s".formatted(OpenedSocket.text(address), this.option.name(), this.value), cause);
		}

		void probe(NetworkChannel channel) {
			try {
				channel.setOption(this.option, valueToSet());
			}
			catch (IllegalArgumentException ex) {
				throw new IllegalOptionException(this.name, this.value, "the value is out of range",
						"Write a value that %s can have".formatted(this.option.name()));
			}
			catch (IOException | UnsupportedOperationException ex) {
				// Depends on the machine: reported as a failure when the socket is opened
			}
		}

		private T valueToSet() throws IOException {
			if (this.option.type() != NetworkInterface.class || this.value instanceof NetworkInterface) {
				return this.option.type().cast(this.value);
			}
			NetworkInterface found = NetworkInterface.getByName(this.value.toString());
			if (found == null) {
				throw new SocketException("No such device");
			}
			return this.option.type().cast(found);
		}

		private static Object convert(Class<?> type, String name, Object value) {
			if (type.isInstance(value)) {
				return value;
			}
			String text = String.valueOf(value).strip();
			if (type == Integer.class) {
				return integer(name, value, text);
			}
			if (type == Boolean.class) {
				return bool(name, value, text);
			}
			Assert.state(type == NetworkInterface.class, () -> "Unknown type of option " + name);
			return networkInterface(name, value, text);
		}

		private static Integer integer(String name, Object value, String text) {
			try {
				return Integer.valueOf(text);
			}
			catch (NumberFormatException ex) {
				throw new IllegalOptionException(name, value, "it is not a whole number", "Write a whole number");
			}
		}

		private static Boolean bool(String name, Object value, String text) {
			return switch (text.toLowerCase(Locale.ROOT)) {
				case "true", "on", "yes", "1" -> true;
				case "false", "off", "no", "0" -> false;
				default -> throw new IllegalOptionException(name, value, "it is neither true nor false",
						"Write true or false");
			};
		}

		private static String networkInterface(String name, Object value, String text) {
			if (text.isEmpty()) {
				throw new IllegalOptionException(name, value, "it is empty",
						"Write the name of a network interface, such as lo");
			}
			return text;
		}

	}

	/**
	 * An option that cannot work.
	 */
	@SuppressWarnings("serial")
	static final class IllegalOptionException extends RuntimeException {

		final String name;

		final transient Object value;

		final String reason;

		final String action;

		IllegalOptionException(String name, Object value, String reason, String action) {
			super(reason);
			this.name = name;
			this.value = value;
			this.reason = reason;
			this.action = action;
		}

	}

}
