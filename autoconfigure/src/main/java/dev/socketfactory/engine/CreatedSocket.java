package dev.socketfactory.engine;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLong;

import javax.net.ssl.SSLSession;

import dev.socketfactory.ProxyHeader;
import dev.socketfactory.SocketConnection;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketFailureException;
import dev.socketfactory.engine.admission.SourceLimit;
import dev.socketfactory.engine.admission.TlsFailures;
import dev.socketfactory.engine.admission.TlsSetup;
import dev.socketfactory.engine.admission.TlsTransport;
import dev.socketfactory.engine.socket.OpenedSocket;
import dev.socketfactory.engine.socket.SocketOperationException;
import dev.socketfactory.engine.socket.UnixSocketFile;
import dev.socketfactory.event.SocketHandle;
import dev.socketfactory.event.SocketSuccessEvent;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;
import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;

/**
 * A socket that a factory has created, until it is closed: its channel, and its event as
 * long as that owns the channel. An executor is handed this very object, so a connection
 * costs one object beside its channel and its event.
 */
class CreatedSocket implements SocketHandle, Runnable {

	private static final SafeLog logger = new SafeLog(SocketFactory.class);

	private static final AtomicIntegerFieldUpdater<CreatedSocket> DISPATCHED = AtomicIntegerFieldUpdater
		.newUpdater(CreatedSocket.class, "dispatched");

	private static final AtomicLong IDS = new AtomicLong();

	/**
	 * A runtime image may come without it.
	 */
	static final boolean RECORDER_PRESENT = ClassUtils.isPresent("jdk.jfr.FlightRecorder",
			CreatedSocket.class.getClassLoader());

	private final long id = IDS.incrementAndGet();

	private final OpenSockets sockets;

	private final SelectableChannel channel;

	/**
	 * What is left in the file system and goes when the channel has been closed.
	 */
	private final @Nullable UnixSocketFile file;

	/**
	 * The bytes of the channel, once it is a connection or has TLS.
	 */
	private volatile @Nullable SocketTransport transport;

	/**
	 * Where it counts until it is closed.
	 */
	private SourceLimit.@Nullable Source source;

	private volatile boolean lent;

	/**
	 * The thread that runs its handlers.
	 */
	private volatile @Nullable Thread handler;

	private final long createdNanos = System.nanoTime();

	private volatile @Nullable SocketSuccessEvent event;

	private volatile @Nullable Preparation preparation;

	/**
	 * An executor may run what it says that it has refused.
	 */
	private volatile int dispatched;

	private volatile boolean handlersReturned;

	private volatile boolean claimed;

	private volatile boolean handlerFailed;

	/**
	 * Whether it was brought to its end from this side.
	 */
	private volatile boolean ended;

	/**
	 * {@code null} when it is no longer among the open sockets, which guard this and its
	 * neighbours in the same phase.
	 */
	@Nullable Phase phase;

	@Nullable CreatedSocket previous;

	@Nullable CreatedSocket next;

	/**
	 * When it is closed if nobody has claimed it. Guarded by the open sockets.
	 */
	long deadlineNanos;

	CreatedSocket(OpenSockets sockets, SelectableChannel channel, @Nullable UnixSocketFile file) {
		this.sockets = sockets;
		this.channel = channel;
		this.file = file;
	}

	@Override
	public long getId() {
		return this.id;
	}

	SelectableChannel getChannel() {
		return this.channel;
	}

	/**
	 * Return whether JDK Flight Recorder is in use. Before its first recording there is
	 * nobody to make an event for.
	 */
	static boolean isRecorded() {
		return RECORDER_PRESENT && FlightRecorder.isInitialized();
	}

	/**
	 * Count and record that this has been connected.
	 * @param nanos how long it took, in nanoseconds
	 * @param event the event, {@code null} if it began before anybody recorded
	 */
	void connected(long nanos, @Nullable ConnectionEvent event) {
		this.sockets.getCounters().connected(nanos);
		record(event, getPeerAddress());
	}

	/**
	 * Record an event of this connection.
	 * @param event the event, {@code null} if it began before anybody recorded
	 * @param peer address of the peer, {@code null} if it has none
	 */
	void record(@Nullable ConnectionEvent event, @Nullable SocketAddress peer) {
		if (event == null) {
			return;
		}
		try {
			event.record(this.sockets.getCounters().getFactoryName(), this.id, peer);
		}
		catch (Throwable ex) {
			// No connection may depend on whether it could be recorded
			logger.debug("A connection could not be recorded", ex);
		}
	}

