package dev.socketfactory;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * TLS of a listener or a client. The values are checked when a specification is
 * {@linkplain SocketSpecBuilder#build() built}.
 *
 * @param bundle name of the SSL bundle, {@code null} for the one of the system, which
 * only a client can use
 * @param clientAuth whether a listener asks for certificates of its clients
 * @param serverNameBundles bundles of a listener by the name that a client asks for, such
 * as {@code *.example.org}; {@code bundle} is for all other names
 * @param handshakeTimeout how long the handshake may take, the wait for the first byte
 * included
 * @param verifyHostname whether a client compares the certificate with the name of the
 * server
 * @param serverName name that a client sends and compares, {@code null} for the host of
 * its remote end
 * @since 0.1.0
 */
public record SslSettings(@Nullable String bundle, ClientAuth clientAuth, Map<String, String> serverNameBundles,
		Duration handshakeTimeout, boolean verifyHostname, @Nullable String serverName) {

	public SslSettings {
		Assert.notNull(clientAuth, "'clientAuth' must not be null");
		Assert.notNull(handshakeTimeout, "'handshakeTimeout' must not be null");
		serverNameBundles = Collections.unmodifiableMap(new LinkedHashMap<>(serverNameBundles));
	}

	/**
	 * Return settings with a bundle and the defaults: no client certificates, ten seconds
	 * for a handshake, clients verify the name of the host.
	 * @param bundle name of the SSL bundle, {@code null} for the one of the system
	 * @return the settings
	 */
	public static SslSettings of(@Nullable String bundle) {
		return new SslSettings(bundle, ClientAuth.NONE, Collections.emptyMap(), Duration.ofSeconds(10), true, null);
	}

	/**
	 * Return the same settings with other certificates asked for.
	 * @param clientAuth whether a listener asks for certificates of its clients
	 * @return the settings
	 */
	public SslSettings withClientAuth(ClientAuth clientAuth) {
		return new SslSettings(this.bundle, clientAuth, this.serverNameBundles, this.handshakeTimeout,
				this.verifyHostname, this.serverName);
	}

	/**
	 * Return the same settings with a name for a client to send and compare.
	 * @param serverName the name, {@code null} for the host of the remote end
	 * @return the settings
	 */
	public SslSettings withServerName(@Nullable String serverName) {
		return new SslSettings(this.bundle, this.clientAuth, this.serverNameBundles, this.handshakeTimeout,
				this.verifyHostname, serverName);
	}

	/**
	 * Whether a listener asks for certificates of its clients.
	 */
	public enum ClientAuth {

		/**
		 * It does not.
		 */
		NONE,

		/**
		 * It does, and takes clients without one.
		 */
		WANT,

		/**
		 * It does, and refuses clients without one.
		 */
		NEED

	}

}
