package dev.socketfactory.engine;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

import dev.socketfactory.PauseReason;
import dev.socketfactory.engine.dispatch.Dispatcher;
import dev.socketfactory.engine.loop.EventLoop;
import dev.socketfactory.errno.Errno;
import org.jspecify.annotations.Nullable;

/**
 * Accepts the connections of one listening socket, on the event loop, until the queue is
 * empty or a reason to pause appears.
 */
final class Acceptor {

	/**
	 * Connections accepted per wake-up, so that a busy listener does not starve the
	 * others.
	 */
	private static final int BATCH = 64;

	/**
	 * How often to look for closed connections while the limit is reached.
	 */
	private static final Duration POLL = Duration.ofMillis(10);

	private final ServerSocketChannel server;

	private final FactoryState state;

	private final ChannelTable channels;

	private final Dispatcher dispatcher;

	private final AcceptedConnections connections;

	private final FailureReporter failures;

	private final EventLoop loop;

	private final EventLoop.Interest interest;

	private final AcceptBackoff backoff;

	/**
	 * Held around [check the reasons, accept, count in], so that a pause which has
	 * returned is not followed by an accept, and the limit is exact: clearing the
	 * interest does not stop a batch that runs.
	 */
	private final ReentrantLock acceptLock = new ReentrantLock();

	/**
	 * Guarded by {@link #acceptLock}.
	 */
	private ConnectionLimit limit;

	/**
	 * Guarded by {@link #acceptLock}.
	 */
	private boolean polling;

	/**
	 * Guarded by {@link #acceptLock}.
	 */
	private boolean closed;

	Acceptor(ServerSocketChannel server, FactoryState state, ChannelTable channels, ConnectionLimit limit,
			Dispatcher dispatcher, AcceptedConnections connections, FailureReporter failures, EventLoop loop)
			throws IOException {
		this.server = server;
		this.state = state;
		this.channels = channels;
		this.limit = limit;
		this.dispatcher = dispatcher;
		this.connections = connections;
		this.failures = failures;
		this.loop = loop;
		this.backoff = new AcceptBackoff(loop, this::countClosed, () -> acceptBatch(PauseReason.BACKOFF));
		this.interest = loop.register(server, () -> acceptBatch(null));
	}

	/**
	 * Begin to accept, unless there is a reason not to.
	 */
	void open() {
		setLimit(this.limit);
	}

	/**
	 * Make a change of the pause reasons effective: when this method has returned nothing
	 * is accepted if there is a reason not to.
	 */
	void reasonsChanged() {
		this.acceptLock.lock();
		try {
			this.interest.set(this.state.isAccepting() ? SelectionKey.OP_ACCEPT : 0);
		}
		finally {
			this.acceptLock.unlock();
		}
	}

	/**
	 * Change the limit, effective at once.
	 * @param limit the new limit
	 */
	void setLimit(ConnectionLimit limit) {
		this.acceptLock.lock();
		try {
			this.limit = limit;
			if (!pauseIfFull() && this.state.getReasons().containsKey(PauseReason.MAX_CONNECTIONS)) {
				acceptSoon(PauseReason.MAX_CONNECTIONS);
			}
			reasonsChanged();
		}
		finally {
			this.acceptLock.unlock();
		}
	}

	/**
	 * Accept again if the limit was reached and enough connections have been closed
	 * since.
	 */
	void connectionClosed() {
		if (!this.state.getReasons().containsKey(PauseReason.MAX_CONNECTIONS)) {
			return;
		}
		this.acceptLock.lock();
		try {
			if (this.limit.isLow(this.channels.size())) {
				acceptSoon(PauseReason.MAX_CONNECTIONS);
			}
		}
		finally {
			this.acceptLock.unlock();
		}
	}

	/**
	 * Accept what the system has queued although the listener is being stopped: these
	 * clients have been told that they are connected.
	 * @param most how many to accept at most
	 * @return whether nothing was left in the queue
	 */
	boolean drain(int most) {
		for (int i = 0; i < most; i++) {
			Delivery delivery = null;
			this.acceptLock.lock();
			try {
				if (this.limit.isReached(this.channels.size()) || !this.dispatcher.tryReserve()) {
					return false;
				}
				SocketChannel channel = this.server.accept();
				if (channel == null) {
					this.dispatcher.release();
					return true;
				}
				delivery = this.connections.admit(channel);
			}
			catch (RuntimeException ex) {
				this.dispatcher.release();
				this.failures.count("accept", Errno.UNKNOWN);
			}
			catch (IOException ex) {
				this.dispatcher.release();
				if (AcceptError.of(this.failures.errnoOf(ex).name()) != AcceptError.OF_THE_PEER) {
					return false;
				}
			}
			finally {
				this.acceptLock.unlock();
			}
			if (delivery != null) {
				this.connections.deliver(delivery, false);
			}
		}
		return false;
	}

	/**
	 * Give up the interest in the channel, which is to be closed next. Locked, because
	 * setting an interest that is cancelled meanwhile throws.
	 */
	void close() {
		this.acceptLock.lock();
		try {
			this.closed = true;
			this.backoff.end();
			this.interest.cancel();
		}
		finally {
			this.acceptLock.unlock();
		}
	}