	SocketFactoryStatus.Connection describe() {
		SocketTransport bytes = this.transport;
		Duration idle = (bytes != null && this.phase == Phase.CONNECTED)
				? Duration.ofNanos(System.nanoTime() - bytes.getLastReadNanos()) : null;
		SocketSuccessEvent current = this.event;
		boolean taken = this.claimed || (current != null && current.getClaimant() != null);
		return new SocketFactoryStatus.Connection(this.id, getRemoteAddress(), getAge(), taken, idle, this.channel,
				getSslSession());
	}

	/**
	 * Let it count for a source until it is closed, which it may be already.
	 */
	void setSource(SourceLimit.@Nullable Source source) {
		synchronized (this.sockets) {
			if (this.phase != null) {
				this.source = source;
			}
			else if (source != null) {
				source.release();
			}
		}
	}

	/**
	 * Called once when it is no longer open.
	 */
	void removed() {
		if (this.source != null) {
			this.source.release();
		}
	}

	@Override
	public @Nullable ProxyHeader getProxyHeader() {
		Preparation admitted = this.preparation;
		return (admitted != null) ? admitted.getProxyHeader() : null;
	}

	@Override
	public @Nullable SocketAddress getPeerAddress() {
		Preparation admitted = this.preparation;
		if (admitted != null && admitted.getProxyHeader() != null) {
			return admitted.getProxyAddress();
		}
		try {
			return (this.channel instanceof DatagramChannel datagrams) ? datagrams.getRemoteAddress()
					: Acceptor.peerOf((SocketChannel) this.channel);
		}
		catch (IOException ex) {
			return null;
		}
	}

	/**
	 * Return the address of the client, which a proxy may have named.
	 * @return the address, {@code null} if it has none or the socket is closed
	 */
	@Nullable SocketAddress getRemoteAddress() {
		ProxyHeader header = getProxyHeader();
		return (header == null || header.isLocal()) ? getPeerAddress() : header.getSource();
	}

	@Nullable UnixSocketFile getFile() {
		return this.file;
	}

	boolean isOpen() {
		return this.channel.isOpen();
	}

	/**
	 * Return whether it waits for what the event loop will do: run its handlers, perhaps,
	 * or close it because nobody has claimed it.
	 */
	boolean isForLoop() {
		Phase current = this.phase;
		return this.handler == null && (current == Phase.WITH_HANDLERS || current == Phase.UNCLAIMED);
	}

	Duration getAge() {
		return Duration.ofNanos(System.nanoTime() - this.createdNanos);
	}

	/**
	 * Return whether a handler wants such a socket: it has claimed it, or would have if
	 * it had not failed.
	 */
	boolean isWanted() {
		return this.claimed || this.handlerFailed;
	}

	/**
	 * Carry out the TLS handshake, which blocks.
	 * @param setup how
	 * @throws IOException if it fails; the channel is still open then
	 */
	void secure(TlsSetup setup) throws IOException {
		ConnectionEvent handshake = isRecorded() ? ConnectionEvent.Handshake.ifEnabled() : null;
		this.channel.configureBlocking(true);
		SocketTransport bytes = new SocketTransport((SocketChannel) this.channel);
		this.transport = bytes;
		bytes.setTls(setup.handshake(bytes, bytes::isInputEnded));
		record(handshake, getRemoteAddress());
	}

	/**
	 * Carry out the TLS handshake of a client within a time.
	 * @param setup how
	 * @param peer address of the server
	 * @param timeout how long it may take
	 * @throws SocketOperationException if it fails; the channel may be closed then
	 */
	void secure(TlsSetup setup, SocketAddress peer, Duration timeout) throws SocketOperationException {
		AtomicBoolean timedOut = new AtomicBoolean();
		long started = System.nanoTime();
		Timers.Timer timer = this.sockets.getLoop().schedule(timeout, () -> {
			timedOut.set(true);
			closeChannel();
		});
		try {
			secure(setup);
			this.sockets.getCounters().handshaken(System.nanoTime() - started);
		}
		catch (IOException ex) {
			throw handshakeFailure(peer, ex, timedOut.get() ? timeout : null);
		}
		finally {
			timer.cancel();
		}
	}

	/**
	 * Say why a handshake has failed.
	 * @param peer address of the peer
	 * @param cause what was thrown
	 * @param timeout the time that it has taken too long for, {@code null} if it was
	 * something else
	 */
	static SocketOperationException handshakeFailure(@Nullable SocketAddress peer, IOException cause,
			@Nullable Duration timeout) {
		if (timeout == null) {
			return new SocketOperationException("handshake", OpenedSocket.text(peer), null, TlsFailures.describe(cause),
					cause);
		}
		return handshakeTimeout(peer, "the handshake has taken longer than ", timeout);
	}

