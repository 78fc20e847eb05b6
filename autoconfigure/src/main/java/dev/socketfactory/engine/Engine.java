package dev.socketfactory.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketAddress;
import java.util.concurrent.Executor;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketType;
import dev.socketfactory.engine.delivery.Closings;
import dev.socketfactory.engine.dispatch.Dispatcher;
import dev.socketfactory.engine.dispatch.ExecutorDispatcher;
import dev.socketfactory.engine.dispatch.InlineDispatcher;
import dev.socketfactory.engine.loop.EventLoop;
import dev.socketfactory.engine.socket.EndpointResolver;
import dev.socketfactory.errno.ErrnoTable;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;

/**
 * What all factories of an application share.
 */
final class Engine implements AutoCloseable {

	private static final Log logger = LogFactory.getLog(SocketFactory.class);

	/**
	 * About 70 MB of them.
	 */
	private static final int WAITING_EVENTS = 200_000;

	private final ApplicationEventPublisher publisher;

	private final EngineSettings settings;

	private final EventLoop loop;

	private final OrderedPublisher orderedPublisher;

	private final BlockingThreads lookups;

	private final BlockingThreads binders;

	private final CompletionThreads completions = new CompletionThreads(
			DaemonThreads.numbered("socket-factory-connect-"));

	private final Dispatcher inline;

	private final Dispatcher executor;

	private final Dispatcher datagramExecutor;

	private final EndpointResolver resolver;

	private final ErrnoTable errnos = ErrnoTable.load();

	private final Closings closings = new Closings();

	private final PendingConnections pending = new PendingConnections();

	private final KeepAlive keepAlive = new KeepAlive(Thread::new);

	private volatile boolean startsRefused;

	private volatile boolean ready;

	Engine(ApplicationEventPublisher publisher, EngineSettings settings) {
		this(publisher, settings, new EndpointResolver());
	}

	Engine(ApplicationEventPublisher publisher, EngineSettings settings, EndpointResolver resolver) {
		FailurePath.initialize();
		if (settings.hasVirtualThreads()) {
			FailurePath.initializeVirtualThreads();
		}
		this.publisher = publisher;
		this.settings = settings;
		this.resolver = resolver;
		this.loop = openLoop();
		this.orderedPublisher = new OrderedPublisher(publisher, WAITING_EVENTS);
		this.lookups = new BlockingThreads(this.loop, DaemonThreads.numbered("socket-factory-lookup-"));
		this.binders = new BlockingThreads(this.loop, DaemonThreads.numbered("socket-factory-bind-"));
		this.inline = new InlineDispatcher(this.loop);
		this.executor = new ExecutorDispatcher(settings.executor(), settings.places(), this.loop);
		this.datagramExecutor = settings.hasVirtualThreads()
				? new ExecutorDispatcher(settings.datagramExecutor(), Integer.MAX_VALUE, this.loop) : this.executor;
	}

	/**
	 * Return whether the application accepts traffic.
	 * @return {@code true} if it does
	 */
	boolean isReady() {
		return this.ready;
	}

	void setReady(boolean ready) {
		this.ready = ready;
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

	/**
	 * Return where names are looked up. Nothing else is done there: all of its threads
	 * may hang for as long as the name server does.
	 */
	Executor getLookups() {
		return this.lookups;
	}

	/**
	 * Return where sockets are bound that may have to wait for the lock of a path.
	 */
	Executor getBinders() {
		return this.binders;
	}

	/**
	 * Return where connections made on demand are handed to those who asked for them.
	 */
	Executor getCompletions() {
		return this.completions;
	}

	/**
	 * Publish the local address of a listener or a connectionless socket.
	 * @param name name of the factory
	 * @param address its local address, {@code null} if it is not bound
	 */
	void opened(String name, @Nullable SocketAddress address) {
		this.settings.ports().bound(name, address);
	}

	/**
	 * Take it back, because the socket is closed.
	 * @param name name of the factory
	 */
	void closed(String name) {
		try {
			this.settings.ports().bound(name, null);
		}
		catch (RuntimeException ex) {
			logger.error("The port of '%s', which is closed, could not be taken back".formatted(name), ex);
		}
	}

	EndpointResolver getResolver() {
		return this.resolver;
	}

	ErrnoTable getErrnos() {
		return this.errnos;
	}

	Closings getClosings() {
		return this.closings;
	}

	KeepAlive getKeepAlive() {
		return this.keepAlive;
	}

	PendingConnections getPending() {
		return this.pending;
	}

	Dispatcher getDispatcher(SocketSpec spec) {
		DispatchMode mode = (spec.getDispatch() != null) ? spec.getDispatch() : this.settings.dispatch();
		return switch (mode) {
			case EXECUTOR -> isUnixDatagram(spec) ? this.datagramExecutor : this.executor;
			case INLINE -> this.inline;
		};
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

	@Override
	public void close() {
		this.loop.close();
		this.lookups.close();
		this.binders.close();
		this.completions.close();
		this.pending.close();
		this.orderedPublisher.close();
	}

	private static boolean isUnixDatagram(SocketSpec spec) {
		return spec.getDomain() == SocketDomain.AF_UNIX && spec.getType() == SocketType.SOCK_DGRAM;
	}

	private static EventLoop openLoop() {
		try {
			return new EventLoop("socket-factory-loop");
		}
		catch (IOException ex) {
			throw new UncheckedIOException("The event loop cannot be opened", ex);
		}
	}

}
