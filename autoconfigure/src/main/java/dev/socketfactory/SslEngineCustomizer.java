package dev.socketfactory;

import javax.net.ssl.SSLEngine;

/**
 * Callback to change each {@link SSLEngine} before its handshake, for example to
 * negotiate an application protocol. Beans of this type are applied in order.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface SslEngineCustomizer {

	/**
	 * Change an engine. Called on the thread that is to run the handshake.
	 * @param engine the engine, with the options of its bundle
	 * @param spec specification of the factory that has made the connection
	 */
	void customize(SSLEngine engine, SocketSpec spec);

}
