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

import org.springframework.util.Assert;

/**
 * Socket options with their values, checked against the channels that can have them.
 *
 * @since 0.1.0
 */
public final class SocketOptions {

	/**
	 * No options at all.
	 */
	public static final SocketOptions NONE = new SocketOptions(Collections.emptyList());

	/**
	 * Has a key of its own.
	 */
	private static final String REUSE = "SO_REUSEADDR";

	private static final Set<String> READ_ONLY = Set.of("SO_INCOMING_NAPI_ID", "SO_PEERCRED");

	private final List<Setting<?>> settings;

	private SocketOptions(List<Setting<?>> settings) {
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
		List<Setting<?>> settings = new ArrayList<>();
		values.forEach((name, value) -> settings.add(Setting.of(find(name, value, supported), name, value)));
		return new SocketOptions(List.copyOf(settings));
	}

	/**
	 * Return whether there is nothing to set.
	 * @return whether there are no options
	 */
	public boolean isEmpty() {
		return this.settings.isEmpty();
	}

	/**
	 * Set all options, in the order in which they were given.
	 * @param channel an open channel
	 * @throws IOException if the system refuses one
	 */
	public void apply(NetworkChannel channel) throws IOException {
		for (Setting<?> setting : this.settings) {
			setting.apply(channel);
		}
	}

	/**
	 * Try the options on a channel that is thrown away.
	 * @param channel an unbound channel
	 * @throws IllegalOptionException if the channel says that a value is out of range
	 */
	void probe(NetworkChannel channel) {
		for (Setting<?> setting : this.settings) {
			setting.probe(channel);
		}
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

	private record Setting<T>(SocketOption<T> option, String name, T value) {

		static <T> Setting<T> of(SocketOption<T> option, String name, Object value) {
			return new Setting<>(option, name, convert(option, name, value));
		}

		void apply(NetworkChannel channel) throws IOException {
			channel.setOption(this.option, this.value);
		}

		void probe(NetworkChannel channel) {
			try {
				apply(channel);
			}
			catch (IllegalArgumentException ex) {
				throw new IllegalOptionException(this.name, this.value, "the value is out of range",
						"Write a value that %s can have".formatted(this.option.name()));
			}
			catch (IOException | UnsupportedOperationException ex) {
				// Depends on the machine: reported as a failure when the socket is opened
			}
		}

		private static <T> T convert(SocketOption<T> option, String name, Object value) {
			if (option.type().isInstance(value)) {
				return option.type().cast(value);
			}
			String text = String.valueOf(value).strip();
			if (option.type() == Integer.class) {
				return option.type().cast(integer(name, value, text));
			}
			if (option.type() == Boolean.class) {
				return option.type().cast(bool(name, value, text));
			}
			Assert.state(option.type() == NetworkInterface.class, () -> "Unknown type of " + option);
			return option.type().cast(networkInterface(name, value, text));
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

		private static NetworkInterface networkInterface(String name, Object value, String text) {
			try {
				NetworkInterface found = NetworkInterface.getByName(text);
				if (found != null) {
					return found;
				}
			}
			catch (SocketException ex) {
				// No interfaces can be listed: then there is none of this name either
			}
			throw new IllegalOptionException(name, value, "there is no such network interface",
					"Write the name of a network interface of this machine, such as lo");
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
