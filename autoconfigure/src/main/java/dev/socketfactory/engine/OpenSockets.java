package dev.socketfactory.engine;

import java.nio.channels.SelectableChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketKind;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.engine.CreatedSocket.Phase;
import dev.socketfactory.engine.socket.UnixSocketFile;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;
import org.springframework.util.Assert;

/**
 * The open sockets of one factory. One that a handler has claimed is looked at from time
 * to time, because nothing tells when a JDK channel is closed; one that no handler claims
 * is closed. Safe for use by any thread.
 */
final class OpenSockets {

	/**
	 * Time between two looks for what is counted and measured.
	 */
	static final Duration LOOK = Duration.ofSeconds(1);

	/**
	 * While something waits for a socket to be closed and all of them are with their
	 * handlers, whose return is seen at once: for one that is closed long before.
	 */
	static final Duration LOOK_BEFORE_RETURN = Duration.ofMillis(50);

	/**
	 * While something waits for a socket to be closed that a handler has handed on.
	 */
	static final Duration LOOK_AWAITED = Duration.ofMillis(10);

	/**
	 * Looks without an open socket until there are none any more: connections that come
	 * and go do not start a timer each.
	 */
	private static final int EMPTY_LOOKS = 5;

	private static final SafeLog logger = new SafeLog(SocketFactory.class);

	private final ManagedSocketFactory factory;

	private final Engine engine;

	private final ApplicationEventPublisher publisher;

	private final Duration unclaimedTimeout;

	private final @Nullable Duration idleTimeout;

	private final ConnectionWatch watch;

	private final AtomicLong freeDescriptors;

	// Made here, because no class may be needed for the first time when they are used

	private final Runnable look = this::look;

	private final Runnable closeExpired = this::closeExpired;

	private final LogThrottle throttle = new LogThrottle(Duration.ofMinutes(1), System::nanoTime);

	private final LongAdder created = new LongAdder();

	private final AtomicInteger runningHandlers = new AtomicInteger();

	/**
	 * The sockets in each phase, in the order in which they came into it: that of their
	 * deadlines if they are unclaimed. They are linked through themselves, so that adding
	 * and removing allocates nothing. Guarded by this object, like all that follows.
	 */
	private final @Nullable CreatedSocket[] first = new CreatedSocket[Phase.values().length];

	private final @Nullable CreatedSocket[] last = new CreatedSocket[Phase.values().length];

	private int size;

	/**
	 * Guarded by itself.
	 */
	private final List<UnixSocketFile> abandonedFiles = new ArrayList<>(1);

	private Timers.@Nullable Timer lookTimer;

	private long lookNanos;

	private int emptyLooks;

	private Timers.@Nullable Timer unclaimedTimer;

	/**
	 * Whether the sockets are being closed under their handlers.
	 */
	private volatile boolean closing;

	/**
	 * Whether all connections are to come to their end.
	 */
	private volatile boolean ending;

	OpenSockets(ManagedSocketFactory factory, Engine engine, SocketSpec spec) {
		this.factory = factory;
		this.engine = engine;
		this.publisher = engine.getPublisher();
		this.unclaimedTimeout = spec.getUnclaimedTimeout();
		this.idleTimeout = spec.getIdleTimeout();
		this.freeDescriptors = engine.getDescriptors().getFree();
		this.watch = new ConnectionWatch(this, engine.getLoop());
	}

	/**
	 * Add a socket that has just been created.
	 * @param channel its channel
	 * @param file its file, deleted when the channel was closed, {@code null} if it has
	 * none
	 * @return the socket
	 */
	CreatedSocket add(SelectableChannel channel, @Nullable UnixSocketFile file) {
		CreatedSocket socket = new CreatedSocket(this, channel, file);
		synchronized (this) {
			if (this.lookTimer == null) {
				this.emptyLooks = 0;
				scheduleLook();
			}
			link(socket, Phase.WITH_HANDLERS);
		}
		this.created.increment();
		this.freeDescriptors.decrementAndGet();
		return socket;
	}

	ApplicationEventPublisher getPublisher() {
		return this.publisher;
	}

	Counters getCounters() {
		return this.factory.getCounters();
	}

	Dispatcher getDispatcher() {
		return this.factory.getDispatcher();
	}