	/**
	 * Say that a handshake has not succeeded in time.
	 * @param what what has not come to pass, in words before the time
	 */
	static SocketOperationException handshakeTimeout(@Nullable SocketAddress peer, String what, Duration timeout) {
		String text = what + DurationFormatterUtils.print(timeout, DurationFormat.Style.COMPOSITE);
		return new SocketOperationException("handshake", OpenedSocket.text(peer), "ETIMEDOUT", text,
				new SocketTimeoutException(text));
	}

	@Override
	public @Nullable SSLSession getSslSession() {
		TlsTransport tls = getTls();
		return (tls != null) ? tls.getSession() : null;
	}

	@Override
	public void claiming(boolean asConnection) {
		if (asConnection) {
			Assert.state(!this.sockets.getDispatcher().isInline(),
					"A connection blocks, and with dispatch: inline nothing may: call claimChannel(), or write dispatch: executor");
		}
		else {
			Assert.state(getTls() == null,
					"The connection has TLS, and its channel is not for use: call claimConnection()");
		}
	}

	@Override
	public SocketConnection connect(@Nullable SocketAddress remoteAddress) {
		SocketTransport bytes = this.transport;
		if (bytes == null) {
			bytes = new SocketTransport((SocketChannel) this.channel);
			this.transport = bytes;
		}
		StreamConnection connection = new StreamConnection(this, bytes, remoteAddress);
		this.sockets.connected(this, bytes);
		return connection;
	}

	private @Nullable TlsTransport getTls() {
		SocketTransport bytes = this.transport;
		return (bytes != null) ? bytes.getTls() : null;
	}

	@Override
	public void lent() {
		this.lent = true;
	}

	/**
	 * Return the thread that runs its handlers.
	 * @return the thread, {@code null} if no handler is running
	 */
	@Nullable Thread getHandler() {
		return this.handler;
	}

	/**
	 * Return the bytes if a {@link SocketConnection} reads and writes them.
	 */
	@Nullable SocketTransport getTransport() {
		return this.transport;
	}

	/**
	 * End what is lent to a handler, because its factory is stopped.
	 */
	void endLent() {
		if (this.lent) {
			end();
		}
	}

	/**
	 * Let the handler come to an end: a connection finds the end of its input, a datagram
	 * channel is closed.
	 * @return whether it will, {@code false} for a bare channel of a connection
	 */
	boolean end() {
		this.ended = true;
		SocketTransport bytes = this.transport;
		if (bytes != null) {
			bytes.endInput();
			this.sockets.endConnections();
			return true;
		}
		if (this.channel instanceof DatagramChannel) {
			close();
			return true;
		}
		Preparation unfinished = this.preparation;
		if (unfinished != null && this.event == null) {
			unfinished.shutDown();
		}
		return false;
	}

	void idleTimeoutChanged(@Nullable Duration timeout) {
		this.sockets.watchIdle(timeout);
	}

	/**
	 * A {@link SocketConnection} has closed its channel.
	 */
	void connectionClosed() {
		this.sockets.released(this);
	}

	/**
	 * Close something that may wait for the peer, and the channel if that takes too long.
	 * @param timeout how long it may take
	 * @param closeable what to close
	 */
	void closeWithin(Duration timeout, AutoCloseable closeable) {
		Timers.Timer timer = this.sockets.getLoop().schedule(timeout, this::closeChannel);
		try {
			closeable.close();
		}
		catch (Exception ex) {
			logger.debug("Closing a connection failed", ex);
		}
		finally {
			timer.cancel();
		}
	}

	/**
	 * Publish the socket, which has a permit for its handlers.
	 * @param event its event
	 * @param onLoop whether it is the turn of its factory on the event loop, so that
	 * inline handlers may run here and now
	 */
	void publish(SocketSuccessEvent event, boolean onLoop) {
		this.event = event;
		Dispatcher dispatcher = this.sockets.getDispatcher();
		if (onLoop && dispatcher.isInline()) {
			runHandlers(event);
			// An interrupt that a handler leaves behind would close the next channel
			Thread.interrupted();
		}
		else {
			dispatcher.dispatch(this);
		}
	}

	/**
	 * Let something wait for the peer before the socket is published.
	 * @param preparation what waits
	 */
	void prepare(Preparation preparation) {
		this.preparation = preparation;
	}

