package dev.socketfactory.autoconfigure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import dev.socketfactory.SocketKind;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;

/**
 * All values of one entry: a property source in which every key has its one spelling, the
 * first property source that has a value wins, and origins are kept.
 */
final class DeclaredSocket implements IterableConfigurationPropertySource {

	/**
	 * What stands for the entry's own name, which may be one that Boot does not allow.
	 */
	static final ConfigurationPropertyName ENTRY = ConfigurationPropertyName.of(EntryKeys.PREFIX + ".entry");

	private final SocketKind kind;

	private @Nullable EntryName name;

	private @Nullable DeclaredProperty first;

	private final Map<String, DeclaredProperty> properties = new LinkedHashMap<>();

	DeclaredSocket(SocketKind kind) {
		this.kind = kind;
	}

	SocketKind getKind() {
		return this.kind;
	}

	/**
	 * Return the name: a spelling that is no variable's and well formed if there is one,
	 * with as many dashes as there are.
	 */
	String getName() {
		return (this.name != null) ? this.name.text() : "";
	}

	void add(DeclaredProperty property) {
		this.first = (this.first != null) ? this.first : property;
		EntryName spelled = EntryName.of(property);
		this.name = (this.name != null) ? this.name.or(spelled) : spelled;
		if (!property.key().isEmpty()) {
			this.properties.putIfAbsent(property.identity(), property);
		}
	}

	/**
	 * Return the keys that are given but mean nothing for this kind.
	 * @return the keys
	 */
	List<String> getForeignKeys() {
		return this.properties.values()
			.stream()
			.map(DeclaredProperty::key)
			.filter((key) -> EntryKeys.isForeign(this.kind, key))
			.distinct()
			.toList();
	}

	/**
	 * Return the property of a key, or of an element such as {@code options.SO_RCVBUF}.
	 */
	@Nullable DeclaredProperty find(String key) {
		return this.properties.values()
			.stream()
			.filter((property) -> key
				.equals(property.element().isEmpty() ? property.key() : property.key() + "." + property.element()))
			.findFirst()
			.orElse(null);
	}

	/**
	 * Return where the entry begins, as far as that is known.
	 */
	@Nullable DeclaredProperty findFirst() {
		return this.first;
	}

	@Override
	public Stream<ConfigurationPropertyName> stream() {
		return this.properties.values()
			.stream()
			.filter((property) -> !EntryKeys.isForeign(this.kind, property.key()))
			.map(this::nameOf);
	}

	@Override
	public @Nullable ConfigurationProperty getConfigurationProperty(ConfigurationPropertyName name) {
		return this.properties.values()
			.stream()
			.filter((property) -> nameOf(property).equals(name))
			.map((property) -> new ConfigurationProperty(name, textOfNumber(property.value()), property.origin()))
			.findFirst()
			.orElse(null);
	}

	private ConfigurationPropertyName nameOf(DeclaredProperty property) {
		return ENTRY.append(property.relativeName());
	}

	/**
	 * Boot cuts the fraction off a number that is to be a whole one, but not off its
	 * text.
	 */
	private static Object textOfNumber(Object value) {
		return (value instanceof Number) ? value.toString() : value;
	}

}
