package dev.socketfactory.autoconfigure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
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
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.SystemEnvironmentOrigin;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Reads all properties below {@code socket-factory}, from the property source with the
 * highest precedence to the one with the lowest.
 */
final class DeclaredProperties {

	private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of(EntryKeys.PREFIX);

	private static final List<String> VARIABLE_PREFIXES = List.of("SOCKETFACTORY_", "SOCKET_FACTORY_");

	private final Environment environment;

	DeclaredProperties(Environment environment) {
		this.environment = environment;
	}

	/**
	 * Visit every property.
	 * @param known takes the values of entries
	 * @param unknown takes properties with a key that does not exist
	 */
	void forEach(Consumer<DeclaredProperty> known, Consumer<ConfigurationProperty> unknown) {
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			if (source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource variables) {
				readVariables(variables, known);
			}
			else if (source instanceof IterableConfigurationPropertySource iterable) {
				Map<ConfigurationPropertyName, String> spellings = spellings(source);
				iterable.filter((name) -> PREFIX.isAncestorOf(name))
					.stream()
					.forEach((name) -> read(name, spellings.get(name), iterable, known, unknown));
			}
		}
	}

	/**
	 * Boot leaves out the characters that it does not expect in a name, without a word:
	 * {@code -x} becomes {@code x}. Look up what was written.
	 */
	private static Map<ConfigurationPropertyName, String> spellings(ConfigurationPropertySource source) {
		Map<ConfigurationPropertyName, String> spellings = new HashMap<>();
		if (source.getUnderlyingSource() instanceof EnumerablePropertySource<?> enumerable) {
			for (String text : enumerable.getPropertyNames()) {
				if (text.regionMatches(true, 0, "socket", 0, 6) && text.indexOf('[') < 0) {
					spellings.put(ConfigurationPropertyName.adapt(text, '.'), text);
				}
			}
		}
		return spellings;
	}

	private void read(ConfigurationPropertyName name, @Nullable String spelling, ConfigurationPropertySource source,
			Consumer<DeclaredProperty> known, Consumer<ConfigurationProperty> unknown) {
		ConfigurationProperty property = source.getConfigurationProperty(name);
		if (property == null) {
			return;
		}
		List<String> elements = new ArrayList<>();
		for (int i = 1; i < name.getNumberOfElements(); i++) {
			elements.add(name.getElement(i, Form.ORIGINAL));
		}
		if (spelling != null && elements.size() > 1) {
			elements.set(1, spelling.split("\\.")[2]);
		}
		SocketKind kind = EntryKeys.kind(elements.get(0));
		if (kind == null) {
			if (!EntryKeys.isTop(String.join(".", elements))) {
				unknown.accept(property);
			}
			return;
		}
		DeclaredProperty declared = declared(kind, elements.subList(1, elements.size()), property);
		if (declared != null) {
			known.accept(declared);
		}
		else if (elements.size() > 1 || !isEmpty(property.getValue())) {
			unknown.accept(property);
		}
	}

	private static @Nullable DeclaredProperty declared(SocketKind kind, List<String> elements,
			ConfigurationProperty property) {
		if (elements.isEmpty() || (elements.size() == 1 && !isEmpty(property.getValue()))) {
			return null;
		}
		if (elements.size() == 1) {
			return new DeclaredProperty(kind, elements.get(0), "", "", "", property.getOrigin());
		}
		EntryKeys.Match match = EntryKeys.match(elements.subList(1, elements.size()));
		return (match != null) ? new DeclaredProperty(kind, elements.get(0), match.key(), match.rest(),
				property.getValue(), property.getOrigin()) : null;
	}

	/**
	 * Read environment variables. They cannot spell a dash, so an underscore may stand
	 * for one as well as for a dot; the first reading that ends in a key that exists is
	 * taken.
	 */
	private static void readVariables(SystemEnvironmentPropertySource variables, Consumer<DeclaredProperty> known) {
		for (String variable : variables.getPropertyNames()) {
			List<String> elements = elementsOf(variable);
			Object value = variables.getProperty(variable);
			if (elements.size() > 2 && value != null) {
				SocketKind kind = EntryKeys.kind(elements.get(0));
				if (kind != null) {
					readVariable(kind, elements, value, new SystemEnvironmentOrigin(variable), known);
				}
			}
		}
	}

	private static void readVariable(SocketKind kind, List<String> elements, Object value, Origin origin,
			Consumer<DeclaredProperty> known) {
		for (int i = 2; i < elements.size(); i++) {
			EntryKeys.Match match = EntryKeys.match(elements.subList(i, elements.size()));
			if (match != null) {
				String entry = String.join("-", elements.subList(1, i));
				known.accept(new DeclaredProperty(kind, entry, match.key(), match.rest(), value, origin));
				return;
			}
		}
	}

	private static List<String> elementsOf(String variable) {
		String upper = variable.toUpperCase(Locale.ROOT);
		return VARIABLE_PREFIXES.stream()
			.filter(upper::startsWith)
			.findFirst()
			.map((prefix) -> Arrays.asList(upper.substring(prefix.length()).toLowerCase(Locale.ROOT).split("_")))
			.orElse(Collections.emptyList());
	}

	private static boolean isEmpty(Object value) {
		return value.toString().isEmpty();
	}

}
