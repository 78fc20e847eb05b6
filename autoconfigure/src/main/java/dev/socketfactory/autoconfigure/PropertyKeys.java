package dev.socketfactory.autoconfigure;

import java.beans.PropertyDescriptor;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.socketfactory.SocketKind;
import dev.socketfactory.autoconfigure.UnknownKeysException.UnknownKey;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

/**
 * The keys that exist below {@code socket-factory}, and which of them is meant by one
 * that does not.
 */
final class PropertyKeys {

	private static final Map<String, String> MEANT = Map.of("port", "bind", "host", "bind", "hostname", "bind",
			"address", "bind", "enabled", "auto-startup", "backlog", "listen-queue");

	private PropertyKeys() {
	}

	/**
	 * Return the keys of {@code socket-factory} itself.
	 */
	static List<String> ofTop() {
		return of(SocketFactoryProperties.class);
	}

	/**
	 * Return the keys of an entry.
	 * @param kind kind of the entry
	 * @return the keys in the order of the alphabet
	 */
	static List<String> of(SocketKind kind) {
		return of(typeOf(kind));
	}

	/**
	 * Return the section that holds the entries of a kind.
	 */
	static String section(SocketKind kind) {
		return kind + "s";
	}

	/**
	 * Return the kind of the entries in whose section a property is.
	 * @param name name of a property below {@code socket-factory}
	 * @return the kind, {@code null} if there is no such section
	 */
	static @Nullable SocketKind kindOf(ConfigurationPropertyName name) {
		return Arrays.stream(SocketKind.values())
			.filter((kind) -> section(kind).equals(name.getElement(1, Form.UNIFORM)))
			.findFirst()
			.orElse(null);
	}

	/**
	 * Return whether a key has names of its own below it.
	 */
	static boolean isMap(SocketKind kind, String key) {
		return Arrays.stream(BeanUtils.getPropertyDescriptors(typeOf(kind)))
			.filter((property) -> Map.class.isAssignableFrom(property.getPropertyType()))
			.anyMatch((property) -> DataObjectPropertyName.toDashedForm(property.getName()).equals(key));
	}

	/**
	 * Say what to write where there is no entry, or none with a name.
	 */
	static String adviseOnEntries(@Nullable SocketKind kind) {
		return (kind != null)
				? "Below 'socket-factory.%s' write the name of every %s, in quotes if it is a number, and below the name its keys."
					.formatted(section(kind), kind)
				: "Below 'socket-factory' write its keys: %s.".formatted(String.join(", ", ofTop()));
	}

	/**
	 * Return what to say about a key that exists, but for entries of the other kind.
	 * @return a sentence for the log, {@code null} if it does not exist there either
	 */
	static @Nullable String findWarning(ConfigurationPropertyName name) {
		SocketKind kind = kindOf(name);
		if (kind == null || name.getNumberOfElements() < 4) {
			return null;
		}
		SocketKind other = (kind == SocketKind.LISTENER) ? SocketKind.CLIENT : SocketKind.LISTENER;
		List<String> elements = elementsOf(name);
		return Stream.of(elements.get(3), String.join(".", elements.subList(3, elements.size())))
			.map((spelled) -> find(spelled, of(other)))
			.filter((key) -> key != null && !of(kind).contains(key))
			.findFirst()
			.map((key) -> "%s '%s': '%s' does not apply to a %s and is ignored".formatted(kind, elements.get(2), key,
					kind))
			.orElse(null);
	}

