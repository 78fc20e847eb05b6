package dev.socketfactory.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.engine.dispatch.Dispatcher;
import dev.socketfactory.engine.dispatch.ExecutorDispatcher;
import dev.socketfactory.engine.dispatch.InlineDispatcher;
import dev.socketfactory.engine.loop.EventLoop;
import dev.socketfactory.engine.socket.EndpointResolver;
import dev.socketfactory.errno.ErrnoTable;

import org.springframework.context.ApplicationEventPublisher;

/**
 * What all factories of an application share.
 */
final class Engine implements AutoCloseable {

	private static final int LOOKUP_THREADS = 16;

	private final ApplicationEventPublisher publisher;

	private final EngineSettings settings;

	private final EventLoop loop;

	private final OrderedPublisher orderedPublisher;

	private final ThreadPoolExecutor lookups;

	private final ExecutorService completions = Executors
		.newCachedThreadPool(DaemonThreads.numbered("socket-factory-connect-"));

	private final Dispatcher inline;

	private final Dispatcher executor;

	private final EndpointResolver resolver;

	private final ErrnoTable errnos = ErrnoTable.load();

	private final PendingConnections pending = new PendingConnections();

	private final KeepAlive keepAlive = new KeepAlive();

	private volatile boolean startsRefused;

	private volatile boolean ready;

	Engine(ApplicationEventPublisher publisher, EngineSettings settings) {
		this(publisher, settings, new EndpointResolver());
	}

	Engine(ApplicationEventPublisher publisher, EngineSettings settings, EndpointResolver resolver) {
		FailurePath.initialize();
		this.publisher = publisher;
		this.settings = settings;
		this.resolver = resolver;
		this.loop = openLoop();
		this.orderedPublisher = new OrderedPublisher(publisher);
		this.lookups = new ThreadPoolExecutor(LOOKUP_THREADS, LOOKUP_THREADS, 10, TimeUnit.SECONDS,
				new LinkedBlockingQueue<>(), DaemonThreads.numbered("socket-factory-lookup-"));
		this.lookups.allowCoreThreadTimeOut(true);
		this.inline = new InlineDispatcher(this.loop);
		this.executor = new ExecutorDispatcher(settings.executor(), settings.places(), this.loop);
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

	Executor getLookups() {
		return this.lookups;
	}

	/**
	 * Return where connections made on demand are handed to those who asked for them:
	 * what they do with it may take as long as they like.
	 */
	Executor getCompletions() {
		return this.completions;
	}

	EndpointResolver getResolver() {
		return this.resolver;
	}

	ErrnoTable getErrnos() {
		return this.errnos;
	}

	PendingConnections getPending() {
		return this.pending;
	}

	KeepAlive getKeepAlive() {
		return this.keepAlive;
	}

	PortListener getPorts() {
		return this.settings.ports();
	}

	Dispatcher getDispatcher(SocketSpec spec) {
		DispatchMode mode = (spec.getDispatch() != null) ? spec.getDispatch() : this.settings.dispatch();
		return switch (mode) {
			case EXECUTOR -> this.executor;
			case INLINE -> this.inline;
		};
	}

	/**
	 * Start nothing any more: what a handler started now would outlive the application
	 * context.
	 */
	void refuseStarts() {
		this.startsRefused = true;
	}

	boolean isStartRefused() {
		return this.startsRefused;
	}

	@Override
	public void close() {
		this.loop.close();
		this.lookups.shutdownNow();
		this.completions.shutdownNow();
		this.pending.close();
		this.orderedPublisher.close();
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
