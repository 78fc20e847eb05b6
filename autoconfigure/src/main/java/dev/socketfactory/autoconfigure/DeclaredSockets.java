package dev.socketfactory.autoconfigure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.socketfactory.SocketKind;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.core.env.Environment;

/**
 * The entries below {@code socket-factory} as all property sources together declare them.
 */
final class DeclaredSockets {

	private final Map<String, DeclaredSocket> entries = new LinkedHashMap<>();

	private final List<ConfigurationProperty> unknown = new ArrayList<>();

	private DeclaredSockets() {
	}

	static DeclaredSockets of(Environment environment) {
		DeclaredSockets declared = new DeclaredSockets();
		new DeclaredProperties(declared::add, declared.unknown::add).read(environment);
		return declared;
	}

	Collection<DeclaredSocket> getEntries() {
		return this.entries.values();
	}

	/**
	 * Return the properties that nothing reads, in the order of the property sources.
	 */
	List<ConfigurationProperty> getUnknown() {
		return this.unknown;
	}

	@Nullable DeclaredProperty find(SocketKind kind, String name, String key) {
		DeclaredSocket entry = find(kind, name);
		return (entry != null) ? entry.find(key) : null;
	}

	@Nullable DeclaredProperty findFirst(SocketKind kind, String name) {
		DeclaredSocket entry = find(kind, name);
		return (entry != null) ? entry.findFirst() : null;
	}

	private @Nullable DeclaredSocket find(SocketKind kind, String name) {
		return this.entries.values()
			.stream()
			.filter((entry) -> entry.getKind() == kind && entry.getName().equals(name))
			.findFirst()
			.orElse(null);
	}

	private void add(DeclaredProperty property) {
		this.entries
			.computeIfAbsent(property.kind() + "." + EntryKeys.uniform(property.entry()),
					(key) -> new DeclaredSocket(property.kind()))
			.add(property);
	}

}
