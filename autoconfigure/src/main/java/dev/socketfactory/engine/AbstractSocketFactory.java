package dev.socketfactory.engine;

import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

import dev.socketfactory.PauseReason;
import dev.socketfactory.SocketEventType;
import dev.socketfactory.SocketFailure;
import dev.socketfactory.SocketKind;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketState;
import dev.socketfactory.engine.delivery.ChannelTable;
import dev.socketfactory.engine.delivery.ClosedChannelWatch;
import dev.socketfactory.engine.delivery.CreatedSockets;
import dev.socketfactory.engine.delivery.EventNames;
import dev.socketfactory.engine.delivery.SuccessPublisher;
import dev.socketfactory.engine.delivery.UnclaimedChannels;
import dev.socketfactory.engine.dispatch.Dispatcher;
import dev.socketfactory.engine.loop.EventLoop;
import dev.socketfactory.engine.meter.Counters;
import dev.socketfactory.engine.meter.FactoryMeters;
import dev.socketfactory.engine.state.Attempts;
import dev.socketfactory.engine.state.FactoryState;
import dev.socketfactory.engine.state.RetrySchedule;
import dev.socketfactory.event.SocketStateEvent;
import dev.socketfactory.event.SocketSuccessEvent;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * What all kinds of factories have in common: starting and trying again, stopping, and
 * telling of states and failures.
 */
abstract class AbstractSocketFactory implements ManagedSocketFactory {

	private static final AtomicLong IDS = new AtomicLong();

	private final long id = IDS.incrementAndGet();

	private final SocketSpec spec;

	private final Engine engine;

	private final FactoryState state;

	private final EventNames eventNames;

	private final Counters counters;

	private final ChannelTable channels;

	private final ClosedChannelWatch watch;

	private final Dispatcher dispatcher;

	private final UnclaimedChannels unclaimed;

	private final CreatedSockets sockets;

	private final Attempts attempts = new Attempts();

	private final FactoryFailures failures;

	private final RetrySchedule retries;

	/**
	 * Whether the latest failure is tried again. Written in steps, before the state
	 * changes, and read under the lock of the state.
	 */
	private boolean retrying;

	/**
	 * Whether the factory was closed by name.
	 */
	private volatile boolean retired;

	AbstractSocketFactory(SocketSpec spec, Engine engine) {
		FailurePath.initialize(spec);
		this.spec = spec;
		this.engine = engine;
		this.eventNames = new EventNames(spec);
		this.state = new FactoryState(InstantSource.system(), this::stateChanged);
		this.failures = new FactoryFailures(this, engine.getErrnos(), this.eventNames, engine.getOrderedPublisher());
		this.retries = new RetrySchedule(spec.getRetry());
		this.counters = new Counters(spec.getName());
		this.channels = new ChannelTable(engine.getClosings(), this::channelClosed);
		this.dispatcher = engine.getDispatcher(spec);
		this.watch = new ClosedChannelWatch(engine.getLoop(), this.channels, this::isClosingAwaited,
				this::channelClosed);
		this.unclaimed = new UnclaimedChannels(engine.getLoop(), spec.getUnclaimedTimeout(), this.channels,
				this.counters);
		SuccessPublisher successPublisher = new SuccessPublisher(engine.getPublisher(), this.channels, this.watch,
				this.unclaimed, this.counters, this::handlerFailed);
		this.sockets = new CreatedSockets(this.eventNames, this.channels, this.watch, this.counters, successPublisher,
				this.dispatcher);
	}

	@Override
	public String getName() {
		return this.spec.getName();
	}

	@Override
	public long getId() {
		return this.id;
	}

