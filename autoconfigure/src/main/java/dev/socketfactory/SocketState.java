package dev.socketfactory;

/**
 * Where a {@link SocketFactory} stands in its life.
 *
 * @since 0.1.0
 */
public enum SocketState {

	/**
	 * Never started.
	 */
	NEW,

	/**
	 * Started; names are being looked up, nothing is open yet.
	 */
	RESOLVING,

	/**
	 * A listener is bound and listening. Whether it accepts is a matter of its
	 * {@linkplain SocketFactory#getPauseReasons() pause reasons}.
	 */
	LISTENING,

	/**
	 * A client is connecting.
	 */
	CONNECTING,

	/**
	 * A client has connected.
	 */
	CONNECTED,

	/**
	 * A connectionless socket is open.
	 */
	OPEN,

	/**
	 * The last start failed: see {@link SocketFactory#getLastFailure()}. It can be
	 * started again.
	 */
	FAILED,

	/**
	 * Being stopped: connections that the system has queued are still published.
	 */
	STOPPING,

	/**
	 * Stopped: nothing is open. It can be started again.
	 */
	STOPPED

}
