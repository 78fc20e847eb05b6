package dev.socketfactory;

/**
 * The two kinds of event whose name can be changed at run time.
 *
 * @since 0.1.0
 * @see SocketFactory#setEventName
 */
public enum SocketEventType {

	/**
	 * A socket was created: a connection was accepted or established, or a datagram
	 * socket opened.
	 */
	SUCCESS,

	/**
	 * A system call or a name lookup failed.
	 */
	FAILURE

}
