package dev.socketfactory.autoconfigure;

import dev.socketfactory.SocketKind;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.origin.Origin;

/**
 * One value of a declared socket.
 *
 * @param kind kind of the entry
 * @param entry name of the entry as it was spelled
 * @param key key of the value, empty if the entry itself is all there is
 * @param element name of the element if the value is that of a map, else empty
 * @param value the value, placeholders not yet resolved
 * @param origin where it comes from
 */
record DeclaredProperty(SocketKind kind, String entry, String key, String element, Object value,
		@Nullable Origin origin) {

	/**
	 * Return the name of the property below its entry.
	 */
	ConfigurationPropertyName relativeName() {
		ConfigurationPropertyName name = ConfigurationPropertyName.of(this.key);
		return this.element.isEmpty() ? name : name.append("[" + this.element + "]");
	}

	/**
	 * Return what makes the property the same as another one of the entry.
	 */
	String identity() {
		return this.key + "." + EntryKeys.uniform(this.element);
	}

}