	EventLoop getLoop() {
		return this.engine.getLoop();
	}

	/**
	 * A socket has become a {@link SocketConnection}.
	 */
	void connected(CreatedSocket socket, SocketTransport transport) {
		synchronized (this) {
			if (socket.phase == null) {
				// Closed meanwhile
				return;
			}
			move(socket, Phase.CONNECTED);
		}
		if (this.idleTimeout != null) {
			transport.setIdleTimeout(this.idleTimeout);
			watchIdle(this.idleTimeout);
		}
		if (this.ending) {
			socket.end();
		}
	}

	void watchIdle(@Nullable Duration timeout) {
		if (timeout != null) {
			this.watch.start(timeout);
		}
	}

	/**
	 * Wake the readers of connections whose input has been ended, as soon as they wait.
	 */
	void endConnections() {
		this.watch.startEnding();
	}

	/**
	 * Do the same here and now, because the event loop cannot.
	 */
	void endConnectionsNow() {
		this.watch.checkAll();
	}

	/**
	 * Return how many are open, those included that were closed since the last look.
	 */
	synchronized int size() {
		return this.size;
	}

	/**
	 * Return how many have been added so far.
	 */
	long getCreated() {
		return this.created.sum();
	}

	int getRunningHandlers() {
		return this.runningHandlers.get();
	}

	long handlersStarted() {
		this.runningHandlers.incrementAndGet();
		return System.nanoTime();
	}

	void handlersEnded(long startedNanos) {
		this.runningHandlers.decrementAndGet();
		getCounters().handled(System.nanoTime() - startedNanos);
	}

	/**
	 * The handlers of a socket have returned, or will never run.
	 */
	void handlersReturned(CreatedSocket socket) {
		if (!socket.isOpen()) {
			released(socket);
			return;
		}
		synchronized (this) {
			if (socket.phase != Phase.WITH_HANDLERS) {
				return;
			}
			if (socket.isUnclaimed()) {
				awaitClaim(socket);
				return;
			}
			move(socket, Phase.HANDED_ON);
		}
		lookSooner();
	}

	/**
	 * A socket was claimed or closed: what is closed is removed, what is claimed will not
	 * be closed any more.
	 */
	void released(CreatedSocket socket) {
		boolean removed = false;
		synchronized (this) {
			boolean unclaimed = socket.isUnclaimed();
			if (!socket.isOpen()) {
				removed = remove(socket);
			}
			else if (socket.phase == Phase.UNCLAIMED && !unclaimed) {
				move(socket, Phase.HANDED_ON);
			}
		}
		if (removed) {
			socketsRemoved();
		}
		else {
			lookSooner();
		}
	}

	/**
	 * Remove all sockets that have been closed.
	 */
	void removeClosed() {
		boolean removed;
		synchronized (this) {
			removed = removeClosed(Phase.WITH_HANDLERS) | removeClosed(Phase.HANDED_ON) | removeClosed(Phase.CONNECTED);
		}
		if (removed) {
			socketsRemoved();
		}
	}

	/**
	 * Look for closed sockets sooner if there is a reason to: something waits for one, or
	 * a handler has handed one on.
	 */
	synchronized void lookSooner() {
		if (this.size > 0 || this.lookTimer != null) {
			long now = System.nanoTime();
			if (this.lookTimer == null || nextLook(now) - this.lookNanos < 0) {
				scheduleLook();
			}
		}
	}

	private synchronized void lookAgain() {
		this.emptyLooks = (this.size > 0) ? 0 : this.emptyLooks + 1;
		if (this.emptyLooks < EMPTY_LOOKS) {
			scheduleLook();
		}
	}

	/**
	 * Begin to create sockets, perhaps again.
	 */
	void open() {
		this.closing = false;
		this.ending = false;
	}

	boolean isClosing() {
		return this.closing;
	}

	/**
	 * Let all sockets come to their end, because the application ends: connections find
	 * the end of their input, datagram channels are closed. What nobody has claimed yet
	 * may still be, until its timeout.
	 */
	void endAll() {
		this.ending = true;
		snapshot(Phase.WITH_HANDLERS, Phase.HANDED_ON, Phase.CONNECTED).forEach(CreatedSocket::end);
	}