	/**
	 * Publish the socket, which has a permit for its handlers, after something that may
	 * block.
	 * @param preparation what to do first, on the thread of the handlers
	 */
	void publish(Preparation preparation) {
		this.preparation = preparation;
		this.sockets.getDispatcher().dispatch(this);
	}

	/**
	 * Close the socket, because no handler is to have it, and release its permit.
	 */
	void discard() {
		this.sockets.getCounters().socketUnclaimed();
		close();
		this.sockets.getDispatcher().release();
	}

	/**
	 * Take the socket for one that others use already, so that it has no handlers.
	 */
	void handedOn() {
		this.claimed = true;
		handlersReturned();
	}

	/**
	 * Run the handlers with the permit that has been acquired.
	 */
	@Override
	public void run() {
		if (!DISPATCHED.compareAndSet(this, 0, 1)) {
			return;
		}
		try {
			SocketSuccessEvent current = prepareEvent();
			if (current != null) {
				runHandlers(current);
			}
		}
		finally {
			this.sockets.getDispatcher().release();
		}
	}

	private @Nullable SocketSuccessEvent prepareEvent() {
		Preparation first = this.preparation;
		if (first == null) {
			return this.event;
		}
		SocketSuccessEvent prepared = null;
		try {
			prepared = first.prepare(this);
			this.event = prepared;
		}
		finally {
			if (prepared == null) {
				close();
			}
		}
		return prepared;
	}

	/**
	 * Called instead of {@link #run()} if an executor cannot run it at all: what is done
	 * is the same as for a handler that fails.
	 * @param cause why not
	 */
	void fail(Throwable cause) {
		if (!DISPATCHED.compareAndSet(this, 0, 1)) {
			return;
		}
		SocketSuccessEvent current = this.event;
		try {
			if (current != null) {
				handlerFailed(current, cause);
			}
			else {
				close();
			}
		}
		finally {
			handlersReturned();
			this.sockets.getDispatcher().release();
		}
	}

	/**
	 * The event does not own the channel any more.
	 */
	@Override
	public void released() {
		this.claimed = isOpen();
		if (!this.claimed || this.handlersReturned) {
			this.sockets.released(this);
		}
	}

	/**
	 * Return whether the event still owns the channel; if not it is not kept.
	 */
	boolean isUnclaimed() {
		SocketSuccessEvent current = this.event;
		boolean unclaimed = current != null && current.getClaimant() == null && isOpen();
		if (!unclaimed) {
			this.claimed |= current != null && current.getClaimant() != null;
			this.event = null;
		}
		return unclaimed;
	}

	/**
	 * Close the socket unless it was claimed.
	 * @param reason why, as a later claim will say
	 * @return whether this call has closed it
	 */
	boolean closeUnclaimed(String reason) {
		SocketSuccessEvent current = this.event;
		boolean closed = (current != null) && current.closeUnclaimed(reason);
		if (current == null && !this.claimed && isOpen()) {
			close();
			closed = true;
		}
		if (closed) {
			this.sockets.getCounters().socketUnclaimed();
		}
		return closed;
	}

	/**
	 * Return the simple name of the class of its event, for the log.
	 */
	String getEventType() {
		SocketSuccessEvent current = this.event;
		return (current != null) ? current.getClass().getSimpleName() : SocketSuccessEvent.class.getSimpleName();
	}

	void close() {
		closeChannel();
		this.sockets.released(this);
	}

	private void closeChannel() {
		try {
			this.channel.close();
		}
		catch (IOException ex) {
			logger.debug("Closing a channel failed", ex);
		}
	}

	private void runHandlers(SocketSuccessEvent current) {
		ConnectionEvent recorded = null;
		long started = this.sockets.handlersStarted();
		Thread thread = Thread.currentThread();
		String name = this.sockets.getDispatcher().isInline() ? null : thread.getName();
		this.handler = thread;
		try {
			recorded = isRecorded() ? ConnectionEvent.Handler.ifEnabled() : null;
			if (name != null) {
				thread.setName(current.getFactoryName() + "-" + this.id);
			}
			if (isOpen()) {
				// Else the factory was stopped and has closed it
				this.sockets.getPublisher().publishEvent(current);
			}
		}
		catch (Throwable ex) {
			handlerFailed(current, ex);
		}
		finally {
			this.handler = null;
			record(recorded, current.getRemoteAddress());
			if (name != null) {
				thread.setName(name);
			}
			this.sockets.handlersEnded(started);
			handlersReturned();
		}
	}

