package dev.socketfactory.engine;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The connections that somebody has asked for and waits for, so that nobody waits for
 * ever when the engine has ended. Safe for use by any thread.
 */
final class PendingConnections {

	private final Set<ConnectionFuture> pending = new HashSet<>();

	private boolean closed;

	/**
	 * Add a connection.
	 * @param connection the connection
	 * @return {@code false} if the engine has ended
	 */
	synchronized boolean add(ConnectionFuture connection) {
		return !this.closed && this.pending.add(connection);
	}

	synchronized void remove(ConnectionFuture connection) {
		this.pending.remove(connection);
	}

	/**
	 * Give up those of one factory.
	 * @param factory the factory, which makes no others any more
	 */
	void abandon(ClientSocketFactory factory) {
		snapshot().stream().filter((connection) -> connection.isOf(factory)).forEach(ConnectionFuture::abandon);
	}

	/**
	 * Give all of them up, and those that are still to come.
	 */
	void close() {
		snapshotAndClose().forEach(ConnectionFuture::abandon);
	}

	private synchronized List<ConnectionFuture> snapshotAndClose() {
		this.closed = true;
		return snapshot();
	}

	private synchronized List<ConnectionFuture> snapshot() {
		return List.copyOf(this.pending);
	}

}
