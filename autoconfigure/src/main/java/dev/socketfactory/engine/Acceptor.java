package dev.socketfactory.engine;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

import dev.socketfactory.PauseReason;
import dev.socketfactory.SocketFailure;
import dev.socketfactory.engine.admission.TlsSetup;
import dev.socketfactory.engine.socket.SocketOperationException;
import dev.socketfactory.engine.socket.SocketOptions;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import org.jspecify.annotations.Nullable;

/**
 * Accepts the connections of one listening socket, on the event loop, until the queue is
 * empty or a reason to pause appears. The reasons that it sets itself (the limit of
 * connections, no permit for a handler, no resource to accept with) are left out of
 * account by a batch that finds out whether they still hold, and cleared by it if not: so
 * a listener that is short of something does not change its state with every connection.
 */
final class Acceptor {

	/**
	 * Connections accepted per wake-up, so that a busy listener does not starve the
	 * others.
	 */
	private static final int BATCH = 64;

	/**
	 * Errors of peers in a row that are no longer the fault of peers: something keeps
	 * accept(2) from working, and the loop would spin.
	 */
	private static final int MOST_PEER_ERRORS = 16;

	private static final Duration RETRY_AFTER_ERROR = Duration.ofMillis(10);

	private final ListenerSocketFactory factory;

	private final ServerSocketChannel server;

	private final @Nullable SocketOptions options;

	private final FactoryState state;

	private final OpenSockets sockets;

	private final Dispatcher dispatcher;

	private final EventLoop loop;

	private final EventLoop.Interest interest;

	private final AcceptBackoff backoff;

	private final DescriptorReserve descriptors;

	private final AtomicLong freeDescriptors;

	// Made here, because no class may be needed for the first time when it is used

	private final Runnable refill = () -> acceptBatch(PauseReason.MAX_CONNECTIONS);

	private final Runnable retryDispatch = () -> acceptBatch(PauseReason.DISPATCH);

	private final Runnable permitAvailable;

	private final Runnable descriptorsAvailable = () -> acceptBatch(PauseReason.DESCRIPTORS);

	/**
	 * Held around [check the reasons, accept, count], so that a pause which has returned
	 * is not followed by an accept, and the limit is exact: clearing the interest does
	 * not stop a batch that runs. Guards all that follows.
	 */
	private final ReentrantLock lock = new ReentrantLock();

	private boolean accepting;

	/**
	 * What connections have to pass, {@code null} for nothing. Read without the lock by
	 * the thread that has written it or after it was held.
	 */
	private volatile @Nullable Admission admission;

	private ConnectionLimit limit;

	/**
	 * The maximum of the limit, {@link Integer#MAX_VALUE} for none.
	 */
	private int maxConnections;

	/**
	 * Whether a refill has begun and not ended. Once at a time: a second one would not
	 * wait for the low-water mark.
	 */
	private boolean refilling;

	private boolean closed;

	/**
	 * Errors of peers since accepting worked last.
	 */
	private int peerErrors;

	/**
	 * Create an acceptor, which does not accept yet.
	 * @param factory the listener
	 * @param server its socket in non-blocking mode
	 * @param options options of accepted connections, {@code null} for none
	 * @param limit how many connections may be open
	 * @param tls the TLS of connections, {@code null} for none
	 * @throws IOException if the socket is closed
	 */
	Acceptor(ListenerSocketFactory factory, ServerSocketChannel server, @Nullable SocketOptions options,
			ConnectionLimit limit, @Nullable TlsSetup tls) throws IOException {
		this.factory = factory;
		this.server = server;
		this.options = options;
		this.limit = limit;
		this.maxConnections = limit.maximum();
		this.state = factory.state();
		this.sockets = factory.getSockets();
		this.dispatcher = factory.getDispatcher();
		this.descriptors = factory.getEngine().getDescriptors();
		this.freeDescriptors = this.descriptors.getFree();
		this.loop = factory.getEngine().getLoop();
		this.admission = Admission.of(factory, this, tls);
		this.permitAvailable = () -> this.loop.execute(this.retryDispatch);
		this.backoff = new AcceptBackoff(this.loop, factory.getEngine().getClosings(),
				() -> acceptBatch(PauseReason.BACKOFF));
		this.interest = this.loop.register(server, () -> acceptBatch(null));
	}

