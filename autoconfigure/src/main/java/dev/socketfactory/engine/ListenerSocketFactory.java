package dev.socketfactory.engine;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

import dev.socketfactory.AccessSettings;
import dev.socketfactory.PauseReason;
import dev.socketfactory.PerSourceSettings;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketFailure;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketState;
import dev.socketfactory.engine.admission.TlsSetup;
import dev.socketfactory.engine.socket.ListenQueue;
import dev.socketfactory.engine.socket.OpenedSocket;
import dev.socketfactory.engine.socket.ProcNet;
import dev.socketfactory.engine.socket.SocketOperationException;
import dev.socketfactory.engine.socket.SocketOptions;
import dev.socketfactory.engine.socket.UnixSocketFile;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.util.StringUtils;

/**
 * Listens on a stream socket and accepts connections.
 */
final class ListenerSocketFactory extends ManagedSocketFactory {

	private static final SafeLog logger = new SafeLog(SocketFactory.class);

	/**
	 * Characters of a list in the log, which may have thousands of elements.
	 */
	private static final int MOST_LOGGED = 500;

	private final SocketOptions options;

	private final SocketOptions acceptedOptions;

	private final @Nullable TlsSetup tls;

	private volatile ConnectionLimit limit;

	private volatile AdmissionRules rules;

	private volatile @Nullable OpenListener open;

	ListenerSocketFactory(SocketSpec spec, Engine engine) {
		super(spec, engine);
		this.options = SocketOptions.of(spec);
		this.acceptedOptions = SocketOptions.ofAccepted(spec);
		this.tls = engine.getTls(spec);
		this.rules = AdmissionRules.of(spec);
		this.limit = new ConnectionLimit(spec.getMaxConnections(), spec.getLowWater());
	}

	@Override
	public @Nullable SocketAddress getLocalAddress() {
		OpenListener current = this.open;
		return (current != null) ? current.address() : null;
	}

	@Override
	public boolean pauseAccept(PauseReason reason, @Nullable String by) {
		requireSettable(reason);
		return changeReasons(() -> state().pause(reason, by));
	}

	@Override
	public boolean resumeAccept(PauseReason reason) {
		requireSettable(reason);
		return changeReasons(() -> state().resume(reason));
	}

	@Override
	public SocketFactoryStatus getStatus() {
		OpenListener current = this.open;
		ListenQueue queue = (current != null) ? current.queue() : ListenQueue.of(getSpec().getListenQueue());
		ConnectionLimit currentLimit = this.limit;
		return status(queue, new SocketFactoryStatus.Limit(currentLimit.maxConnections(), currentLimit.lowWater()));
	}

	@Override
	public @Nullable Integer getAcceptQueueDepth(ProcNet tables) {
		return tables.getAcceptQueueDepth(getLocalAddress());
	}

	@Override
	public void setMaxConnections(@Nullable Integer maxConnections) {
		getLock().lock();
		try {
			setLimit(this.limit.withMaxConnections(maxConnections));
		}
		finally {
			getLock().unlock();
		}
	}

	@Override
	public void setLowWater(@Nullable Integer lowWater) {
		getLock().lock();
		try {
			setLimit(this.limit.withLowWater(lowWater));
		}
		finally {
			getLock().unlock();
		}
	}

	AdmissionRules getRules() {
		return this.rules;
	}

	@Override
	public AccessSettings getAccess() {
		return this.rules.settings();
	}

	@Override
	public void setAccess(AccessSettings access) {
		Assert.notNull(access, "'access' must not be null");
		getLock().lock();
		try {
			setRules(this.rules.withAccess(access));
		}
		finally {
			getLock().unlock();
		}
		logger.info("%s: 'access' was changed on the thread '%s': %s".formatted(this, Thread.currentThread().getName(),
				StringUtils.truncate(access.toString(), MOST_LOGGED)));
	}

	@Override
	public void setPerSource(@Nullable PerSourceSettings perSource) {
		getLock().lock();
		try {
			setRules(this.rules.withPerSource(perSource));
		}
		finally {
			getLock().unlock();
		}
		logger.info("%s: 'per-source' was changed on the thread '%s': %s".formatted(this,
				Thread.currentThread().getName(), (perSource != null) ? perSource : "no limit"));
	}

	@Override
	public void setLimit(@Nullable Integer maxConnections, @Nullable Integer lowWater) {
		getLock().lock();
		try {
			setLimit(new ConnectionLimit(maxConnections, lowWater));
		}
		finally {
			getLock().unlock();
		}
	}

	@Override
	boolean isClosingAwaited() {
		Set<PauseReason> reasons = getPauseReasons();
		return reasons.contains(PauseReason.MAX_CONNECTIONS) || reasons.contains(PauseReason.BACKOFF);
	}

	@Override
	void socketsClosed() {
		OpenListener current = this.open;
		if (current != null) {
			current.acceptor().connectionsClosed();
		}
	}

	/**
	 * Pause or resume because the application begins or ends to accept traffic.
	 */
	void readinessChanged() {
		getLock().lock();
		try {
			if (changeReasons(this::followReadiness) && isRunning()) {
				logger.info("%s is %s".formatted(this, describeReasons()));
			}
		}
		finally {
			getLock().unlock();
		}
	}