	/**
	 * Close all sockets under their handlers, because the application ends.
	 * @return how many there were that a handler may have claimed
	 */
	int closeAll() {
		snapshot(Phase.UNCLAIMED).forEach((socket) -> socket.closeUnclaimed("the application was shut down"));
		this.closing = true;
		List<CreatedSocket> open = snapshot(Phase.WITH_HANDLERS, Phase.HANDED_ON, Phase.CONNECTED);
		open.forEach(CreatedSocket::close);
		return open.size();
	}

	/**
	 * Return the sockets that are in some phases, those included that were closed since
	 * the last look.
	 */
	synchronized List<CreatedSocket> snapshot(Phase... phases) {
		List<CreatedSocket> open = new ArrayList<>();
		for (Phase phase : phases) {
			for (CreatedSocket socket = this.first[phase.ordinal()]; socket != null; socket = socket.next) {
				open.add(socket);
			}
		}
		return open;
	}

	/**
	 * Return the sockets that were created first.
	 * @param most how many at most
	 */
	List<CreatedSocket> oldest(int most) {
		return openSockets().stream().sorted(Comparator.comparingLong(CreatedSocket::getId)).limit(most).toList();
	}

	/**
	 * Return the socket with a number, {@code null} if it is not open.
	 */
	@Nullable CreatedSocket find(long id) {
		return openSockets().stream().filter((socket) -> socket.getId() == id).findFirst().orElse(null);
	}

	private List<CreatedSocket> openSockets() {
		List<CreatedSocket> open = snapshot(Phase.WITH_HANDLERS, Phase.UNCLAIMED, Phase.HANDED_ON, Phase.CONNECTED);
		open.removeIf((socket) -> !socket.isOpen());
		return open;
	}

	private void socketsRemoved() {
		this.engine.socketClosed();
		this.factory.socketsClosed();
	}

	/**
	 * Remove a closed socket, which a shutdown still sees while its handlers run.
	 * @return whether it was among the open ones
	 */
	private boolean remove(CreatedSocket socket) {
		Phase phase = socket.phase;
		if (phase == null) {
			return false;
		}
		boolean running = socket.getHandler() != null;
		if (phase != Phase.CLOSED || !running) {
			unlink(socket);
		}
		if (phase == Phase.CLOSED) {
			return false;
		}
		if (running) {
			link(socket, Phase.CLOSED);
		}
		socket.removed();
		this.freeDescriptors.incrementAndGet();
		UnixSocketFile file = socket.getFile();
		if (file != null) {
			synchronized (this.abandonedFiles) {
				this.abandonedFiles.add(file);
			}
			this.engine.runBlocking(this::deleteFiles);
		}
		return true;
	}

	/**
	 * Delete the files of sockets that have been closed. Not for use on the event loop.
	 */
	void deleteFiles() {
		synchronized (this.abandonedFiles) {
			this.abandonedFiles.forEach(UnixSocketFile::delete);
			this.abandonedFiles.clear();
		}
	}

	private boolean removeClosed(Phase phase) {
		boolean removed = false;
		CreatedSocket socket = this.first[phase.ordinal()];
		while (socket != null) {
			CreatedSocket following = socket.next;
			removed |= !socket.isOpen() && remove(socket);
			socket = following;
		}
		return removed;
	}

	private void move(CreatedSocket socket, Phase phase) {
		unlink(socket);
		link(socket, phase);
	}

	private void link(CreatedSocket socket, Phase phase) {
		CreatedSocket before = this.last[phase.ordinal()];
		socket.phase = phase;
		socket.previous = before;
		if (before != null) {
			before.next = socket;
		}
		else {
			this.first[phase.ordinal()] = socket;
		}
		this.last[phase.ordinal()] = socket;
		this.size += (phase != Phase.CLOSED) ? 1 : 0;
	}

	private void unlink(CreatedSocket socket) {
		Phase phase = socket.phase;
		Assert.state(phase != null, "The socket is not open");
		CreatedSocket before = socket.previous;
		CreatedSocket after = socket.next;
		if (before != null) {
			before.next = after;
		}
		else {
			this.first[phase.ordinal()] = after;
		}
		if (after != null) {
			after.previous = before;
		}
		else {
			this.last[phase.ordinal()] = before;
		}
		socket.phase = null;
		socket.previous = null;
		socket.next = null;
		this.size -= (phase != Phase.CLOSED) ? 1 : 0;
	}