	private void handlersReturned() {
		// Before the group changes, so that whoever claims it meanwhile says so
		this.handlersReturned = true;
		try {
			this.sockets.handlersReturned(this);
		}
		catch (Throwable ex) {
			// Without a timer nothing would ever close it
			closeUnclaimed("there was no memory to wait for a claim");
			throw ex;
		}
	}

	private void handlerFailed(SocketSuccessEvent current, Throwable thrown) {
		Throwable failure = thrownByHandler(thrown);
		String handler = "Handler of %s of '%s'".formatted(current.getClass().getSimpleName(),
				current.getFactoryName());
		if (this.sockets.isClosing() && failure instanceof IOException && !isOpen()) {
			logger.debug("%s ended because its channel was closed".formatted(handler), failure);
			return;
		}
		if (failure instanceof IOException end && isEndOf(current, end)) {
			if (!this.ended) {
				this.sockets.getCounters().ended(causeOf(end));
			}
			logger.debug("%s ended with %s".formatted(handler, failure), failure);
			closeOfFailed(current);
			return;
		}
		this.sockets.getCounters().handlerFailed();
		this.handlerFailed = true;
		boolean closed = current.closeUnclaimed("its handler failed: " + failure) || closeOfFailed(current);
		String closing = closed ? "; its channel was closed" : "";
		if (failure instanceof IOException && current.getClaimant() != null) {
			// The peer has disconnected, most likely, which a stack trace would not
			// explain
			logger.warn("%s ended with %s%s".formatted(handler, failure, closing));
			logger.debug(handler, failure);
		}
		else {
			logger.error("%s failed%s".formatted(handler, closing), failure);
		}
	}

	/**
	 * Return whether an I/O error is how the conversation of a handler with its peer
	 * ends, and not that it could not connect to another one.
	 */
	private boolean isEndOf(SocketSuccessEvent current, IOException failure) {
		boolean conversation = this.transport != null || this.channel instanceof DatagramChannel;
		return conversation && current.getClaimant() != null && !(failure instanceof SocketFailureException);
	}

	private static String causeOf(IOException end) {
		if (end instanceof SocketTimeoutException) {
			return "timeout";
		}
		if (end instanceof EOFException) {
			return "truncated";
		}
		return (end instanceof ClosedChannelException) ? "closed" : "reset";
	}

	/**
	 * Close what the handler had claimed before it failed, unless it had handed it on to
	 * a selector.
	 */
	private boolean closeOfFailed(SocketSuccessEvent current) {
		if (current.getClaimant() != Thread.currentThread() || this.channel.isRegistered()) {
			return false;
		}
		close();
		return true;
	}

	/**
	 * Return what the handler has thrown: Spring wraps what an annotated method declares
	 * to throw, streams of the JDK wrap an I/O error, and futures wrap what they failed
	 * with.
	 */
	private static Throwable thrownByHandler(Throwable thrown) {
		boolean wrapper = thrown instanceof UndeclaredThrowableException || thrown instanceof UncheckedIOException
				|| thrown instanceof CompletionException || thrown instanceof ExecutionException;
		return (wrapper && thrown.getCause() != null) ? thrownByHandler(thrown.getCause()) : thrown;
	}

	/**
	 * Phases in the life of an open socket.
	 */
	enum Phase {

		/**
		 * Its handlers have not returned.
		 */
		WITH_HANDLERS,

		/**
		 * They have, and the socket waits for somebody to claim it.
		 */
		UNCLAIMED,

		/**
		 * They have, and left it open for others to use.
		 */
		HANDED_ON,

		/**
		 * It is a {@link SocketConnection}, which tells when it is closed, whether its
		 * handlers have returned or not.
		 */
		CONNECTED,

		/**
		 * It was closed, and its handlers have not returned.
		 */
		CLOSED

	}

	/**
	 * What has to be done before the event is published.
	 */
	@FunctionalInterface
	interface Preparation {

		/**
		 * Make the event.
		 * @param socket the socket
		 * @return the event, {@code null} if the socket is to be closed
		 */
		@Nullable SocketSuccessEvent prepare(CreatedSocket socket);

		/**
		 * Close the socket unless the peer has sent what was waited for, because the
		 * application ends.
		 */
		default void shutDown() {
		}

		/**
		 * Return what a proxy in front has said of the client.
		 * @return the header, {@code null} if there is no proxy
		 */
		default @Nullable ProxyHeader getProxyHeader() {
			return null;
		}

		/**
		 * Return the address of the proxy that has sent the header, also when the socket
		 * is closed.
		 * @return the address, {@code null} if there is no proxy or it has no name
		 */
		default @Nullable SocketAddress getProxyAddress() {
			return null;
		}

	}

}
