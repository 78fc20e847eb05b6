package dev.socketfactory.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.InvalidSocketSpecException;
import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketType;
import dev.socketfactory.SslSettings;
import dev.socketfactory.engine.admission.TlsSetup;
import dev.socketfactory.engine.socket.EndpointResolver;
import dev.socketfactory.engine.socket.ErrnoTable;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.util.ClassUtils;

/**
 * What all factories of an application share: the event loop, the other threads, and what
 * they know of the platform. Safe for use by any thread.
 */
final class Engine implements AutoCloseable {

	private static final SafeLog logger = new SafeLog(SocketFactory.class);

	/**
	 * About 70 MB of them.
	 */
	private static final int WAITING_EVENTS = 200_000;

	private static final int MOST_THREADS = 16;

	private static final boolean TLS_AVAILABLE = ClassUtils.isPresent("tlschannel.TlsChannel",
			Engine.class.getClassLoader());

	private static final Duration RETRY_THREAD = Duration.ofMillis(100);

	private final ApplicationEventPublisher publisher;

	private final EngineSettings settings;

	private final EventLoop loop;

	private final OrderedPublisher orderedPublisher;

	/**
	 * All of them may hang for as long as the name server does.
	 */
	private final ThreadPoolExecutor lookupThreads = pool("socket-lookup-");

	private final ThreadPoolExecutor blockingThreads = pool("socket-file-");

	private final ExecutorService completionThreads = Executors.newCachedThreadPool(threads("socket-connect-"));

	private final ThreadFactory keepAliveThreads = (task) -> new Thread(task, "socket-keep-alive");

	private final Dispatcher inline;

	private final Dispatcher executor;

	private final Dispatcher datagramExecutor;

	private final EndpointResolver resolver;

	private final ErrnoTable errnos = ErrnoTable.load();

	private final Map<String, Integer> openPorts = new ConcurrentHashMap<>();

	private final DescriptorReserve descriptors;

	private final ClosingSignal closings = new ClosingSignal();

	private final Set<List<Object>> preloaded = ConcurrentHashMap.newKeySet();

	/**
	 * What keeps the JVM alive. Guarded by itself, like the latch for which the thread
	 * that does so waits.
	 */
	private final Set<Object> needs = new HashSet<>();

	private @Nullable CountDownLatch keepAlive;

	/**
	 * Connections that callers of {@link ClientSocketFactory#connect()} wait for.
	 */
	private final Set<ConnectionFuture> pending = ConcurrentHashMap.newKeySet();

	private volatile boolean startsRefused;

	private volatile boolean closed;

	private volatile boolean ready;

	Engine(ApplicationEventPublisher publisher, EngineSettings settings) {
		this(publisher, settings, new EndpointResolver());
	}

	Engine(ApplicationEventPublisher publisher, EngineSettings settings, EndpointResolver resolver) {
		ClassPreloader.load();
		if (settings.hasVirtualThreads()) {
			ClassPreloader.loadForVirtualThreads();
		}
		this.publisher = publisher;
		this.settings = settings;
		this.resolver = resolver;
		this.loop = openLoop();
		this.orderedPublisher = new OrderedPublisher(publisher, WAITING_EVENTS);
		this.descriptors = new DescriptorReserve(settings.descriptorReserve(), this);
		this.inline = new InlineDispatcher(this.loop);
		this.executor = new ExecutorDispatcher(settings.executor(), settings.concurrencyLimit(), this.loop);
		this.datagramExecutor = settings.hasVirtualThreads()
				? new ExecutorDispatcher(settings.datagramExecutor(), Integer.MAX_VALUE, this.loop) : this.executor;
	}

	DescriptorReserve getDescriptors() {
		return this.descriptors;
	}

	/**
	 * Load what a factory needs to make its sockets, once for each kind of them.
	 */
	void preload(SocketSpec spec) {
		if (this.preloaded.add(List.of(spec.getKind(), spec.getDomain(), spec.getType()))) {
			ClassPreloader.load(spec);
		}
	}

