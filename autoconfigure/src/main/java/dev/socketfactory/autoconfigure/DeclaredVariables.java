package dev.socketfactory.autoconfigure;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

import dev.socketfactory.SocketKind;

import org.springframework.boot.env.PropertySourceInfo;
import org.springframework.boot.origin.SystemEnvironmentOrigin;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Reads environment variables. They cannot spell a dash, so an underscore may stand for
 * one as well as for a dot; the first reading that ends in a key that exists is taken.
 */
final class DeclaredVariables {

	private static final List<String> PREFIXES = List.of("SOCKETFACTORY_", "SOCKET_FACTORY_");

	private final Consumer<DeclaredProperty> known;

	/**
	 * Create a reader.
	 * @param known takes the values of entries
	 */
	DeclaredVariables(Consumer<DeclaredProperty> known) {
		this.known = known;
	}

	void read(SystemEnvironmentPropertySource variables) {
		String prefix = prefixOf(variables);
		for (String variable : variables.getPropertyNames()) {
			List<String> elements = elementsOf(variable, prefix);
			Object value = variables.getProperty(variable);
			if (elements.size() > 2 && value != null) {
				SocketKind kind = EntryKeys.kind(elements.get(0));
				if (kind != null) {
					read(kind, elements, value, variable);
				}
			}
		}
	}

	private void read(SocketKind kind, List<String> elements, Object value, String variable) {
		for (int i = 2; i < elements.size(); i++) {
			EntryKeys.Match match = EntryKeys.match(elements.subList(i, elements.size()));
			if (match != null) {
				String entry = String.join("-", elements.subList(1, i));
				this.known.accept(new DeclaredProperty(kind, entry, match.key(), match.rest(), value,
						new SystemEnvironmentOrigin(variable)));
				return;
			}
		}
	}

	/**
	 * Return what the variables of this application begin with, as
	 * {@link org.springframework.boot.SpringApplication#setEnvironmentPrefix} says.
	 */
	private static String prefixOf(SystemEnvironmentPropertySource variables) {
		String prefix = (variables instanceof PropertySourceInfo info) ? info.getPrefix() : null;
		return (prefix != null) ? prefix.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_") + "_" : "";
	}

	private static List<String> elementsOf(String variable, String environmentPrefix) {
		String upper = variable.toUpperCase(Locale.ROOT);
		return PREFIXES.stream()
			.map(environmentPrefix::concat)
			.filter(upper::startsWith)
			.findFirst()
			.map((prefix) -> Arrays.asList(upper.substring(prefix.length()).toLowerCase(Locale.ROOT).split("_")))
			.orElse(Collections.emptyList());
	}

}
