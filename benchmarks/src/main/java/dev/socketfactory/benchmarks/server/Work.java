package dev.socketfactory.benchmarks.server;

/**
 * What a server does with each connection.
 */
public enum Work {

	/**
	 * Write one byte and close.
	 */
	BYTE(false),

	/**
	 * Keep it open and do nothing.
	 */
	HOLD(false),

	/**
	 * Send back every line.
	 */
	LINE(false),

	/**
	 * {@link #BYTE} over TLS.
	 */
	TLS_BYTE(true),

	/**
	 * {@link #LINE} over TLS.
	 */
	TLS_LINE(true);

	private final boolean tls;

	Work(boolean tls) {
		this.tls = tls;
	}

	/**
	 * Return whether it is done over TLS.
	 * @return whether it is
	 */
	public boolean isTls() {
		return this.tls;
	}

	boolean isLine() {
		return this == LINE || this == TLS_LINE;
	}

}
