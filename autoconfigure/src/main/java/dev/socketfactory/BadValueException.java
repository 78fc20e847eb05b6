package dev.socketfactory;

/**
 * A value that its reader refuses; whoever knows where the value stands turns it into an
 * {@link InvalidSocketSpecException}.
 */
@SuppressWarnings("serial")
final class BadValueException extends RuntimeException {

	private final String action;

	BadValueException(String reason, String action) {
		super(reason);
		this.action = action;
	}

	String getReason() {
		return String.valueOf(getMessage());
	}

	String getAction() {
		return this.action;
	}

}