	/**
	 * Begin to accept, unless there is a reason not to.
	 */
	void open() {
		this.lock.lock();
		try {
			pauseIfFull();
			reasonsChanged();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Make a change of the pause reasons effective: when this method has returned nothing
	 * is accepted if there is a reason not to.
	 */
	void reasonsChanged() {
		this.lock.lock();
		try {
			this.accepting = this.state.isAccepting();
			this.interest.set(this.accepting ? SelectionKey.OP_ACCEPT : 0);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Make changed rules effective for the next connection.
	 */
	void rulesChanged() {
		this.lock.lock();
		try {
			if (this.admission == null) {
				this.admission = Admission.of(this.factory, this, null);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Change the limit, effective at once.
	 */
	void setLimit(ConnectionLimit changed) {
		this.lock.lock();
		try {
			boolean raised = changed.isHigherThan(this.limit);
			this.limit = changed;
			this.maxConnections = changed.maximum();
			if (!pauseIfFull() && isPausedByLimit() && (raised || changed.isLow(this.sockets.size()))) {
				refill();
			}
			reasonsChanged();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Accept again if the limit was reached and enough connections have been closed
	 * since. Called on any thread.
	 */
	void connectionsClosed() {
		if (!isPausedByLimit()) {
			return;
		}
		this.lock.lock();
		try {
			refillIfLow();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Accept what the system has queued although the listener is being stopped: these
	 * clients have been told that they are connected. A reason to pause, other than that
	 * the application is not ready or has no thread free, ends it at once.
	 * @param most how many to accept at most
	 * @return whether nothing was left in the queue
	 */
	boolean drain(int most) {
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
	void close() {
		this.lock.lock();
		try {
			this.closed = true;
			this.backoff.end();
			this.interest.cancel();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Accept a batch of connections.
	 * @param probed a reason to pause of which this batch finds out whether it still
	 * holds, {@code null} if the channel is ready and there is no reason
	 */
	private void acceptBatch(@Nullable PauseReason probed) {
		boolean more = true;
		try {
			for (int i = 0; i < BATCH && more; i++) {
				more = acceptOne(probed);
				if (more && probed != null) {
					this.state.renew(probed);
				}
			}
		}
		catch (RuntimeException | Error ex) {
			if (probed != null) {
				// Nothing else would find out whether the reason still holds
				this.loop.schedule(RETRY_AFTER_ERROR, () -> acceptBatch(probed));
			}
			throw ex;
		}
		if (more && probed != null) {
			this.loop.execute(() -> acceptBatch(probed));
		}
	}

	/**
	 * Accept and publish one connection.
	 * @return whether there may be another
	 */
	private boolean acceptOne(@Nullable PauseReason probed) {
		CreatedSocket socket = null;
		boolean accepted = false;
		this.lock.lock();
		try {
			SocketChannel channel = acceptNext(probed);
			if (channel != null) {
				accepted = true;
				socket = enter(channel);
				pauseIfFull();
			}
			else if (probed == PauseReason.MAX_CONNECTIONS) {
				this.refilling = false;
			}
		}
		finally {
			this.lock.unlock();
		}
		if (socket != null) {
			admit(socket, true);
		}
		return accepted;
	}

	private Drained drainOne() {
		CreatedSocket socket;
		this.lock.lock();
		try {
			if (!this.state.isDraining() || isFull()) {
				return Drained.NO_MORE;
			}
			this.dispatcher.acquireBeyondLimit();
			SocketChannel channel = acceptWithPermit();
			if (channel == null) {
				return Drained.ALL;
			}
			socket = enter(channel);
		}
		catch (IOException | RuntimeException ex) {
			AcceptError error = AcceptError.of(countFailure(ex).errnoName());
			return (ex instanceof RuntimeException || error == AcceptError.OF_THE_PEER) ? Drained.ONE : Drained.NO_MORE;
		}
		finally {
			this.lock.unlock();
		}
		if (socket != null) {
			admit(socket, false);
		}
		return Drained.ONE;
	}

	/**
	 * Accept the next connection. What still waited for something when the listener was
	 * closed must not touch the reasons of the one that was opened since.
	 */
	private @Nullable SocketChannel acceptNext(@Nullable PauseReason probed) {
		if (this.closed) {
			return null;
		}
		if (pauseIfFull()) {
			clearUnless(PauseReason.MAX_CONNECTIONS, probed);
			return null;
		}
		boolean mayAccept = (probed != null) ? this.state.isAcceptingApartFrom(probed) : this.accepting;
		if (!mayAccept) {
			clear(probed);
			// Also when a reason was set and not made effective yet: while the interest
			// stayed, the loop would spin
			reasonsChanged();
			return null;
		}
		if (this.freeDescriptors.get() <= 0) {
			waitForDescriptors(probed);
			return null;
		}
		if (!this.dispatcher.tryAcquire()) {
			waitForPermit(probed);
			return null;
		}
		return accept(probed);
	}

	private @Nullable SocketChannel accept(@Nullable PauseReason probed) {
		try {
			SocketChannel channel = acceptWithPermit();
			this.peerErrors = 0;
			if (channel == null) {
				clear(probed);
			}
			else if (probed == PauseReason.BACKOFF) {
				this.backoff.end();
			}
			return channel;
		}
		catch (ClosedChannelException ex) {
			return null;
		}
		catch (IOException | RuntimeException ex) {
			// What the JDK throws unchecked will hardly be over at once either
			acceptFailed(ex, probed);
			return null;
		}
	}

	/**
	 * Accept a connection for the permit that has been acquired, or release that.
	 */
	private @Nullable SocketChannel acceptWithPermit() throws IOException {
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

	/**
	 * Let a connection in that has a permit, or release that.
	 */
	private @Nullable CreatedSocket enter(SocketChannel channel) {
		CreatedSocket socket = null;
		try {
			Admission stages = this.admission;
			socket = (stages != null) ? stages.enter(channel) : this.sockets.add(channel, null);
			return socket;
		}
		catch (RuntimeException | Error ex) {
			close(channel);
			throw ex;
		}
		finally {
			if (socket == null) {
				this.dispatcher.release();
			}
		}
	}

	private void admit(CreatedSocket socket, boolean onLoop) {
		Admission stages = this.admission;
		if (stages != null) {
			stages.admit(socket, onLoop);
		}
		else {
			publish(socket, onLoop);
		}
	}

	/**
	 * Publish a connection that has a permit.
	 * @param onLoop whether it is the turn of its factory on the event loop
	 */
	void publish(CreatedSocket socket, boolean onLoop) {
		ConnectionAcceptedEvent event = null;
		try {
			event = makeEvent(socket);
		}
		finally {
			if (event == null) {
				socket.discard();
			}
		}
		if (event != null) {
			socket.publish(event, onLoop);
		}
	}

	/**
	 * Make the event of a connection.
	 * @return the event, {@code null} if there is to be none
	 */
	@Nullable ConnectionAcceptedEvent makeEvent(CreatedSocket socket) {
		String name = this.factory.getSuccessEventName();
		SocketChannel channel = (SocketChannel) socket.getChannel();
		if (name == null || !setOptions(channel)) {
			return null;
		}
		SocketAddress peer = socket.getRemoteAddress();
		if (CreatedSocket.isRecorded()) {
			socket.record(ConnectionEvent.Accept.ifEnabled(), peer);
		}
		return new ConnectionAcceptedEvent(this.factory, name, channel, peer, socket);
	}

	private boolean setOptions(SocketChannel channel) {
		if (this.options == null) {
			return true;
		}
		try {
			this.options.apply(channel, this.factory.getLocalAddress());
			return true;
		}
		catch (SocketOperationException ex) {
			SocketFailure failure = this.factory.getFailures().make(ex);
			this.factory.getCounters().failed(failure.operation(), failure.errnoName());
			this.factory.getFailures().publishThrottled(failure);
			return false;
		}
	}

	/**
	 * Return the address that accept(2) reported; asking the socket would fail for a
	 * client that has reset its connection.
	 */
	static @Nullable SocketAddress peerOf(SocketChannel channel) {
		try {
			SocketAddress peer = channel.getRemoteAddress();
			boolean unnamed = peer instanceof UnixDomainSocketAddress unix && unix.getPath().toString().isEmpty();
			return unnamed ? null : peer;
		}
		catch (IOException ex) {
			return null;
		}
	}

	private SocketFailure countFailure(Exception cause) {
		SocketFailure failure = this.factory.failureOf("accept", cause);
		this.factory.getCounters().failed(failure.operation(), failure.errnoName());
		return failure;
	}

	private void acceptFailed(Exception cause, @Nullable PauseReason probed) {
		SocketFailure failure = this.factory.failureOf("accept", cause);
		AcceptError error = AcceptError.of(failure.errnoName());
		if (error == AcceptError.FATAL) {
			// Counted when the listener fails
			this.factory.breakDown(this.factory.getAttempt(), failure);
			return;
		}
		this.factory.getCounters().failed(failure.operation(), failure.errnoName());
		if (error == AcceptError.OF_THE_PEER && ++this.peerErrors < MOST_PEER_ERRORS) {
			clear(probed);
		}
		else {
			backOff(failure, probed);
		}
	}

	/**
	 * Pause until accepting may work again, of which is made sure before anybody is told.
	 */
	private void backOff(SocketFailure failure, @Nullable PauseReason probed) {
		this.backoff.begin();
		try {
			if (this.state.pause(PauseReason.BACKOFF)) {
				this.factory.getFailures().publishThrottled(failure);
			}
			clearUnless(PauseReason.BACKOFF, probed);
		}
		finally {
			reasonsChanged();
		}
	}

	/**
	 * Pause until there is a permit, of which is made sure before anybody is told.
	 */
	private void waitForPermit(@Nullable PauseReason probed) {
		this.dispatcher.whenAvailable(this.permitAvailable);
		try {
			this.state.pause(PauseReason.DISPATCH);
			clearUnless(PauseReason.DISPATCH, probed);
		}
		finally {
			reasonsChanged();
		}
	}

	/**
	 * Pause until there are more descriptors than are kept back, of which is made sure
	 * before anybody is told.
	 */
	private void waitForDescriptors(@Nullable PauseReason probed) {
		this.descriptors.whenAvailable(this.descriptorsAvailable);
		try {
			this.state.pause(PauseReason.DESCRIPTORS);
			clearUnless(PauseReason.DESCRIPTORS, probed);
		}
		finally {
			reasonsChanged();
		}
	}

	private boolean isFull() {
		return this.maxConnections != Integer.MAX_VALUE && this.sockets.size() >= this.maxConnections;
	}

	/**
	 * Pause if the limit is reached.
	 * @return whether it is
	 */
	private boolean pauseIfFull() {
		if (!isFull()) {
			return false;
		}
		if (this.state.pause(PauseReason.MAX_CONNECTIONS)) {
			reasonsChanged();
			// One that was closed meanwhile may have been noticed before there was the
			// reason
			refillIfLow();
		}
		return true;
	}

	private boolean isPausedByLimit() {
		return this.state.getReasons().containsKey(PauseReason.MAX_CONNECTIONS);
	}

	private void refillIfLow() {
		if (this.limit.isLow(this.sockets.size())) {
			refill();
		}
	}

	private void refill() {
		if (!this.refilling) {
			this.loop.execute(this.refill);
			this.refilling = true;
		}
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

	private static void close(SocketChannel channel) {
		try {
			channel.close();
		}
		catch (IOException ex) {
			// The descriptor is released all the same; close(2): "should not be retried"
		}
	}

	/**
	 * What came of one step of a drain.
	 */
	private enum Drained {

		ONE, ALL, NO_MORE

	}

}
