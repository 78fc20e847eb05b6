package dev.socketfactory;

import org.jspecify.annotations.Nullable;

/**
 * Thrown for a specification that can be seen to be wrong from its text alone.
 *
 * @since 0.1.0
 */
@SuppressWarnings("serial")
public class InvalidSocketSpecException extends IllegalArgumentException {

	private final SocketKind kind;

	private final String name;

	private final String key;

	private final transient @Nullable Object value;

	private final String reason;

	private final String action;

	/**
	 * Create an exception for one value of a specification.
	 * @param kind kind of the factory
	 * @param name name of the factory
	 * @param key key of the value as the configuration spells it, such as
	 * {@code listen-queue}; {@code name} if the name itself is wrong
	 * @param value the value, {@code null} if it is missing
	 * @param reason what is wrong, without a full stop
	 * @param action what to write instead, without a full stop
	 */
	public InvalidSocketSpecException(SocketKind kind, String name, String key, @Nullable Object value, String reason,
			String action) {
		super("%s '%s': %s %s: %s. %s.".formatted(kind, name, key, (value != null) ? "'" + value + "'" : "is missing",
				reason, action));
		this.kind = kind;
		this.name = name;
		this.key = key;
		this.value = value;
		this.reason = reason;
		this.action = action;
	}

	/**
	 * Return the kind of the factory.
	 * @return the kind
	 */
	public SocketKind getKind() {
		return this.kind;
	}

	/**
	 * Return the name of the factory.
	 * @return the name
	 */
	public String getName() {
		return this.name;
	}

	/**
	 * Return the key of the wrong value.
	 * @return the key as the configuration spells it
	 */
	public String getKey() {
		return this.key;
	}

	/**
	 * Return the wrong value.
	 * @return the value, {@code null} if it is missing, or if this exception has been
	 * serialized: not every value can be
	 */
	public @Nullable Object getValue() {
		return this.value;
	}

	/**
	 * Return what is wrong.
	 * @return a sentence without its full stop
	 */
	public String getReason() {
		return this.reason;
	}

	/**
	 * Return what to write instead.
	 * @return a sentence without its full stop
	 */
	public String getAction() {
		return this.action;
	}

}
