package dev.socketfactory.engine.accept;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;

import dev.socketfactory.PauseReason;
import dev.socketfactory.engine.delivery.ChannelTable;
import dev.socketfactory.engine.dispatch.Dispatcher;
import dev.socketfactory.engine.loop.EventLoop;
import dev.socketfactory.engine.state.FactoryState;
import dev.socketfactory.errno.Errno;
import org.jspecify.annotations.Nullable;

/**
 * Accepts the connections of one listening socket, on the event loop, until the queue is
 * empty or a reason to pause appears.
 *
 * @since 0.1.0
 */
public final class Acceptor implements LimitGuard.Actions {

	/**
	 * Connections accepted per wake-up, so that a busy listener does not starve the
	 * others.
	 */
	private static final int BATCH = 64;

	/**
	 * Errors of peers, one after the other, from which on it is not the peers that are to
	 * blame: something keeps accept(2) from working, and the loop would spin.
	 */
	private static final int MOST_PEER_ERRORS = 16;

	private static final Duration RETRY_AFTER_ERROR = Duration.ofMillis(10);

	private final ServerSocketChannel server;

	private final FactoryState state;

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

	private final LimitGuard limit;

	/**
	 * Guarded by {@link #acceptLock}.
	 */
	private boolean closed;

	/**
	 * Errors of peers since accepting worked last. Guarded by {@link #acceptLock}.
	 */
	private int peerErrors;

	public Acceptor(ServerSocketChannel server, FactoryState state, ChannelTable channels, ConnectionLimit limit,
			Dispatcher dispatcher, AcceptedConnections connections, FailureReporter failures, EventLoop loop)
			throws IOException {
		this.server = server;
		this.state = state;
		this.dispatcher = dispatcher;
		this.connections = connections;
		this.failures = failures;
		this.loop = loop;
		this.limit = new LimitGuard(limit, this.acceptLock, state, channels, this);
		this.backoff = new AcceptBackoff(loop, channels.getClosings(), () -> acceptBatch(PauseReason.BACKOFF));
		this.interest = loop.register(server, () -> acceptBatch(null));
	}

	/**
	 * Begin to accept, unless there is a reason not to.
	 */
	public void open() {
		this.acceptLock.lock();
		try {
			this.limit.pauseIfFull();
			reasonsChanged();
		}
		finally {
			this.acceptLock.unlock();
		}
	}