	@Override
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
		this.eventNames.set(type, name);
	}

	@Override
	public CompletableFuture<SocketChannel> connect() {
		return CompletableFuture.failedFuture(
				new IllegalStateException("'%s' is not a stream client: it cannot connect".formatted(getName())));
	}

	@Override
	public void start() {
		this.attempts.exclusively(() -> {
			noticeClosed();
			if (!isRunning() && !this.retired && !this.engine.isStartRefused()) {
				this.retries.reset();
				this.sockets.open();
				starting();
				begin();
			}
		});
	}

	@Override
	public void stop() {
		this.attempts.exclusively(() -> {
			this.attempts.next();
			try {
				switch (this.state.get()) {
					case NEW, STOPPED, STOPPING -> {
					}
					case FAILED -> this.state.moveTo(SocketState.STOPPED);
					default -> closeSocket();
				}
			}
			finally {
				this.attempts.settled();
			}
		});
	}

	/**
	 * Return whether the factory was closed by name.
	 */
	boolean isRetired() {
		return this.retired;
	}

	/**
	 * Stop for good.
	 */
	void retire() {
		this.attempts.exclusively(() -> {
			this.retired = true;
			stop();
		});
	}

	@Override
	public SocketFactoryStatus getStatus() {
		return new SocketFactoryStatus(getState(), getLocalAddress(), this.state.getReasons(), getQueue(), getLimit(),
				getConnections(), this.counters.getFailures(), getHandlerErrors(), this.failures.getLast());
	}

	@Override
	public SocketFactoryStatus.Connections getConnections() {
		return new SocketFactoryStatus.Connections(this.channels.size(), this.counters.getCreated(),
				this.counters.getUnclaimed(), this.counters.getReset());
	}

	@Override
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

	@Override
	public void setLimit(@Nullable Integer maxConnections, @Nullable Integer lowWater) {
		throw new IllegalStateException("'%s' is not a stream listener: it has no limit".formatted(getName()));
	}

	@Override
	public void addMeters(FactoryMeters meters) {
		this.counters.getMeters().add(meters);
	}

	@Override
	public void removeMeters(FactoryMeters meters) {
		this.counters.getMeters().remove(meters);
	}

	@Override
	public String toString() {
		return "%s '%s'".formatted(this.spec.getKind(), getName());
	}

	Attempts getAttempts() {
		return this.attempts;
	}

	FactoryFailures getFailures() {
		return this.failures;
	}

	Engine getEngine() {
		return this.engine;
	}

	FactoryState state() {
		return this.state;
	}

	Counters getCounters() {
		return this.counters;
	}

	ChannelTable getChannels() {
		return this.channels;
	}

	ClosedChannelWatch getWatch() {
		return this.watch;
	}

	Dispatcher getDispatcher() {
		return this.dispatcher;
	}

	CreatedSockets getSockets() {
		return this.sockets;
	}

	/**
	 * Close the channels that are open, claimed or not, because the application ends.
	 * @return how many there were that somebody may have claimed
	 */
	int closeChannels() {
		this.unclaimed.closeAll();
		return this.sockets.closeAll();
	}

	static void requireSettable(PauseReason reason) {
		Assert.notNull(reason, "'reason' must not be null");
		Assert.isTrue(reason.isSettable(),
				() -> "'reason' must be USER or one of the application's own, not %s: only the factory sets and clears it"
					.formatted(reason));
	}

	/**
	 * Prepare a start.
	 */
	void starting() {
	}

	/**
	 * Notice that the socket has been closed by whoever had claimed it.
	 */
	void noticeClosed() {
	}

	SocketFactoryStatus.@Nullable Queue getQueue() {
		return null;
	}

	SocketFactoryStatus.@Nullable Limit getLimit() {
		return null;
	}

	/**
	 * Return whether something depends on it that a channel is found closed soon. Called
	 * while the state is locked.
	 */
	boolean isClosingAwaited() {
		return false;
	}

	/**
	 * Called when channels have been found closed, or may have been, on any thread.
	 */
	void channelClosed() {
	}

	/**
	 * Called when a handler has failed, before its channel is closed.
	 * @param event the event that the handler had
	 */
	void handlerFailed(SocketSuccessEvent event) {
	}

	/**
	 * Called when the application begins or ends to accept traffic.
	 */
	void readinessChanged() {
	}

	/**
	 * Open the socket, in the state {@link SocketState#RESOLVING}. The end is told by
	 * {@link #finished} or {@link #fail}.
	 * @param attempt number of the attempt
	 */
	abstract void open(long attempt);

	/**
	 * Close the socket, or give up opening it, and move on to
	 * {@link SocketState#STOPPED}.
	 */
	abstract void closeSocket();

	/**
	 * End an attempt with an open socket. Called in a step.
	 */
	void finished() {
		this.retries.reset();
		this.attempts.settled();
	}

	/**
	 * End an attempt with a failure.
	 * @param attempt number of the attempt
	 * @param cause what failed
	 */
	void fail(long attempt, AttemptFailure cause) {
		this.attempts.step(attempt, () -> {
			Duration retryIn = this.retries.next();
			this.retrying = retryIn != null;
			SocketFailure failure = this.failures.make(cause, retryIn);
			this.counters.operationFailed(failure.operation(), failure.errnoName());
			this.failures.remember(failure);
			this.state.moveTo(SocketState.FAILED);
			this.failures.publish(failure);
			if (retryIn != null) {
				later(attempt, retryIn, this::begin);
			}
			this.attempts.settled();
		});
	}

	/**
	 * Open a lost socket anew after a while, unless the factory is stopped meanwhile. The
	 * state is {@link SocketState#RESOLVING} already.
	 * @param attempt number of the attempt that had made the socket
	 * @param delay how long to wait
	 */
	void reopen(long attempt, Duration delay) {
		later(attempt, delay, () -> open(this.attempts.next()));
	}

	private void later(long attempt, Duration delay, Runnable step) {
		EventLoop loop = this.engine.getLoop();
		Executor where = LocalEndpoint.isLocked(this.spec) ? this.engine.getBinders() : Runnable::run;
		loop.schedule(delay, () -> where.execute(() -> this.attempts.step(attempt, step)));
	}

	private void begin() {
		long attempt = this.attempts.begin();
		this.state.moveTo(SocketState.RESOLVING);
		try {
			if (this.spec.getKind() == SocketKind.LISTENER) {
				this.engine.getKeepAlive().begin(this);
			}
		}
		catch (OutOfMemoryError ex) {
			fail(attempt, AttemptFailure.unexpected(this.spec.getBind(), ex));
			return;
		}
		open(attempt);
	}

	private void stateChanged(SocketState previous, SocketState current, Set<PauseReason> reasons) {
		if (current == SocketState.STOPPED || (current == SocketState.FAILED && !this.retrying)) {
			this.engine.getKeepAlive().end(this);
		}
		this.watch.hurry();
		reasons.forEach(this.counters::paused);
		this.engine.getOrderedPublisher().publish(new SocketStateEvent(this, previous, current, reasons));
	}

}
