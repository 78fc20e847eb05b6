package dev.socketfactory.autoconfigure;

import java.util.List;

import org.springframework.boot.context.properties.source.ConfigurationProperty;

/**
 * Thrown when there are properties below {@code socket-factory} that nothing reads.
 */
@SuppressWarnings("serial")
class UnknownKeysException extends RuntimeException {

	private final transient List<ConfigurationProperty> properties;

	UnknownKeysException(List<ConfigurationProperty> properties) {
		super("Unknown keys: " + properties.stream().map((property) -> property.getName().toString()).toList());
		this.properties = properties;
	}

	List<ConfigurationProperty> getProperties() {
		return this.properties;
	}

}
