package dev.socketfactory.engine.socket;

import java.io.IOException;

/**
 * An error with what it is about, where the endpoint alone does not tell: a socket
 * option, or another file than the socket's.
 *
 * @since 0.1.0
 */
@SuppressWarnings("serial")
public final class SubjectException extends IOException {

	private final String subject;

	SubjectException(String subject, IOException cause) {
		super("%s: %s".formatted(subject, cause.getMessage()), cause);
		this.subject = subject;
	}

	/**
	 * Return what the error is about.
	 * @return words that stand before the text of the error
	 */
	public String getSubject() {
		return this.subject;
	}

}
