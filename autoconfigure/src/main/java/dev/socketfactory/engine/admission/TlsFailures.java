package dev.socketfactory.engine.admission;

import java.io.EOFException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;

import javax.net.ssl.SSLException;

import org.jspecify.annotations.Nullable;

/**
 * Says in words why a handshake has failed.
 *
 * @since 0.1.0
 */
public final class TlsFailures {

	private static final int MOST_CAUSES = 16;

	private TlsFailures() {
	}

	/**
	 * Describe a failure.
	 * @param failure what was thrown
	 * @return the reason, without a full stop
	 */
	public static String describe(Throwable failure) {
		Throwable root = failure;
		for (int i = 0; root.getCause() != null && i < MOST_CAUSES; i++) {
			root = root.getCause();
		}
		String known = describeKnown(root);
		if (known != null) {
			return known;
		}
		String message = String.valueOf(failure.getMessage());
		String reason = String.valueOf(root.getMessage());
		return (root == failure || message.contains(reason)) ? message : "%s: %s".formatted(message, reason);
	}

	private static @Nullable String describeKnown(Throwable root) {
		if (root instanceof CertificateExpiredException) {
			return "the certificate of the peer has expired (%s)".formatted(root.getMessage());
		}
		if (root instanceof CertificateNotYetValidException) {
			return "the certificate of the peer is not valid yet (%s)".formatted(root.getMessage());
		}
		if (root instanceof CertPathBuilderException || root instanceof CertPathValidatorException) {
			return "the certificate of the peer is not trusted (%s)".formatted(root.getMessage());
		}
		if (root instanceof EOFException || root instanceof ClosedChannelException) {
			return "the peer has closed the connection during the handshake";
		}
		if (root instanceof SSLException && String.valueOf(root.getMessage()).contains("SSL message")) {
			return "the peer does not speak TLS (%s)".formatted(root.getMessage());
		}
		return null;
	}

}