	/**
	 * Make a change of the pause reasons effective: when this method has returned nothing
	 * is accepted if there is a reason not to.
	 */
	@Override
	public void reasonsChanged() {
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
	public void setLimit(ConnectionLimit limit) {
		this.acceptLock.lock();
		try {
			this.limit.setLimit(limit);
			reasonsChanged();
		}
		finally {
			this.acceptLock.unlock();
		}
	}

	/**
	 * Accept again if connections were closed and accepting waits for the low-water mark.
	 * Callable from any thread that does not hold the accept lock.
	 */
	public void connectionClosed() {
		this.limit.connectionClosed();
	}

	@Override
	public void refill() {
		acceptSoon(PauseReason.MAX_CONNECTIONS);
	}

	/**
	 * Accept what the system has queued although the listener is being stopped: these
	 * clients have been told that they are connected. A reason to pause, other than that
	 * the application is not ready or has no thread free, ends it at once.
	 * @param most how many to accept at most
	 * @return whether nothing was left in the queue
	 */
	public boolean drain(int most) {
		Drained drained = Drained.ONE;
		for (int i = 0; i < most && drained == Drained.ONE; i++) {
			drained = drainOne();
		}
		return drained == Drained.ALL;
	}

	/**
	 * Give up the interest in the channel, which is to be closed next. Locked, because
	 * setting an interest that is cancelled meanwhile throws.
	 */
	public void close() {
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
		boolean more = true;
		try {
			for (int i = 0; i < BATCH && more; i++) {
				more = acceptOne(despite);
				if (more && despite != null) {
					this.state.renew(despite);
				}
			}
		}
		catch (RuntimeException | Error ex) {
			if (despite != null) {
				// Nobody else would find out whether the reason still holds
				this.loop.schedule(RETRY_AFTER_ERROR, () -> acceptBatch(despite));
			}
			throw ex;
		}
		if (more && despite != null) {
			acceptSoon(despite);
		}
	}

	/**
	 * Accept and deliver one connection.
	 * @return whether there may be another
	 */
	private boolean acceptOne(@Nullable PauseReason despite) {
		SocketChannel channel;
		int slot = ChannelTable.NO_SLOT;
		this.acceptLock.lock();
		try {
			channel = acceptNext(despite);
			if (channel != null) {
				slot = this.connections.admit(channel);
				this.limit.pauseIfFull();
			}
			else if (despite == PauseReason.MAX_CONNECTIONS) {
				this.limit.refilled();
			}
		}
		finally {
			this.acceptLock.unlock();
		}
		if (channel == null) {
			return false;
		}
		if (slot != ChannelTable.NO_SLOT) {
			this.connections.deliver(channel, slot, true);
		}
		return true;
	}

	private Drained drainOne() {
		SocketChannel channel;
		int slot;
		this.acceptLock.lock();
		try {
			if (!this.state.isDraining() || this.limit.isFull()) {
				return Drained.NO_MORE;
			}
			this.dispatcher.reserveAnyway();
			channel = acceptInPlace();
			if (channel == null) {
				return Drained.ALL;
			}
			slot = this.connections.admit(channel);
		}
		catch (IOException | RuntimeException ex) {
			Errno errno = this.failures.errnoOf(ex);
			this.failures.count("accept", errno);
			boolean goOn = ex instanceof RuntimeException || AcceptError.of(errno.name()) == AcceptError.OF_THE_PEER;
			return goOn ? Drained.ONE : Drained.NO_MORE;
		}
		finally {
			this.acceptLock.unlock();
		}
		if (slot != ChannelTable.NO_SLOT) {
			this.connections.deliver(channel, slot, false);
		}
		return Drained.ONE;
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
		if (this.limit.pauseIfFull()) {
			clearUnless(PauseReason.MAX_CONNECTIONS, despite);
			return null;
		}
		if (!this.state.isAcceptingDespite(despite)) {
			clear(despite);
			// Whoever has set a reason may not have come to say so: while the interest
			// stayed, the loop would spin
			reasonsChanged();
			return null;
		}
		if (!this.dispatcher.tryReserve()) {
			waitForPlace(despite);
			return null;
		}
		return accept(despite);
	}

	private @Nullable SocketChannel accept(@Nullable PauseReason despite) {
		try {
			SocketChannel channel = acceptInPlace();
			this.peerErrors = 0;
			if (channel == null) {
				clear(despite);
			}
			else if (despite == PauseReason.BACKOFF) {
				this.backoff.end();
			}
			return channel;
		}
		catch (ClosedChannelException ex) {
			return null;
		}
		catch (IOException | RuntimeException ex) {
			// Whatever the JDK throws unchecked will hardly be over at once either
			acceptFailed(ex, despite);
			return null;
		}
	}

	/**
	 * Accept a connection for the place that has been reserved, or give that back.
	 */
	private @Nullable SocketChannel acceptInPlace() throws IOException {
		SocketChannel channel = null;
		try {
			channel = this.server.accept();
			return channel;
		}
		finally {
			if (channel == null) {
				this.dispatcher.release();
			}
		}
	}

	private void acceptFailed(Exception failure, @Nullable PauseReason despite) {
		Errno errno = this.failures.errnoOf(failure);
		AcceptError error = AcceptError.of(errno.name());
		if (error == AcceptError.FATAL) {
			// Counted when the listener fails
			this.failures.broken("accept", failure);
			return;
		}
		this.failures.count("accept", errno);
		if (error == AcceptError.OF_THE_PEER && ++this.peerErrors < MOST_PEER_ERRORS) {
			clear(despite);
		}
		else {
			backOff(failure, despite);
		}
	}

	private void backOff(Exception failure, @Nullable PauseReason despite) {
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
	 * What came of one step of a drain.
	 */
	private enum Drained {

		ONE, ALL, NO_MORE

	}

}