	@Override
	void starting() {
		if (getSpec().isStartPaused()) {
			state().pause(PauseReason.USER);
		}
		followReadiness();
	}

	@Override
	void open(long number) {
		LocalEndpoint.resolve(this, number, (address) -> listen(number, address));
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
		getCounters().connectionsReset(reset);
		logger.info("%s stopped%s".formatted(this,
				(reset > 0) ? "; %d connection(s) in its listen queue were reset".formatted(reset) : ""));
	}

	/**
	 * Make a failure of the open socket.
	 * @param operation name of the system call
	 * @param cause what the JDK threw
	 */
	SocketFailure failureOf(String operation, Throwable cause) {
		return getFailures().make(operation, OpenedSocket.text(getLocalAddress()), cause);
	}

	@Override
	void abandonSocket() {
		OpenListener current = this.open;
		if (current != null) {
			release(current);
		}
	}

	/**
	 * Accept no new clients, and those that wait unless a reason to pause speaks against
	 * it.
	 * @return how many were left waiting
	 */
	private int shutDown(OpenListener current) {
		current.acceptor().reasonsChanged();
		UnixSocketFile file = current.socket().file();
		if (file != null) {
			file.delete();
		}
		// Before the drain: the system closes a registered channel only when the selector
		// has dropped its key, and a client that connects after the drain is lost
		current.acceptor().close();
		getEngine().getLoop().flushQuietly();
		if (current.acceptor().drain(current.queue().effective() + 1) || getEngine().getLoop().inLoop()) {
			return 0;
		}
		Integer left = new ProcNet().getAcceptQueueDepth(current.address());
		return (left != null) ? left : 0;
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
			OpenListener current = this.open;
			if (current != null) {
				current.acceptor().reasonsChanged();
			}
		}
	}

	private String describeReasons() {
		Set<PauseReason> reasons = getPauseReasons();
		return reasons.isEmpty() ? "not paused"
				: reasons.stream().map(PauseReason::getName).collect(Collectors.joining(", ", "paused: ", ""));
	}

	private void setRules(AdmissionRules rules) {
		this.rules = rules;
		OpenListener current = this.open;
		if (current != null) {
			current.acceptor().rulesChanged();
		}
	}

	private void setLimit(ConnectionLimit limit) {
		this.limit = limit;
		OpenListener current = this.open;
		if (current != null) {
			current.acceptor().setLimit(limit);
		}
	}

	private void listen(long number, @Nullable SocketAddress address) {
		if (!enter(number)) {
			return;
		}
		SocketFailure failure = null;
		try {
			opened(number, openListener(address));
		}
		catch (SocketOperationException ex) {
			failure = getFailures().make(ex);
		}
		finally {
			leave();
		}
		if (failure != null) {
			fail(number, failure, address);
		}
	}

	private OpenListener openListener(@Nullable SocketAddress address) throws SocketOperationException {
		Assert.state(address != null, "A listener has a local address");
		ListenQueue queue = ListenQueue.of(getSpec().getListenQueue());
		OpenedSocket<ServerSocketChannel> socket = OpenedSocket.listen(getSpec(), this.options, address,
				queue.effective());
		try {
			return SocketOperationException.call("socket", OpenedSocket.text(address),
					() -> new OpenListener(socket, queue, acceptor(socket)));
		}
		catch (SocketOperationException | Error ex) {
			socket.close();
			throw ex;
		}
	}

	private Acceptor acceptor(OpenedSocket<ServerSocketChannel> socket) throws IOException {
		socket.channel().configureBlocking(false);
		return new Acceptor(this, socket.channel(), this.acceptedOptions.isEmpty() ? null : this.acceptedOptions,
				this.limit, this.tls);
	}

	private void opened(long number, OpenListener opened) {
		// A flood may come before the descriptors are looked at again
		getEngine().getDescriptors().getFree().decrementAndGet();
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
		lookAfter(number, opened.socket().file());
		finished();
	}

	private void logOpened(OpenListener opened) {
		logger.info("%s listening on %s (listen queue %d%s)".formatted(this, OpenedSocket.text(opened.address()),
				opened.queue().effective(), getPauseReasons().isEmpty() ? "" : ", " + describeReasons()));
		if (opened.queue().isClipped()) {
			logger.warn("%s: listen-queue %d is clipped to %d by the system (net.core.somaxconn)".formatted(this,
					opened.queue().requested(), opened.queue().effective()));
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
			state().resume(PauseReason.DESCRIPTORS);
			state().resume(PauseReason.DISPATCH);
			state().resume(PauseReason.MAX_CONNECTIONS);
		}
	}

	private void close(OpenListener current) {
		current.acceptor().close();
		current.socket().close();
		getEngine().getLoop().flushQuietly();
		getEngine().getDescriptors().getFree().incrementAndGet();
	}

	private record OpenListener(OpenedSocket<ServerSocketChannel> socket, ListenQueue queue, Acceptor acceptor) {

		@Nullable SocketAddress address() {
			return this.socket.localAddress();
		}

	}

}
