package dev.socketfactory.autoconfigure;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import dev.socketfactory.SocketKind;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Reads all properties below {@code socket-factory}, from the property source with the
 * highest precedence to the one with the lowest.
 */
final class DeclaredProperties {

	private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of(EntryKeys.PREFIX);

	private final Consumer<DeclaredProperty> known;

	private final Consumer<ConfigurationProperty> unknown;

	/**
	 * Create a reader.
	 * @param known takes the values of entries
	 * @param unknown takes properties with a key that does not exist
	 */
	DeclaredProperties(Consumer<DeclaredProperty> known, Consumer<ConfigurationProperty> unknown) {
		this.known = known;
		this.unknown = unknown;
	}

	void read(Environment environment) {
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			if (source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource variables) {
				new DeclaredVariables(this.known).read(variables);
			}
			else if (source instanceof IterableConfigurationPropertySource iterable) {
				read(iterable);
			}
		}
	}

	private void read(IterableConfigurationPropertySource source) {
		Map<ConfigurationPropertyName, EntryName> entryNames = entryNames(source);
		source.filter((name) -> PREFIX.equals(name) || PREFIX.isAncestorOf(name)).stream().forEach((name) -> {
			ConfigurationProperty property = source.getConfigurationProperty(name);
			if (property != null) {
				read(property, elementsOf(name, entryNames.get(name)));
			}
		});
	}

	/**
	 * Boot leaves out the characters that it does not expect in a name, without a word:
	 * {@code -x} becomes {@code x}. Look up what was written.
	 */
	private static Map<ConfigurationPropertyName, EntryName> entryNames(ConfigurationPropertySource source) {
		Map<ConfigurationPropertyName, EntryName> names = new HashMap<>();
		if (source.getUnderlyingSource() instanceof EnumerablePropertySource<?> enumerable) {
			for (String text : enumerable.getPropertyNames()) {
				String[] elements = text.split("\\.");
				if (text.regionMatches(true, 0, "socket", 0, 6) && text.indexOf('[') < 0 && elements.length > 2) {
					names.merge(ConfigurationPropertyName.adapt(text, '.'), new EntryName(elements[2], true),
							EntryName::or);
				}
			}
		}
		return names;
	}

	private static List<String> elementsOf(ConfigurationPropertyName name, @Nullable EntryName entryName) {
		List<String> elements = new ArrayList<>();
		for (int i = 1; i < name.getNumberOfElements(); i++) {
			elements.add(name.getElement(i, Form.ORIGINAL));
		}
		if (entryName != null && elements.size() > 1) {
			elements.set(1, entryName.text());
		}
		return elements;
	}

	private void read(ConfigurationProperty property, List<String> elements) {
		boolean empty = property.getValue().toString().isEmpty();
		if (elements.isEmpty()) {
			if (!empty) {
				this.unknown.accept(property);
			}
			return;
		}
		SocketKind kind = EntryKeys.kind(elements.get(0));
		if (kind == null) {
			String key = String.join(".", elements);
			if (!EntryKeys.isTop(key) && !(empty && EntryKeys.isGroup(key))) {
				this.unknown.accept(property);
			}
			return;
		}
		DeclaredProperty declared = declared(kind, elements.subList(1, elements.size()), property, empty);
		if (declared != null) {
			this.known.accept(declared);
		}
		else if (elements.size() > 1 || !empty) {
			this.unknown.accept(property);
		}
	}

	private static @Nullable DeclaredProperty declared(SocketKind kind, List<String> elements,
			ConfigurationProperty property, boolean empty) {
		if (elements.isEmpty()) {
			return null;
		}
		List<String> key = elements.subList(1, elements.size());
		if (empty && (key.isEmpty() || EntryKeys.isGroup(String.join(".", key)))) {
			return new DeclaredProperty(kind, elements.get(0), "", "", "", property.getOrigin());
		}
		EntryKeys.Match match = EntryKeys.match(key);
		return (match != null) ? new DeclaredProperty(kind, elements.get(0), match.key(), match.rest(),
				property.getValue(), property.getOrigin()) : null;
	}

}