	ApplicationEventPublisher getPublisher() {
		return this.publisher;
	}

	EventLoop getLoop() {
		return this.loop;
	}

	OrderedPublisher getOrderedPublisher() {
		return this.orderedPublisher;
	}

	EndpointResolver getResolver() {
		return this.resolver;
	}

	ErrnoTable getErrnos() {
		return this.errnos;
	}

	Set<ConnectionFuture> getPending() {
		return this.pending;
	}

	ClosingSignal getClosings() {
		return this.closings;
	}

	/**
	 * A socket of a factory has been found closed.
	 */
	void socketClosed() {
		this.closings.raise();
	}

	/**
	 * Return what makes the TLS of a factory.
	 * @return the setup, {@code null} if the factory has no TLS
	 * @throws InvalidSocketSpecException if it cannot have it
	 */
	@Nullable TlsSetup getTls(SocketSpec spec) {
		SslSettings ssl = spec.getSsl();
		if (ssl == null) {
			return null;
		}
		if (!TLS_AVAILABLE) {
			throw new InvalidSocketSpecException(spec.getKind(), spec.getName(), "ssl.bundle", ssl.bundle(),
					"the library for TLS is missing",
					"Add the dependency com.github.marianobarrios:tls-channel, or leave ssl out");
		}
		if (getDispatcher(spec).isInline()) {
			throw new InvalidSocketSpecException(spec.getKind(), spec.getName(), "ssl.bundle", ssl.bundle(),
					"a handshake blocks, and with dispatch: inline nothing may",
					"Write dispatch: executor for it, or leave ssl out");
		}
		return new TlsSetup(spec, this.settings.bundles(), this.settings.engineCustomizers());
	}

	Dispatcher getDispatcher(SocketSpec spec) {
		DispatchMode mode = (spec.getDispatch() != null) ? spec.getDispatch() : this.settings.dispatch();
		return switch (mode) {
			case EXECUTOR -> isUnixDatagram(spec) ? this.datagramExecutor : this.executor;
			case INLINE -> this.inline;
		};
	}

	/**
	 * Look names up beside the event loop, now or as soon as a thread can be made for it.
	 * @param task what to run
	 */
	void runLookup(Runnable task) {
		run(task, this.lookupThreads);
	}

	/**
	 * Run what uses files beside the event loop, now or as soon as a thread can be made
	 * for it.
	 * @param task what to run, which does not look names up
	 */
	void runBlocking(Runnable task) {
		run(task, this.blockingThreads);
	}

	private void run(Runnable task, ThreadPoolExecutor threads) {
		try {
			threads.execute(task);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("The engine is closed, so this is not run", ex);
		}
		catch (OutOfMemoryError ex) {
			// Also when no thread can be made
			this.loop.schedule(RETRY_THREAD, () -> run(task, threads));
		}
	}

	/**
	 * Hand a connection to the caller who has asked for it. What that does with it may
	 * take any time, so it is not done on the event loop if there is another thread.
	 * @param task what to run
	 */
	void runCompletion(Runnable task) {
		try {
			this.completionThreads.execute(task);
		}
		catch (RejectedExecutionException | OutOfMemoryError ex) {
			// The engine is closed, or no thread can be made
			task.run();
		}
	}

	/**
	 * Publish the local address of a listener or a connectionless socket.
	 * @param name name of the factory
	 * @param address its local address, {@code null} if it is not bound
	 */
	void opened(String name, @Nullable SocketAddress address) {
		this.settings.ports().accept(name, address);
		if (address instanceof InetSocketAddress inet) {
			this.openPorts.put(name, inet.getPort());
		}
	}

	/**
	 * Take it back, because the socket is closed.
	 * @param name name of the factory
	 */
	void closed(String name) {
		this.openPorts.remove(name);
		try {
			this.settings.ports().accept(name, null);
		}
		catch (RuntimeException ex) {
			logger.error("The port of '%s', which is closed, could not be taken back".formatted(name), ex);
		}
	}