	/**
	 * Accept a batch of connections.
	 * @param despite a reason to leave out of account, because this call is to find out
	 * whether it still holds: so a listener that is short of something does not change
	 * its state with every connection
	 */
	private void acceptBatch(@Nullable PauseReason despite) {
		for (int i = 0; i < BATCH; i++) {
			SocketChannel channel = null;
			Delivery delivery = null;
			this.acceptLock.lock();
			try {
				channel = acceptNext(despite);
				delivery = (channel != null) ? admit(channel) : null;
			}
			finally {
				this.acceptLock.unlock();
			}
			if (channel == null) {
				return;
			}
			if (delivery != null) {
				this.connections.deliver(delivery, true);
			}
		}
		if (despite != null) {
			acceptSoon(despite);
		}
	}

	private void acceptSoon(PauseReason despite) {
		this.loop.execute(() -> acceptBatch(despite));
	}

	/**
	 * Accept the next connection. What still waited for something when the listener was
	 * closed must not touch the reasons of the one that was opened since.
	 */
	private @Nullable SocketChannel acceptNext(@Nullable PauseReason despite) {
		if (this.closed) {
			return null;
		}
		if (pauseIfFull()) {
			clearUnless(PauseReason.MAX_CONNECTIONS, despite);
			return null;
		}
		if (!this.state.isAcceptingDespite(despite)) {
			clear(despite);
			return null;
		}
		if (!this.dispatcher.tryReserve()) {
			waitForPlace(despite);
			return null;
		}
		return accept(despite);
	}

	private @Nullable Delivery admit(SocketChannel channel) {
		Delivery delivery = this.connections.admit(channel);
		pauseIfFull();
		return delivery;
	}

	private boolean pauseIfFull() {
		if (!this.limit.isReached(this.channels.size())) {
			return false;
		}
		if (this.state.pause(PauseReason.MAX_CONNECTIONS)) {
			reasonsChanged();
		}
		if (!this.polling) {
			this.polling = true;
			this.loop.schedule(POLL, this::pollWhileFull);
		}
		return true;
	}

	/**
	 * Look for closed connections, which lets {@link #connectionClosed()} be called.
	 */
	private void pollWhileFull() {
		this.channels.removeClosed();
		// A connection may have been found closed just before the reason was set
		connectionClosed();
		this.acceptLock.lock();
		try {
			this.polling = this.state.getReasons().containsKey(PauseReason.MAX_CONNECTIONS) && this.server.isOpen();
			if (this.polling) {
				this.loop.schedule(POLL, this::pollWhileFull);
			}
		}
		finally {
			this.acceptLock.unlock();
		}
	}

	private @Nullable SocketChannel accept(@Nullable PauseReason despite) {
		try {
			SocketChannel channel = this.server.accept();
			if (channel == null) {
				this.dispatcher.release();
				clear(despite);
			}
			else if (despite == PauseReason.BACKOFF) {
				this.backoff.end();
			}
			return channel;
		}
		catch (ClosedChannelException ex) {
			this.dispatcher.release();
			return null;
		}
		catch (IOException ex) {
			this.dispatcher.release();
			acceptFailed(ex, despite);
			return null;
		}
		catch (RuntimeException | Error ex) {
			// Such as an InvalidPathException for a peer whose name cannot be decoded
			this.dispatcher.release();
			throw ex;
		}
	}

	private void acceptFailed(IOException failure, @Nullable PauseReason despite) {
		Errno errno = this.failures.errnoOf(failure);
		AcceptError error = AcceptError.of(errno.name());
		if (error == AcceptError.FATAL) {
			// Counted when the listener fails
			this.failures.broken("accept", failure);
			return;
		}
		this.failures.count("accept", errno);
		if (error == AcceptError.OF_THE_PEER) {
			clear(despite);
		}
		else {
			backOff(failure, despite);
		}
	}

	private void backOff(IOException failure, @Nullable PauseReason despite) {
		if (this.state.pause(PauseReason.BACKOFF)) {
			this.failures.report("accept", failure);
		}
		clearUnless(PauseReason.BACKOFF, despite);
		reasonsChanged();
		this.backoff.begin();
	}

	private void waitForPlace(@Nullable PauseReason despite) {
		this.state.pause(PauseReason.DISPATCH);
		clearUnless(PauseReason.DISPATCH, despite);
		reasonsChanged();
		this.dispatcher.whenFree(() -> acceptSoon(PauseReason.DISPATCH));
	}

	private void clearUnless(PauseReason kept, @Nullable PauseReason reason) {
		if (reason != kept) {
			clear(reason);
		}
	}

	private void clear(@Nullable PauseReason reason) {
		if (reason == PauseReason.BACKOFF) {
			this.backoff.end();
		}
		if (reason != null && this.state.resume(reason)) {
			reasonsChanged();
		}
	}

	/**
	 * Handlers that end remove their channels themselves, so what this call finds closed
	 * is not all.
	 */
	private long countClosed() {
		this.channels.removeClosed();
		return this.channels.getRemovedCount();
	}

}
