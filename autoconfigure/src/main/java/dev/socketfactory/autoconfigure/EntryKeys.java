package dev.socketfactory.autoconfigure;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

import dev.socketfactory.SocketKind;
import org.jspecify.annotations.Nullable;

/**
 * The keys that exist under {@code socket-factory}.
 */
final class EntryKeys {

	static final String PREFIX = "socket-factory";

	static final List<String> TOP = List.of("enabled", "fail-fast", "dispatch", "health.paused-status", "listeners",
			"clients");

	private static final List<String> COMMON = List.of("domain", "type", "protocol", "bind", "reuse", "success-event",
			"failure-event", "auto-startup", "unclaimed-timeout", "retry.max-retries", "retry.delay",
			"retry.multiplier", "retry.max-delay", "retry.jitter", "options", "dispatch");

	private static final List<String> LISTENER = List.of("listen-queue", "start-paused", "follow-readiness",
			"max-connections", "low-water", "accepted-options", "unix.mode");

	private static final List<String> CLIENT = List.of("remote", "connect-timeout", "reconnect");

	private static final List<String> ALL = Stream.of(COMMON, LISTENER, CLIENT).flatMap(List::stream).toList();

	private static final List<String> MAPS = List.of("options", "accepted-options");

	private EntryKeys() {
	}

	/**
	 * Return the section that holds the entries of a kind.
	 */
	static String section(SocketKind kind) {
		return kind + "s";
	}

	/**
	 * Return the kind whose section has the given name.
	 */
	static @Nullable SocketKind kind(String section) {
		for (SocketKind kind : SocketKind.values()) {
			if (TOP.contains(section(kind)) && uniform(section(kind)).equals(uniform(section))) {
				return kind;
			}
		}
		return null;
	}

	/**
	 * Return whether a key at the top exists.
	 * @param key the key with dots between its elements
	 * @return whether it exists
	 */
	static boolean isTop(String key) {
		return TOP.stream().anyMatch((top) -> uniform(top).equals(uniform(key)));
	}

	/**
	 * Return the keys of an entry.
	 * @param kind kind of the entry
	 * @return the keys
	 */
	static List<String> of(SocketKind kind) {
		return Stream.concat(COMMON.stream(), own(kind).stream()).toList();
	}

	/**
	 * Return whether a key exists, but for entries of the other kind.
	 * @param kind kind of the entry
	 * @param key a key that exists
	 * @return whether it does not apply to this kind
	 */
	static boolean isForeign(SocketKind kind, String key) {
		return !COMMON.contains(key) && !own(kind).contains(key);
	}

	private static List<String> own(SocketKind kind) {
		return (kind == SocketKind.LISTENER) ? LISTENER : CLIENT;
	}

	/**
	 * Return the key that is spelled by the given elements of a property name.
	 * @return the key, that of a map if there are further elements, or {@code null}
	 */
	static @Nullable Match match(List<String> elements) {
		for (int count = elements.size(); count > 0; count--) {
			String spelled = uniform(String.join("", elements.subList(0, count)));
			for (String key : ALL) {
				if (uniform(key).equals(spelled) && (count == elements.size() || MAPS.contains(key))) {
					return new Match(key, String.join(".", elements.subList(count, elements.size())));
				}
			}
		}
		return null;
	}

	/**
	 * Return whether keys begin with a name, such as {@code retry}, that is none itself.
	 * @param name the name
	 * @return whether there are such keys
	 */
	static boolean isGroup(String name) {
		return Stream.concat(TOP.stream(), ALL.stream())
			.filter((key) -> key.indexOf('.') >= 0)
			.anyMatch((key) -> uniform(key.substring(0, key.indexOf('.'))).equals(uniform(name)));
	}

	/**
	 * Reduce a name to what makes it different from others.
	 */
	static String uniform(String name) {
		return name.replaceAll("[-._]", "").toLowerCase(Locale.ROOT);
	}

	/**
	 * A key that was recognized.
	 *
	 * @param key the key with its dashes
	 * @param rest name of the element in a map, empty if there is none
	 */
	record Match(String key, String rest) {

	}

}