	/**
	 * Wait for somebody to claim a socket.
	 */
	private void awaitClaim(CreatedSocket socket) {
		socket.deadlineNanos = System.nanoTime() + this.unclaimedTimeout.toNanos();
		if (this.unclaimedTimer == null) {
			this.unclaimedTimer = this.engine.getLoop().schedule(this.unclaimedTimeout, this.closeExpired);
		}
		move(socket, Phase.UNCLAIMED);
	}

	private void closeExpired() {
		String time = DurationFormatterUtils.print(this.unclaimedTimeout, DurationFormat.Style.COMPOSITE);
		for (CreatedSocket socket : expired()) {
			String type = socket.getEventType();
			if (socket.closeUnclaimed("nobody had claimed it %s after it was published".formatted(time))) {
				warnOfUnclaimed(type, time);
			}
		}
	}

	private synchronized List<CreatedSocket> expired() {
		List<CreatedSocket> expired = new ArrayList<>();
		this.unclaimedTimer = null;
		long now = System.nanoTime();
		CreatedSocket socket = this.first[Phase.UNCLAIMED.ordinal()];
		while (socket != null && socket.deadlineNanos - now <= 0) {
			expired.add(socket);
			socket = socket.next;
		}
		if (socket != null) {
			this.unclaimedTimer = this.engine.getLoop()
				.schedule(Duration.ofNanos(socket.deadlineNanos - now), this.closeExpired);
		}
		return expired;
	}

	private void warnOfUnclaimed(String eventType, String time) {
		long heldBack = this.throttle.tryPass();
		if (heldBack >= 0) {
			logger.warn(
					"Closed %d channel(s) of '%s' that nobody had claimed within %s: does a handler of %s take the connection or channel as its parameter, or claim it?"
						.formatted(heldBack + 1, this.factory.getName(), time, eventType));
		}
	}

	private synchronized void scheduleLook() {
		cancelLook();
		long now = System.nanoTime();
		this.lookNanos = nextLook(now);
		this.lookTimer = this.engine.getLoop().schedule(Duration.ofNanos(this.lookNanos - now), this.look);
	}

	private long nextLook(long now) {
		return now + untilNext(lookInterval(), now);
	}

	/**
	 * Return the time until the next look. All looks fall together, so that they wake the
	 * event loop up once.
	 * @param interval time between two looks
	 */
	static Duration untilNext(Duration interval) {
		return Duration.ofNanos(untilNext(interval, System.nanoTime()));
	}

	private static long untilNext(Duration interval, long now) {
		return interval.toNanos() - Math.floorMod(now, interval.toNanos());
	}

	private Duration lookInterval() {
		CreatedSocket oldest = this.first[Phase.HANDED_ON.ordinal()];
		boolean handedOn = oldest != null;
		boolean withHandlers = this.first[Phase.WITH_HANDLERS.ordinal()] != null;
		boolean allTell = this.first[Phase.CONNECTED.ordinal()] != null && !handedOn && !withHandlers;
		if (!this.factory.isClosingAwaited() || allTell) {
			return LOOK;
		}
		if (oldest != null && this.factory.getSpec().getKind() == SocketKind.CLIENT) {
			return lookInterval(oldest.getAge());
		}
		return handedOn ? LOOK_AWAITED : LOOK_BEFORE_RETURN;
	}

	/**
	 * Who has been connected for long may be found closed later.
	 */
	static Duration lookInterval(Duration age) {
		Duration tenth = age.dividedBy(10);
		if (tenth.compareTo(LOOK_AWAITED) < 0) {
			return LOOK_AWAITED;
		}
		return (tenth.compareTo(LOOK) < 0) ? tenth : LOOK;
	}

	/**
	 * Forget the timer, under the lock under which it is made: one that is due at once
	 * may run before it is remembered, and one that runs may have been replaced already.
	 */
	private synchronized void cancelLook() {
		if (this.lookTimer != null) {
			this.lookTimer.cancel();
			this.lookTimer = null;
		}
	}

	private void look() {
		cancelLook();
		try {
			removeClosed();
			if (this.factory.isClosingAwaited()) {
				this.factory.socketsClosed();
			}
		}
		finally {
			lookAgain();
		}
	}

}
