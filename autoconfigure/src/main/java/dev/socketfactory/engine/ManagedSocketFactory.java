package dev.socketfactory.engine;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

import dev.socketfactory.PauseReason;
import dev.socketfactory.SocketConnection;
import dev.socketfactory.SocketEventType;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketFailure;
import dev.socketfactory.SocketKind;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketState;
import dev.socketfactory.SocketType;
import dev.socketfactory.engine.socket.ListenQueue;
import dev.socketfactory.engine.socket.ProcNet;
import dev.socketfactory.engine.socket.SocketOperationException;
import dev.socketfactory.engine.socket.UnixSocketFile;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.event.ConnectionEstablishedEvent;
import dev.socketfactory.event.DatagramSocketOpenedEvent;
import dev.socketfactory.event.SocketStateEvent;
import dev.socketfactory.event.SocketSuccessEvent;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * A {@link SocketFactory} as operators see it. Here is what all kinds of factories have
 * in common: starting, trying again and stopping, and telling of states and failures.
 * <p>
 * Each start, and each further try, is an attempt with a number: what goes on beside the
 * lock of the factory, such as a lookup, enters the lock with the number of its attempt,
 * and finds out so that the attempt was given up meanwhile.
 *
 * @since 0.1.0
 */
public abstract class ManagedSocketFactory implements SocketFactory {

	private static final Duration FILE_CHECK_INTERVAL = Duration.ofSeconds(10);

	private static final AtomicLong IDS = new AtomicLong();

	private final long id = IDS.incrementAndGet();

	private final String name;

	private final SocketSpec spec;

	private final Engine engine;

	private final Counters counters;

	private final FactoryState state;

	private final OpenSockets sockets;

	private final Dispatcher dispatcher;

	private final Failures failures;

	private final RetrySchedule retries;

	private volatile @Nullable String successEventName;

	private volatile @Nullable String failureEventName;

	/**
	 * Held while a socket is opened or closed; never while a name is looked up or a
	 * handler runs.
	 */
	private final ReentrantLock lock = new ReentrantLock();

	/**
	 * Written under the lock.
	 */
	private volatile long attempt;

	private volatile CompletableFuture<@Nullable Void> outcome = CompletableFuture.completedFuture(null);

	/**
	 * Whether the latest failure is tried again. Written under the lock, before the state
	 * changes.
	 */
	private boolean retrying;

	/**
	 * Whether the factory was closed by name.
	 */
	private volatile boolean closed;

	ManagedSocketFactory(SocketSpec spec, Engine engine) {
		engine.preload(spec);
		this.name = spec.getName();
		this.spec = spec;
		this.engine = engine;
		this.successEventName = spec.getSuccessEvent();
		this.failureEventName = spec.getFailureEvent();
		this.counters = new Counters(this.name);
		this.state = new FactoryState(InstantSource.system(), this::stateChanged);
		this.dispatcher = engine.getDispatcher(spec);
		this.sockets = new OpenSockets(this, engine, spec);
		this.failures = new Failures(this, engine);
		this.retries = new RetrySchedule(spec.getRetry());
	}

	@Override
	public String getName() {
		return this.name;
	}

	@Override
	public long getId() {
		return this.id;
	}

	/**
	 * Return what the factory was made from.
	 * @return the specification, customizers included
	 */
	public SocketSpec getSpec() {
		return this.spec;
	}

	@Override
	public SocketState getState() {
		return this.state.get();
	}

	@Override
	public boolean isRunning() {
		return switch (this.state.get()) {
			case NEW, FAILED, STOPPED -> false;
			default -> true;
		};
	}

	@Override
	public @Nullable SocketFailure getLastFailure() {
		return this.failures.getLast();
	}

	@Override
	public Set<PauseReason> getPauseReasons() {
		return this.state.getReasons().keySet();
	}

	@Override
	public boolean pauseAccept(PauseReason reason) {
		return pauseAccept(reason, null);
	}

	/**
	 * Pause accepting, and note who wants that.
	 * @param reason the reason
	 * @param by who it is, {@code null} if that is not known
	 * @return whether the reason was not set before
	 */
	public boolean pauseAccept(PauseReason reason, @Nullable String by) {
		requireSettable(reason);
		return false;
	}

	@Override
	public boolean resumeAccept(PauseReason reason) {
		requireSettable(reason);
		return false;
	}

