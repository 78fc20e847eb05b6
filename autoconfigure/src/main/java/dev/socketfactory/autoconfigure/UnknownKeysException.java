package dev.socketfactory.autoconfigure;

import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.origin.Origin;

/**
 * Thrown for properties below {@code socket-factory} that nothing can read: their key
 * does not exist, or the name of their entry is none.
 */
@SuppressWarnings("serial")
class UnknownKeysException extends RuntimeException {

	private final transient List<UnknownKey> keys;

	UnknownKeysException(List<UnknownKey> keys) {
		super("Unknown keys: " + keys.stream().map(UnknownKey::property).toList());
		this.keys = List.copyOf(keys);
	}

	List<UnknownKey> getKeys() {
		return this.keys;
	}

	/**
	 * A property that nothing can read.
	 *
	 * @param property name of the property as it is written
	 * @param value its value
	 * @param origin where it comes from
	 * @param advice what to write instead
	 * @param existing the keys that exist there, if the key is the fault
	 */
	record UnknownKey(String property, Object value, @Nullable Origin origin, String advice,
			@Nullable String existing) {

		static UnknownKey of(ConfigurationProperty property, String advice, @Nullable String existing) {
			return new UnknownKey(property.getName().toString(), property.getValue(), property.getOrigin(), advice,
					existing);
		}

	}

}
