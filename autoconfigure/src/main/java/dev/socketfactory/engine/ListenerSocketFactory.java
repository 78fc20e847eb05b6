package dev.socketfactory.engine;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

import dev.socketfactory.PauseReason;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketState;
import dev.socketfactory.engine.accept.AcceptedConnections;
import dev.socketfactory.engine.accept.Acceptor;
import dev.socketfactory.engine.accept.ConnectionLimit;
import dev.socketfactory.engine.accept.FailureReporter;
import dev.socketfactory.engine.proc.AcceptQueue;
import dev.socketfactory.engine.proc.BoundPorts;
import dev.socketfactory.engine.proc.LeftOverConnectionsException;
import dev.socketfactory.engine.proc.ListenQueue;
import dev.socketfactory.engine.socket.OpenedSocket;
import dev.socketfactory.engine.socket.OptionSet;
import dev.socketfactory.engine.socket.SocketChannels;
import dev.socketfactory.engine.socket.SystemCallException;
import dev.socketfactory.engine.socket.UnixSocketFile;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Listens on a stream socket and accepts connections.
 */
final class ListenerSocketFactory extends AbstractSocketFactory {

	private static final Log logger = LogFactory.getLog(SocketFactory.class);

	private final FailureReporter failures = new ListenerFailures(this);

	private final OptionSet options;

	private final AcceptedConnections connections;

	private final LocalEndpoint localEndpoint;

	private final AcceptQueue acceptQueue = new AcceptQueue();

	private volatile ConnectionLimit limit;

	private volatile @Nullable OpenListener open;

	ListenerSocketFactory(SocketSpec spec, Engine engine) {
		super(spec, engine);
		this.options = OptionSet.of(spec);
		this.connections = new AcceptedConnections(this, this.options.accepted(), getSockets(), this.failures);
		this.localEndpoint = new LocalEndpoint(this);
		this.limit = new ConnectionLimit(spec.getMaxConnections(), spec.getLowWater());
	}

	@Override
	public @Nullable SocketAddress getLocalAddress() {
		OpenListener current = this.open;
		return (current != null) ? current.address() : null;
	}

	@Override
	public boolean pauseAccept(PauseReason reason) {
		requireSettable(reason);
		return changeReasons(() -> state().pause(reason));
	}

	@Override
	public boolean resumeAccept(PauseReason reason) {
		requireSettable(reason);
		return changeReasons(() -> state().resume(reason));
	}

	@Override
	SocketFactoryStatus.Queue getQueue() {
		OpenListener current = this.open;
		ListenQueue queue = (current != null) ? current.queue() : ListenQueue.of(getSpec().getListenQueue());
		return new SocketFactoryStatus.Queue(queue.requested(), queue.effective(), depth(current));
	}

	@Override
	SocketFactoryStatus.Limit getLimit() {
		ConnectionLimit current = this.limit;
		return new SocketFactoryStatus.Limit(current.maxConnections(), current.lowWater());
	}

	@Override
	public void setMaxConnections(@Nullable Integer maxConnections) {
		getAttempts().exclusively(() -> setLimit(this.limit.withMaxConnections(maxConnections)));
	}

	@Override
	public void setLowWater(@Nullable Integer lowWater) {
		getAttempts().exclusively(() -> setLimit(this.limit.withLowWater(lowWater)));
	}

	@Override
	public void setLimit(@Nullable Integer maxConnections, @Nullable Integer lowWater) {
		getAttempts().exclusively(() -> setLimit(new ConnectionLimit(maxConnections, lowWater)));
	}

	@Override
	boolean isClosingAwaited() {
		Set<PauseReason> reasons = getPauseReasons();
		return reasons.contains(PauseReason.MAX_CONNECTIONS) || reasons.contains(PauseReason.BACKOFF);
	}

	@Override
	void channelClosed() {
		OpenListener current = this.open;
		if (current != null) {
			current.acceptor().connectionClosed();
		}
	}

	@Override
	void readinessChanged() {
		getAttempts().exclusively(() -> {
			if (changeReasons(this::followReadiness) && isRunning()) {
				logger.info("listener '%s' is %s".formatted(getName(), describeReasons()));
			}
		});
	}

	@Override
	void starting() {
		if (getSpec().isStartPaused()) {
			state().pause(PauseReason.USER);
		}
		followReadiness();
	}

	@Override
	void open(long attempt) {
		this.localEndpoint.resolve(attempt, (address) -> finishOpening(attempt, address));
	}

	@Override
	void closeSocket() {
		OpenListener current = this.open;
		if (current == null) {
			state().moveTo(SocketState.STOPPED);
			return;
		}
		state().moveTo(SocketState.STOPPING);
		int reset = 0;
		try {
			state().pause(PauseReason.STOPPING);
			reset = shutDown(current);
		}
		finally {
			try {
				release(current);
			}
			finally {
				state().resume(PauseReason.STOPPING);
				state().moveTo(SocketState.STOPPED);
			}
		}
		logStopped(reset);
	}

	/**
	 * Close a socket that is broken, without draining it.
	 */
	void abandonSocket() {
		OpenListener current = this.open;
		if (current != null) {
			release(current);
		}
	}

	/**
	 * Accept nobody new, and those who wait unless a reason to pause speaks against it.
	 * @return how many were left waiting
	 */
	private int shutDown(OpenListener current) {
		current.acceptor().reasonsChanged();
		if (current.socket().file() != null) {
			current.socket().file().delete();
		}
		// Before the drain: the system closes a registered channel only when the selector
		// has dropped its key, and whoever connects after the drain is lost
		current.acceptor().close();
		getEngine().getLoop().flushQuietly();
		if (current.acceptor().drain(current.queue().effective() + 1)) {
			return 0;
		}
		Integer left = depth(current);
		return (left != null) ? left : 0;
	}

