package dev.socketfactory.engine.admission;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

import org.jspecify.annotations.Nullable;

/**
 * Keys, trust and options of TLS, as they are at present.
 *
 * @param context the keys and the trust
 * @param protocols protocols to enable, {@code null} for those of the JDK
 * @param ciphers cipher suites to enable, {@code null} for those of the JDK
 * @since 0.1.0
 */
public record TlsBundle(SSLContext context, String @Nullable [] protocols, String @Nullable [] ciphers) {

	void applyTo(SSLEngine engine) {
		if (this.protocols != null) {
			engine.setEnabledProtocols(this.protocols);
		}
		if (this.ciphers != null) {
			engine.setEnabledCipherSuites(this.ciphers);
		}
	}

}
