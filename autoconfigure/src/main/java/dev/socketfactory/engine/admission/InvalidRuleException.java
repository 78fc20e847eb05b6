package dev.socketfactory.engine.admission;

import org.jspecify.annotations.Nullable;

/**
 * Thrown for a rule of who may connect that is malformed.
 *
 * @since 0.1.0
 */
@SuppressWarnings("serial")
public final class InvalidRuleException extends IllegalArgumentException {

	private final String key;

	private final @Nullable String value;

	private final String reason;

	private final String action;

	/**
	 * Create an exception for one element of a list.
	 * @param list the name of the list, such as {@code allow}
	 * @param index the place of the element in it
	 * @param value the element
	 * @param reason what is wrong, without a full stop
	 * @param action what to write, without a full stop
	 * @param cause what has found it
	 */
	InvalidRuleException(String list, int index, String value, String reason, String action, Throwable cause) {
		super("'%s[%d]' is '%s': %s. %s".formatted(list, index, value, reason, action), cause);
		this.key = "%s[%d]".formatted(list, index);
		this.value = value;
		this.reason = reason;
		this.action = action;
	}

	/**
	 * Create an exception for a whole list.
	 * @param list the name of the list
	 * @param reason what is wrong, without a full stop
	 * @param action what to write, without a full stop
	 * @param cause what has found it, {@code null} if nothing was thrown
	 */
	InvalidRuleException(String list, String reason, String action, @Nullable Throwable cause) {
		super("'%s': %s. %s".formatted(list, reason, action), cause);
		this.key = list;
		this.value = null;
		this.reason = reason;
		this.action = action;
	}

	/**
	 * Return the name of the list, with the place of the element in it.
	 * @return the key below the one of the rules, such as {@code allow[1]}
	 */
	public String getKey() {
		return this.key;
	}

	/**
	 * Return what is wrong.
	 * @return the text as it is written, {@code null} if all of the list is meant
	 */
	public @Nullable String getValue() {
		return this.value;
	}

	/**
	 * Return why it is wrong.
	 * @return words that follow a colon, without a full stop
	 */
	public String getReason() {
		return this.reason;
	}

	/**
	 * Return what would be right.
	 * @return an instruction without a full stop
	 */
	public String getAction() {
		return this.action;
	}

}