	private void logStopped(int reset) {
		getCounters().connectionsReset(reset);
		logger.info("listener '%s' stopped%s".formatted(getName(),
				(reset > 0) ? "; %d connection(s) in its listen queue were reset".formatted(reset) : ""));
	}

	/**
	 * Pause or resume as the readiness says.
	 * @return whether that changed the reasons
	 */
	private boolean followReadiness() {
		boolean ready = !getSpec().isFollowReadiness() || getEngine().isReady();
		return ready ? state().resume(PauseReason.NOT_READY) : state().pause(PauseReason.NOT_READY);
	}

	private boolean changeReasons(BooleanSupplier change) {
		try {
			return change.getAsBoolean();
		}
		finally {
			reasonsChanged();
		}
	}

	private String describeReasons() {
		Set<PauseReason> reasons = getPauseReasons();
		return reasons.isEmpty() ? "not paused"
				: reasons.stream().map(PauseReason::getName).collect(Collectors.joining(", ", "paused: ", ""));
	}

	private void setLimit(ConnectionLimit limit) {
		this.limit = limit;
		OpenListener current = this.open;
		if (current != null) {
			current.acceptor().setLimit(limit);
		}
	}

	private @Nullable Integer depth(@Nullable OpenListener listener) {
		if (listener == null || listener.address() == null) {
			return null;
		}
		UnixSocketFile file = listener.socket().file();
		return this.acceptQueue.depth(listener.address(), (file != null) ? file.getBoundPath() : null);
	}

	private void finishOpening(long attempt, @Nullable SocketAddress address) {
		getAttempts().step(attempt, () -> {
			try {
				opened(listen(address));
			}
			catch (SystemCallException ex) {
				fail(attempt, explain(AttemptFailure.of(OpenedSocket.text(address), ex), address));
			}
		});
	}

	private OpenListener listen(@Nullable SocketAddress address) throws SystemCallException {
		ListenQueue queue = ListenQueue.of(getSpec().getListenQueue());
		OpenedSocket<ServerSocketChannel> socket = OpenedSocket.open(() -> SocketChannels.openServer(getSpec()),
				getSpec(), this.options.own(), address, queue.effective());
		try {
			return SystemCallException.call("listen", () -> register(socket, queue));
		}
		catch (SystemCallException ex) {
			socket.close();
			throw ex;
		}
	}

	private OpenListener register(OpenedSocket<ServerSocketChannel> socket, ListenQueue queue) throws IOException {
		socket.channel().configureBlocking(false);
		Acceptor acceptor = new Acceptor(socket.channel(), state(), getChannels(), this.limit, getDispatcher(),
				this.connections, this.failures, getEngine().getLoop());
		return new OpenListener(socket, queue, acceptor);
	}

	private void opened(OpenListener opened) {
		try {
			getEngine().opened(getName(), opened.address());
		}
		catch (RuntimeException | Error ex) {
			close(opened);
			throw ex;
		}
		this.open = opened;
		try {
			logOpened(opened);
			state().moveTo(SocketState.LISTENING);
			opened.acceptor().open();
		}
		catch (RuntimeException | Error ex) {
			release(opened);
			throw ex;
		}
		finished();
	}

	private void logOpened(OpenListener opened) {
		logger.info("listener '%s' listening on %s (listen queue %d%s)".formatted(getName(),
				OpenedSocket.text(opened.address()), opened.queue().effective(),
				getPauseReasons().isEmpty() ? "" : ", " + describeReasons()));
		if (opened.queue().isClipped()) {
			logger.warn("listener '%s': listen-queue %d is clipped to %d by the system (net.core.somaxconn)"
				.formatted(getName(), opened.queue().requested(), opened.queue().effective()));
		}
	}

	private void release(OpenListener current) {
		try {
			close(current);
		}
		finally {
			this.open = null;
			getEngine().closed(getName());
			state().resume(PauseReason.BACKOFF);
			state().resume(PauseReason.DISPATCH);
			state().resume(PauseReason.MAX_CONNECTIONS);
		}
	}

	private void close(OpenListener current) {
		current.acceptor().close();
		current.socket().close();
		getEngine().getLoop().flushQuietly();
	}

	private AttemptFailure explain(AttemptFailure failure, @Nullable SocketAddress address) {
		if (failure.operation().equals("bind") && address instanceof InetSocketAddress inet
				&& this.failures.errnoOf(failure.cause()).name().equals("EADDRINUSE")) {
			return explain(failure, BoundPorts.holderOf(inet));
		}
		return failure;
	}

	private AttemptFailure explain(AttemptFailure failure, BoundPorts.@Nullable Holder holder) {
		if (holder == null) {
			return failure;
		}
		String text = getFailures().textOf(failure.cause());
		return switch (holder) {
			case LISTENER -> failure.withText(text + "; another listener holds the port");
			case CONNECTIONS -> failure.withText("%s; nothing listens on the port, but %s".formatted(text, leftOver()))
				.withCause(new LeftOverConnectionsException(failure.cause()));
		};
	}

	private String leftOver() {
		return getSpec().isReuse() ? "connections of an earlier listener that had no 'reuse: on' hold it"
				: "connections of an earlier listener hold it: 'reuse: on', there and here, would help";
	}

	private void reasonsChanged() {
		OpenListener current = this.open;
		if (current != null) {
			current.acceptor().reasonsChanged();
		}
	}

	private record OpenListener(OpenedSocket<ServerSocketChannel> socket, ListenQueue queue, Acceptor acceptor) {

		@Nullable SocketAddress address() {
			return this.socket.localAddress();
		}

	}

}