	/**
	 * Return the port of an open listener or connectionless socket.
	 * @param name name of the factory
	 * @return the port, {@code null} if the factory is not open
	 */
	@Nullable Integer getOpenPort(String name) {
		return this.openPorts.get(name);
	}

	/**
	 * Keep the JVM alive as long as something needs it: listeners that are open, are
	 * being opened or will be tried again.
	 * @param need what needs it
	 * @throws OutOfMemoryError if no thread can be made
	 */
	void keepAlive(Object need) {
		synchronized (this.needs) {
			if (this.keepAlive == null) {
				this.keepAlive = startKeepAlive();
				this.descriptors.watch();
			}
			this.needs.add(need);
		}
	}

	/**
	 * Keep the JVM alive no longer, as far as this is concerned.
	 * @param need what has needed it
	 */
	void letEnd(Object need) {
		synchronized (this.needs) {
			this.needs.remove(need);
			if (this.needs.isEmpty() && this.keepAlive != null) {
				this.keepAlive.countDown();
				this.keepAlive = null;
				this.descriptors.unwatch();
			}
		}
	}

	/**
	 * Return whether the application accepts traffic.
	 */
	boolean isReady() {
		return this.ready;
	}

	void setReady(boolean ready) {
		this.ready = ready;
	}

	/**
	 * Say whether nothing may start: what a handler started while the application ends
	 * would outlive it.
	 */
	void setStartsRefused(boolean refused) {
		this.startsRefused = refused;
	}

	boolean isStartRefused() {
		return this.startsRefused;
	}

	boolean isClosed() {
		return this.closed;
	}

	/**
	 * Let no caller wait for a connection any more, because the application context is
	 * closed.
	 */
	void abandonPending() {
		this.closed = true;
		this.pending.forEach(ConnectionFuture::abandon);
	}

	@Override
	public void close() {
		abandonPending();
		this.loop.close();
		this.lookupThreads.shutdownNow();
		this.blockingThreads.shutdownNow();
		this.completionThreads.shutdownNow();
		this.orderedPublisher.close();
	}

	private CountDownLatch startKeepAlive() {
		CountDownLatch end = new CountDownLatch(1);
		Thread thread = this.keepAliveThreads.newThread(() -> {
			try {
				end.await();
			}
			catch (InterruptedException ex) {
				// This thread is to end
			}
		});
		thread.setDaemon(false);
		thread.start();
		return end;
	}

	private static boolean isUnixDatagram(SocketSpec spec) {
		return spec.getDomain() == SocketDomain.AF_UNIX && spec.getType() == SocketType.SOCK_DGRAM;
	}

	private static ThreadPoolExecutor pool(String prefix) {
		IdleThreads idle = new IdleThreads();
		return new ThreadPoolExecutor(0, MOST_THREADS, 10, TimeUnit.SECONDS, idle, threads(prefix), idle);
	}

	private static ThreadFactory threads(String prefix) {
		CustomizableThreadFactory factory = new CustomizableThreadFactory(prefix);
		factory.setDaemon(true);
		return factory;
	}

	private static EventLoop openLoop() {
		try {
			return new EventLoop("socket-loop");
		}
		catch (IOException ex) {
			throw new UncheckedIOException("The event loop cannot be opened", ex);
		}
	}

	/**
	 * The queue of a pool that makes a thread only if none is idle. With another one it
	 * would first make as many as it may have, one for each look at the descriptors.
	 */
	private static final class IdleThreads extends LinkedTransferQueue<Runnable> implements RejectedExecutionHandler {

		@Override
		public boolean offer(Runnable task) {
			return tryTransfer(task);
		}

		@Override
		public void rejectedExecution(Runnable task, ThreadPoolExecutor pool) {
			if (pool.isShutdown()) {
				throw new RejectedExecutionException("The engine is closed");
			}
			super.offer(task);
		}

	}

}
