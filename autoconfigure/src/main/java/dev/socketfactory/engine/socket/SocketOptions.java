package dev.socketfactory.engine.socket;

import java.io.IOException;
import java.net.NetworkInterface;
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

	private static final Set<String> READ_ONLY = Set.of("SO_INCOMING_NAPI_ID", "SO_PEERCRED");

	private final Map<String, ?> values;

	/**
	 * {@code null} if they could not be checked.
	 */
	private final @Nullable List<Setting<?>> settings;

	private SocketOptions(Map<String, ?> values, @Nullable List<Setting<?>> settings) {
		this.values = values;
		this.settings = settings;
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
	public static SocketOptions of(Map<String, ?> values, Collection<SocketOption<?>> supported) {
		return new SocketOptions(values, settings(values, supported));
	}

	/**
	 * Take options by name that cannot be checked, because no channel can be opened now.
	 * @param values values or their texts by option name
	 * @return the options, which are checked when they are applied
	 */
	static SocketOptions unchecked(Map<String, ?> values) {
		return new SocketOptions(values, null);
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
	 * @throws SubjectException if the system refuses one
	 */
	public void apply(NetworkChannel channel) throws SubjectException {
		for (Setting<?> setting : settingsFor(channel)) {
			setting.apply(channel);
		}
	}

	/**
	 * Try the options on a channel that is thrown away.
	 * @param channel an unbound channel
	 * @throws IllegalOptionException if the channel says that a value is out of range
	 */
	void probe(NetworkChannel channel) throws SubjectException {
		for (Setting<?> setting : settingsFor(channel)) {
			setting.probe(channel);
		}
	}

	private List<Setting<?>> settingsFor(NetworkChannel channel) throws SubjectException {
		if (this.settings != null) {
			return this.settings;
		}
		try {
			return settings(this.values, channel.supportedOptions());
		}
		catch (IllegalOptionException ex) {
			throw new SubjectException(ex.name, new IOException(ex.reason));
		}
	}

	private static List<Setting<?>> settings(Map<String, ?> values, Collection<SocketOption<?>> supported) {
		List<Setting<?>> settings = new ArrayList<>();
		values.forEach((name, value) -> settings.add(Setting.of(find(name, value, supported), name, value)));
		return List.copyOf(settings);
	}

	private static SocketOption<?> find(String name, Object value, Collection<SocketOption<?>> supported) {
		String plain = plain(name);
		SocketOption<?> found = supported.stream()
			.filter((option) -> plain(option.name()).equals(plain))
			.findFirst()
			.orElse(null);
		if (found == null || READ_ONLY.contains(found.name())) {
			throw new IllegalOptionException(name, value,
					(found != null) ? "it can only be read" : "this kind of socket has no such option",
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

		void apply(NetworkChannel channel) throws SubjectException {
			try {
				channel.setOption(this.option, valueToSet());
			}
			catch (IOException ex) {
				throw new SubjectException("%s %s".formatted(this.option.name(), this.value), ex);
			}
			catch (IllegalArgumentException | UnsupportedOperationException ex) {
				// There was no descriptor to probe it with
				IOException refused = new SocketException("Invalid argument");
				refused.initCause(ex);
				throw new SubjectException("%s %s".formatted(this.option.name(), this.value), refused);
			}
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