	@Override
	public void setEventName(SocketEventType type, @Nullable String name) {
		Assert.notNull(type, "'type' must not be null");
		Assert.isTrue(name == null || !name.isBlank(), "'name' must be null or not blank");
		if (type == SocketEventType.SUCCESS) {
			this.successEventName = name;
		}
		else {
			this.failureEventName = name;
		}
	}

	@Override
	public CompletableFuture<SocketConnection> connect() {
		return CompletableFuture.failedFuture(
				new IllegalStateException("'%s' is not a stream client: it cannot connect".formatted(this.name)));
	}

	@Override
	public void start() {
		this.lock.lock();
		try {
			if (!isRunning() && !this.closed && !this.engine.isStartRefused()) {
				this.retries.reset();
				this.sockets.open();
				starting();
				begin();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void stop() {
		this.lock.lock();
		try {
			nextAttempt();
			switch (this.state.get()) {
				case NEW, STOPPED, STOPPING -> {
				}
				case FAILED -> this.state.moveTo(SocketState.STOPPED);
				default -> closeSocket();
			}
		}
		finally {
			this.outcome.complete(null);
			this.lock.unlock();
		}
	}

	/**
	 * Return what there is to know about the factory at this moment.
	 * @return a snapshot
	 */
	public SocketFactoryStatus getStatus() {
		return status(null, null);
	}

	SocketFactoryStatus status(@Nullable ListenQueue queue, SocketFactoryStatus.@Nullable Limit limit) {
		return new SocketFactoryStatus(getState(), getLocalAddress(), this.state.getReasons(), queue, limit,
				getConnections(), this.counters.getFailures(), getHandlerErrors(), getLastFailure());
	}

	/**
	 * Return the class of the events that tell of a created socket.
	 * @return the class
	 */
	public Class<? extends SocketSuccessEvent> getSuccessEventType() {
		if (this.spec.getType() == SocketType.SOCK_DGRAM) {
			return DatagramSocketOpenedEvent.class;
		}
		return (this.spec.getKind() == SocketKind.LISTENER) ? ConnectionAcceptedEvent.class
				: ConnectionEstablishedEvent.class;
	}

	/**
	 * Return whether handlers run on the event loop.
	 * @return whether nothing may block in them
	 */
	public boolean isInline() {
		return this.dispatcher.isInline();
	}

	/**
	 * Return how many connections wait to be accepted.
	 * @param tables what the system tells
	 * @return their number, {@code null} if this is no open listener or the system does
	 * not tell
	 */
	public @Nullable Integer getAcceptQueueDepth(ProcNet tables) {
		return null;
	}

	/**
	 * Return what the factory has counted, which costs less than the whole status.
	 * @return a snapshot
	 */
	public SocketFactoryStatus.Connections getConnections() {
		return new SocketFactoryStatus.Connections(this.sockets.size(), this.sockets.getCreated(),
				this.counters.getUnclaimed(), this.counters.getReset());
	}

	/**
	 * Return the address that a client is connected to.
	 * @return the address, {@code null} if this is not a client or it is not connected
	 */
	public @Nullable SocketAddress getRemoteAddress() {
		return null;
	}

	/**
	 * Return how many connections were refused, by reason.
	 * @return a snapshot; reasons for which none was refused are missing
	 */
	public Map<String, Long> getRefused() {
		return this.counters.getRefused();
	}

	/**
	 * Return the open sockets.
	 * @param most how many to return at most
	 * @return the oldest, the oldest first
	 */
	public List<SocketFactoryStatus.Connection> getOpenSockets(int most) {
		return this.sockets.oldest(most).stream().map(CreatedSocket::describe).toList();
	}

	/**
	 * Close an open socket.
	 * @param id its number
	 * @return whether there was one
	 */
	public boolean disconnect(long id) {
		CreatedSocket socket = this.sockets.find(id);
		if (socket == null) {
			return false;
		}
		socket.close();
		return true;
	}

	/**
	 * Return how many handlers have thrown an exception.
	 * @return their number
	 */
	public long getHandlerErrors() {
		return this.counters.getHandlerErrors();
	}

	@Override
	public void setMaxConnections(@Nullable Integer maxConnections) {
		setLimit(maxConnections, null);
	}

	@Override
	public void setLowWater(@Nullable Integer lowWater) {
		setLimit(null, lowWater);
	}

	/**
	 * Change both numbers of the limit of a stream listener at once.
	 * @param maxConnections how many connections may be open, {@code null} for any number
	 * @param lowWater at how many it accepts again, {@code null} for one less
	 * @throws IllegalArgumentException if the numbers are negative or do not fit
	 * together; nothing is changed then
	 * @throws IllegalStateException if this is not a stream listener
	 */
	public void setLimit(@Nullable Integer maxConnections, @Nullable Integer lowWater) {
		throw new IllegalStateException("'%s' is not a stream listener: it has no limit".formatted(this.name));
	}

	/**
	 * Send measurements somewhere, too.
	 * @param meters takes the measurements; what it throws is logged
	 */
	public void addMeters(FactoryMeters meters) {
		this.counters.addMeters(meters);
	}

	/**
	 * Do not send measurements there any more.
	 * @param meters what took the measurements
	 */
	public void removeMeters(FactoryMeters meters) {
		this.counters.removeMeters(meters);
	}

	@Override
	public String toString() {
		return "%s '%s'".formatted(this.spec.getKind(), this.name);
	}

	/**
	 * Stop for good, because the factory was closed by name.
	 */
	void close() {
		this.closed = true;
		stop();
	}

	boolean isClosed() {
		return this.closed;
	}

	/**
	 * Close the sockets that are open, claimed or not, because the application ends.
	 * @return how many there were that a handler may have claimed
	 */
	int closeSockets() {
		return this.sockets.closeAll();
	}

	Engine getEngine() {
		return this.engine;
	}

	Counters getCounters() {
		return this.counters;
	}

	FactoryState state() {
		return this.state;
	}

	OpenSockets getSockets() {
		return this.sockets;
	}

	Dispatcher getDispatcher() {
		return this.dispatcher;
	}

	Failures getFailures() {
		return this.failures;
	}

	/**
	 * Return the name of success events, {@code null} if there are to be none.
	 */
	@Nullable String getSuccessEventName() {
		return this.successEventName;
	}

	/**
	 * Return the name of failure events, {@code null} if there are to be none.
	 */
	@Nullable String getFailureEventName() {
		return this.failureEventName;
	}

	/**
	 * Return a future that completes when the outcome of the latest start is known. It
	 * never fails.
	 */
	CompletableFuture<@Nullable Void> getOutcome() {
		return this.outcome;
	}

	ReentrantLock getLock() {
		return this.lock;
	}

	/**
	 * Return the number of the latest attempt, which may be outdated unless the caller
	 * holds the lock.
	 */
	long getAttempt() {
		return this.attempt;
	}

	/**
	 * Enter the lock for a step of an attempt, unless that was given up.
	 * @param number number of the attempt
	 * @return whether the caller holds the lock now, which it has to {@linkplain #leave()
	 * leave}
	 */
	boolean enter(long number) {
		// Numbers never come back, so an old one need not wait for the lock
		if (this.attempt != number) {
			return false;
		}
		this.lock.lock();
		if (this.attempt != number) {
			this.lock.unlock();
			return false;
		}
		return true;
	}

	void leave() {
		this.lock.unlock();
	}

	/**
	 * Do something for an attempt, unless that was given up.
	 * @param number number of the attempt
	 * @param step what to do in the lock
	 */
	void step(long number, Runnable step) {
		if (enter(number)) {
			try {
				step.run();
			}
			finally {
				leave();
			}
		}
	}

	/**
	 * Prepare a start.
	 */
	void starting() {
	}

	/**
	 * Open the socket, in the state {@link SocketState#RESOLVING}. The end is told by
	 * {@link #finished} or {@link #fail}.
	 * @param number number of the attempt
	 */
	abstract void open(long number);

	/**
	 * Close the socket, or give up opening it, and move on to
	 * {@link SocketState#STOPPED}.
	 */
	abstract void closeSocket();

	/**
	 * Close the open socket at once, unless it was claimed. The state follows.
	 */
	abstract void abandonSocket();

	/**
	 * Return whether something depends on it that a socket is found closed soon. Must not
	 * wait for a lock.
	 */
	boolean isClosingAwaited() {
		return false;
	}

	/**
	 * Called when sockets have been found closed, or may have been, on any thread.
	 */
	void socketsClosed() {
	}

	/**
	 * End an attempt with an open socket. Called in a step.
	 */
	void finished() {
		this.retries.reset();
		this.outcome.complete(null);
	}

	/**
	 * End an attempt with a failure, unless it was given up.
	 * @param number number of the attempt
	 * @param cause what failed
	 */
	void fail(long number, SocketOperationException cause) {
		fail(number, this.failures.make(cause));
	}

	/**
	 * End an attempt with a failure. What is to be said of an address that TCP uses is
	 * read from files, which is not done on the event loop.
	 * @param number number of the attempt
	 * @param failure what failed
	 * @param address the address that was to be bound
	 */
	void fail(long number, SocketFailure failure, @Nullable SocketAddress address) {
		if (!failure.errnoName().equals("EADDRINUSE") || this.spec.getType() != SocketType.SOCK_STREAM
				|| !(address instanceof InetSocketAddress inet)) {
			fail(number, failure);
		}
		else if (this.engine.getLoop().inLoop()) {
			this.engine.runBlocking(() -> fail(number, this.failures.explain(failure, ProcNet.holderOf(inet))));
		}
		else {
			fail(number, this.failures.explain(failure, ProcNet.holderOf(inet)));
		}
	}

	void fail(long number, SocketFailure cause) {
		if (!enter(number)) {
			return;
		}
		try {
			Duration retryIn = this.retries.next();
			SocketFailure failure = Failures.withRetry(cause, retryIn);
			if (retryIn != null) {
				this.engine.getLoop().schedule(retryIn, () -> this.engine.runBlocking(() -> step(number, this::begin)));
			}
			this.retrying = retryIn != null;
			this.counters.failed(failure.operation(), failure.errnoName());
			this.failures.remember(failure);
			this.state.moveTo(SocketState.FAILED);
			this.failures.publish(failure);
		}
		finally {
			this.outcome.complete(null);
			leave();
		}
	}

	/**
	 * End an open socket with a failure, because it is of no use any more.
	 * @param number number of its attempt
	 * @param failure what says so
	 */
	void breakDown(long number, SocketFailure failure) {
		// On the loop, because the caller may hold a lock that is taken after this one
		this.engine.getLoop().execute(() -> step(number, () -> {
			SocketState current = this.state.get();
			if (current == SocketState.LISTENING || current == SocketState.OPEN) {
				abandonSocket();
				fail(number, failure);
			}
		}));
	}

	/**
	 * Look after the file of an open socket, without which nobody can reach it.
	 * @param number number of its attempt
	 * @param file the file, {@code null} if it has none
	 */
	void lookAfter(long number, @Nullable UnixSocketFile file) {
		if (file != null) {
			this.engine.getLoop()
				.schedule(FILE_CHECK_INTERVAL, () -> this.engine.runBlocking(() -> check(number, file)));
		}
	}

	private void check(long number, UnixSocketFile file) {
		if (this.attempt != number) {
			return;
		}
		if (file.isInPlace()) {
			lookAfter(number, file);
		}
		else {
			breakDown(number, this.failures.make(new SocketOperationException("bind", this.spec.getBind(), "ENOENT",
					"No such file or directory; the socket file was deleted or replaced", null)));
		}
	}

	/**
	 * Open the socket anew after a while, unless the factory is stopped meanwhile. The
	 * state is {@link SocketState#RESOLVING} already.
	 * @param open how long the one before was open
	 */
	void reopen(Duration open) {
		long number = this.attempt;
		this.engine.getLoop()
			.schedule(this.retries.afterConnection(open), () -> step(number, () -> open(nextAttempt())));
	}

	static void requireSettable(PauseReason reason) {
		Assert.notNull(reason, "'reason' must not be null");
		Assert.isTrue(reason.isSettable(),
				() -> "'reason' must be USER or one of the application's own, not %s: only the factory sets and clears it"
					.formatted(reason));
	}

	private void begin() {
		this.outcome = new CompletableFuture<>();
		long number = nextAttempt();
		this.state.moveTo(SocketState.RESOLVING);
		try {
			if (this.spec.getKind() == SocketKind.LISTENER) {
				this.engine.keepAlive(this);
			}
		}
		catch (OutOfMemoryError ex) {
			fail(number, SocketOperationException.unexpected(this.spec.getBind(), ex));
			return;
		}
		open(number);
	}

	private long nextAttempt() {
		long next = this.attempt + 1;
		this.attempt = next;
		return next;
	}

	/**
	 * Called while the state is locked. Looking for closed sockets, which may bring
	 * accepting back, comes before anybody is told.
	 */
	private void stateChanged(SocketState previous, SocketState current) {
		this.sockets.lookSooner();
		if (current == SocketState.STOPPED || (current == SocketState.FAILED && !this.retrying)) {
			this.engine.letEnd(this);
		}
		Set<PauseReason> reasons = this.state.getReasons().keySet();
		reasons.forEach(this.counters::paused);
		this.engine.getOrderedPublisher().publish(new SocketStateEvent(this, previous, current, reasons));
	}

}