	/**
	 * Explain a property whose key does not exist.
	 */
	static UnknownKey explain(ConfigurationProperty property) {
		List<String> elements = elementsOf(property.getName());
		SocketKind kind = kindOf(property.getName());
		if (kind != null && elements.size() < 4) {
			return UnknownKey.of(property, adviseOnEntries(kind), null);
		}
		List<String> keys = (kind != null) ? of(kind) : ofTop();
		List<String> unknown = elements.subList((kind != null) ? 3 : 1, elements.size());
		String single = find(unknown.get(0), keys);
		if (single != null) {
			return UnknownKey.of(property, "'%s' takes a single value.".formatted(single), null);
		}
		String headline = (kind != null) ? "The keys of a %s are".formatted(kind) : "The keys of 'socket-factory' are";
		boolean entry = kind == null && unknown.size() > 1;
		String otherwise = (entry ? "Write '%s' below 'listeners' or 'clients'." : "There is no key '%s'.")
			.formatted(unknown.get(0));
		return UnknownKey.of(property, advise(unknown, keys, otherwise), list(headline, keys));
	}

	private static String advise(List<String> unknown, List<String> keys, String otherwise) {
		String key = String.join(".", unknown);
		return Stream.of(key, unknown.get(0))
			.filter((candidate) -> findMeant(candidate, keys) != null)
			.findFirst()
			.map((candidate) -> "Write '%s' instead of '%s'.".formatted(findMeant(candidate, keys), candidate))
			.orElse(otherwise);
	}

	private static String list(String headline, List<String> keys) {
		return keys.stream()
			.map("    %s"::formatted)
			.collect(Collectors.joining("%n".formatted(), "%n%s:%n%n".formatted(headline), ""));
	}

	/**
	 * Return the key that is spelled in one way or another.
	 */
	private static @Nullable String find(String spelled, List<String> keys) {
		return keys.stream().filter((key) -> uniform(key).equals(uniform(spelled))).findFirst().orElse(null);
	}

	private static String uniform(String key) {
		return key.replace("-", "");
	}

	/**
	 * Return the key that is meant by one that does not exist.
	 * @param key the key
	 * @param keys those that exist
	 * @return one of them, {@code null} if none is like it
	 */
	private static @Nullable String findMeant(String key, List<String> keys) {
		String meant = MEANT.get(key);
		if (meant != null) {
			return (meant.equals("bind") && keys.contains("remote")) ? "remote" : meant;
		}
		String nearest = keys.stream().min(Comparator.comparing((candidate) -> distance(key, candidate))).orElse("");
		return (distance(key, nearest) <= Math.min(3, key.length() / 2)) ? nearest : null;
	}

	private static List<String> elementsOf(ConfigurationPropertyName name) {
		return IntStream.range(0, name.getNumberOfElements())
			.mapToObj((index) -> name.getElement(index, Form.DASHED))
			.toList();
	}

	private static Class<?> typeOf(SocketKind kind) {
		return switch (kind) {
			case LISTENER -> SocketFactoryProperties.Listener.class;
			case CLIENT -> SocketFactoryProperties.Client.class;
		};
	}

	private static List<String> of(Class<?> type) {
		return Arrays.stream(BeanUtils.getPropertyDescriptors(type))
			.filter((property) -> !property.getName().equals("class"))
			.flatMap(PropertyKeys::keysOf)
			.toList();
	}

	private static Stream<String> keysOf(PropertyDescriptor property) {
		String key = DataObjectPropertyName.toDashedForm(property.getName());
		Class<?> type = property.getPropertyType();
		return (type.getEnclosingClass() == SocketFactoryProperties.class)
				? of(type).stream().map((nested) -> key + "." + nested) : Stream.of(key);
	}

	/**
	 * Return the Levenshtein distance of two words.
	 */
	private static int distance(String one, String other) {
		int[] row = new int[other.length() + 1];
		Arrays.setAll(row, (index) -> index);
		for (int i = 1; i <= one.length(); i++) {
			int diagonal = row[0];
			row[0] = i;
			for (int j = 1; j <= other.length(); j++) {
				int changed = diagonal + ((one.charAt(i - 1) != other.charAt(j - 1)) ? 1 : 0);
				diagonal = row[j];
				row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
			}
		}
		return row[other.length()];
	}

}
