package dev.socketfactory.engine;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.socketfactory.InvalidSocketSpecException;
import dev.socketfactory.SocketSpec;
import org.jspecify.annotations.Nullable;

/**
 * Factories by their names, in the order in which they were made. Names that differ only
 * in dashes are the same, because configuration cannot tell them apart everywhere.
 */
final class FactoriesByName {

	private final Map<String, AbstractSocketFactory> factories = new LinkedHashMap<>();

	@Nullable AbstractSocketFactory get(String name) {
		AbstractSocketFactory factory = this.factories.get(key(name));
		return (factory != null && factory.getName().equals(name)) ? factory : null;
	}

	void requireFree(SocketSpec spec) {
		AbstractSocketFactory other = this.factories.get(key(spec.getName()));
		if (other != null) {
			throw new InvalidSocketSpecException(spec.getKind(), spec.getName(), "name", spec.getName(),
					"there is a %s already".formatted(other), "Give every listener and client a name of its own");
		}
	}

	void add(AbstractSocketFactory factory) {
		this.factories.put(key(factory.getName()), factory);
	}

	boolean remove(AbstractSocketFactory factory) {
		return this.factories.remove(key(factory.getName()), factory);
	}

	List<String> names() {
		return this.factories.values().stream().map(AbstractSocketFactory::getName).toList();
	}

	List<AbstractSocketFactory> all() {
		return List.copyOf(this.factories.values());
	}

	private static String key(String name) {
		return name.replace("-", "");
	}

}
