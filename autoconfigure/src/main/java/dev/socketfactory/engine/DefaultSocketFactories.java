package dev.socketfactory.engine;

import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketfactory.InvalidSocketSpecException;
import dev.socketfactory.ListenerStartException;
import dev.socketfactory.SocketEndpoint;
import dev.socketfactory.SocketFactories;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketFactoryCustomizer;
import dev.socketfactory.SocketKind;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketSpecBuilder;
import dev.socketfactory.SocketState;
import dev.socketfactory.SocketType;
import dev.socketfactory.engine.CreatedSocket.Phase;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.util.Assert;

/**
 * {@link SocketFactories} of an application context.
 *
 * @since 0.1.0
 */
public final class DefaultSocketFactories implements SocketFactories, AutoCloseable {

	private static final SafeLog logger = new SafeLog(SocketFactories.class);

	/**
	 * How long a shutdown waits for the handlers of the last state events.
	 */
	private static final long PUBLISH_MILLIS = 1000;

	private static final long LOOKUP_SECONDS = 5;

	/**
	 * Factories that the line about the start names.
	 */
	private static final int MOST_LOGGED = 50;

	private final ApplicationEventPublisher publisher;

	private final EngineSettings settings;

	private final List<SocketFactoryCustomizer> customizers;

	/**
	 * By names without dashes, because configuration cannot tell names apart that differ
	 * only in those, in the order in which they were made. Guarded by itself, like all
	 * that follows.
	 */
	private final Map<String, ManagedSocketFactory> factories = new LinkedHashMap<>();

	/**
	 * Factories that were closed by name and may still have open sockets.
	 */
	private final List<ManagedSocketFactory> closedByName = new ArrayList<>();

	private final List<Consumer<ManagedSocketFactory>> addedListeners = new ArrayList<>();

	private final List<Consumer<ManagedSocketFactory>> removedListeners = new ArrayList<>();

	private final Set<String> declared;

	private volatile @Nullable Engine engine;

	private boolean ready;

	private boolean started;

	private boolean closed;

	/**
	 * Make the factories that are declared, without starting them.
	 * @param publisher publisher of the events
	 * @param settings settings of the engine
	 * @param customizers customizers of specifications
	 * @param declared what to make
	 * @throws InvalidSocketSpecException if a specification cannot work
	 */
	public DefaultSocketFactories(ApplicationEventPublisher publisher, EngineSettings settings,
			List<SocketFactoryCustomizer> customizers, Collection<SocketSpec> declared) {
		this.publisher = publisher;
		this.settings = settings;
		this.customizers = List.copyOf(customizers);
		try {
			declared.forEach((spec) -> add(spec, customize(spec)));
		}
		catch (RuntimeException ex) {
			close();
			throw ex;
		}
		this.declared = Set.copyOf(getNames());
	}

	@Override
	public SocketFactory get(String name) {
		SocketFactory factory = find(name);
		if (factory == null) {
			throw new NoSuchElementException(
					"There is no socket factory '%s'; there are %s".formatted(name, getNames()));
		}
		return factory;
	}

	@Override
	public @Nullable ManagedSocketFactory find(String name) {
		ManagedSocketFactory factory;
		synchronized (this.factories) {
			factory = this.factories.get(key(name));
		}
		return (factory != null && factory.getName().equals(name)) ? factory : null;
	}

	/**
	 * Return the names of all factories.
	 * @return a snapshot
	 */
	public List<String> getNames() {
		return getAll().stream().map(ManagedSocketFactory::getName).toList();
	}

	/**
	 * Return all factories as operators see them.
	 * @return a snapshot
	 */
	public List<ManagedSocketFactory> getAll() {
		synchronized (this.factories) {
			return List.copyOf(this.factories.values());
		}
	}

	@Override
	public Iterator<SocketFactory> iterator() {
		return List.<SocketFactory>copyOf(getAll()).iterator();
	}

	@Override
	public SocketFactory open(SocketSpec spec) {
		Assert.notNull(spec, "'spec' must not be null");
		ManagedSocketFactory factory;
		boolean start;
		SocketSpec customized = customize(spec);
		synchronized (this.factories) {
			factory = add(spec, customized);
			start = this.started && customized.isAutoStartup();
		}
		if (start) {
			factory.start();
		}
		return factory;
	}

	@Override
	public boolean close(String name) {
		Assert.isTrue(!this.declared.contains(name),
				() -> "'%s' is declared in the configuration: it can be stopped, not closed".formatted(name));
		ManagedSocketFactory factory = find(name);
		if (factory == null) {
			return false;
		}
		// Before the name is free for another one
		factory.close();
		synchronized (this.factories) {
			if (!this.factories.remove(key(name), factory)) {
				return false;
			}
			this.closedByName.removeIf(DefaultSocketFactories::isOver);
			this.closedByName.add(factory);
			this.removedListeners.forEach((listener) -> tell(listener, factory));
			return true;
		}
	}

	/**
	 * Tell of all factories that there are and of those to come.
	 * @param added called when a factory was made
	 * @param removed called when a factory was closed by name
	 */
	public void addListener(Consumer<ManagedSocketFactory> added, Consumer<ManagedSocketFactory> removed) {
		synchronized (this.factories) {
			this.addedListeners.add(added);
			this.removedListeners.add(removed);
			this.factories.values().forEach((factory) -> tell(added, factory));
		}
	}

	/**
	 * Say whether the application accepts traffic, for the listeners that follow its
	 * readiness.
	 * @param ready {@code true} if it does; {@code false} at first
	 */
	public void setReady(boolean ready) {
		synchronized (this.factories) {
			this.ready = ready;
			if (this.engine != null) {
				this.engine.setReady(ready);
			}
		}
		for (ManagedSocketFactory factory : getAll()) {
			if (factory instanceof ListenerSocketFactory listener) {
				listener.readinessChanged();
			}
		}
	}

	/**
	 * Start all factories that are to be started with the application, whatever becomes
	 * of them.
	 */
	public void start() {
		start((factory) -> false);
	}

	/**
	 * Start all factories that are to be started with the application, and wait until the
	 * outcome of each listener is known, but not for ever: lookups that take too long go
	 * on.
	 * @param required whether it is an error that a listener is not open then
	 * @throws ListenerStartException if it is; everything has been stopped again then,
	 * and handlers have been given no time, because the application does not come up
	 */
	public void start(Predicate<ManagedSocketFactory> required) {
		List<ManagedSocketFactory> toStart;
		synchronized (this.factories) {
			this.started = true;
			if (this.engine != null) {
				this.engine.setStartsRefused(this.closed);
			}
			toStart = getAll().stream().filter((factory) -> factory.getSpec().isAutoStartup()).toList();
		}
		try {
			startListeners(of(SocketKind.LISTENER, toStart), required);
		}
		catch (ListenerStartException ex) {
			stop(Shutdown.now());
			throw ex;
		}
		of(SocketKind.CLIENT, toStart).forEach(ManagedSocketFactory::start);
		logStarted(toStart);
	}

	private static void logStarted(List<ManagedSocketFactory> started) {
		if (!started.isEmpty()) {
			String sockets = started.stream()
				.limit(MOST_LOGGED)
				.map(DefaultSocketFactories::describe)
				.collect(Collectors.joining(", "));
			String rest = (started.size() > MOST_LOGGED) ? " and %d more".formatted(started.size() - MOST_LOGGED) : "";
			logger.info("Started with %s%s".formatted(sockets, rest));
		}
	}

	private static String describe(ManagedSocketFactory factory) {
		SocketAddress address = factory.getLocalAddress();
		if (factory.getSpec().getKind() == SocketKind.CLIENT) {
			return "'%s' to %s".formatted(factory.getName(), factory.getSpec().getRemote());
		}
		return (address != null) ? "'%s' on %s".formatted(factory.getName(), SocketEndpoint.of(address))
				: "'%s' %s".formatted(factory.getName(), factory.getState());
	}

	/**
	 * Stop the listeners, then wait until their handlers have returned and their claimed
	 * channels been closed, and close what is left; then the same for the clients, which
	 * a gateway needs until then.
	 * @param timeout how long the container waits: all of this ends before
	 * @param gracePeriod how long handlers are given at most, {@code null} for all of it
	 * @param closer the thread that ends the application, {@code null} if it is unknown:
	 * a handler that it runs is not waited for
	 */
	public void stop(Duration timeout, @Nullable Duration gracePeriod, @Nullable Thread closer) {
		stop(Shutdown.within(timeout, gracePeriod, closer));
	}

	/**
	 * Stop everything without giving any handler time, because the application has not
	 * come up.
	 */
	public void stopNow() {
		stop(Shutdown.now());
	}

	private void stop(Shutdown shutdown) {
		synchronized (this.factories) {
			this.started = false;
		}
		Engine current = this.engine;
		if (current != null) {
			current.setStartsRefused(true);
			stop(SocketKind.LISTENER, shutdown);
			stop(SocketKind.CLIENT, shutdown);
			long left = TimeUnit.NANOSECONDS.toMillis(shutdown.leftNanos());
			current.getOrderedPublisher()
				.await(Math.min(PUBLISH_MILLIS, left),
						(thread) -> shutdown.isEnding(thread) || Shutdown.isExiting(thread));
		}
	}

	/**
	 * Return whether a thread runs handlers right now.
	 */
	boolean isHandling(Thread thread) {
		Engine current = this.engine;
		return current != null && (current.getOrderedPublisher().isPublishing(thread) || getAll().stream()
			.flatMap((factory) -> factory.getSockets().snapshot(Phase.values()).stream())
			.anyMatch((socket) -> socket.getHandler() == thread));
	}

	/**
	 * Stop everything and release all threads and descriptors. Called by the container.
	 */
	@Override
	public void close() {
		Engine current;
		synchronized (this.factories) {
			this.closed = true;
			current = this.engine;
		}
		try {
			if (current != null) {
				current.abandonPending();
			}
			stop(Shutdown.now());
		}
		finally {
			if (current != null) {
				current.close();
			}
		}
	}

	private SocketSpec customize(SocketSpec spec) {
		SocketSpecBuilder builder = spec.toBuilder();
		this.customizers.forEach((customizer) -> customizer.customize(builder));
		try {
			return builder.build();
		}
		catch (InvalidSocketSpecException ex) {
			// It could be built before, so none of it is a mistake of its author
			throw new CustomizedSpecException(ex, this.customizers);
		}
	}

	private ManagedSocketFactory add(SocketSpec given, SocketSpec spec) {
		synchronized (this.factories) {
			Assert.state(!this.closed, "The application context has been closed");
			ManagedSocketFactory other = this.factories.get(key(spec.getName()));
			if (other != null) {
				throw new InvalidSocketSpecException(spec.getKind(), spec.getName(), "name", spec.getName(),
						"there is a %s already".formatted(other), "Give every listener and client a name of its own");
			}
			ManagedSocketFactory factory = make(given, spec);
			this.factories.put(key(spec.getName()), factory);
			this.addedListeners.forEach((listener) -> tell(listener, factory));
			spec.getWarnings().forEach((warning) -> logger.warn("%s: %s".formatted(factory, warning)));
			return factory;
		}
	}

	/**
	 * Tell a listener of a factory, which works whatever the listener does.
	 */
	private static void tell(Consumer<ManagedSocketFactory> listener, ManagedSocketFactory factory) {
		try {
			listener.accept(factory);
		}
		catch (RuntimeException ex) {
			logger.warn("%s is not measured correctly".formatted(factory), ex);
		}
	}

	private ManagedSocketFactory make(SocketSpec given, SocketSpec spec) {
		try {
			return make(spec, openEngine());
		}
		catch (InvalidSocketSpecException ex) {
			throw isLikeCustomized(given, spec) ? ex : new CustomizedSpecException(ex, this.customizers);
		}
	}

	/**
	 * Return whether customizing has changed nothing that a socket may not have.
	 */
	private static boolean isLikeCustomized(SocketSpec given, SocketSpec customized) {
		return given.getDomain() == customized.getDomain() && given.getType() == customized.getType()
				&& given.getOptions().equals(customized.getOptions())
				&& given.getAcceptedOptions().equals(customized.getAcceptedOptions());
	}

	static ManagedSocketFactory make(SocketSpec spec, Engine engine) {
		if (spec.getKind() == SocketKind.CLIENT) {
			return new ClientSocketFactory(spec, engine);
		}
		return (spec.getType() == SocketType.SOCK_STREAM) ? new ListenerSocketFactory(spec, engine)
				: new DatagramSocketFactory(spec, engine);
	}

	private Engine openEngine() {
		Engine current = this.engine;
		if (current == null) {
			current = new Engine(this.publisher, this.settings);
			current.setReady(this.ready);
			this.engine = current;
		}
		return current;
	}

	private static void startListeners(List<ManagedSocketFactory> listeners, Predicate<ManagedSocketFactory> required) {
		listeners.forEach(ManagedSocketFactory::start);
		boolean known = awaitOutcomes(listeners);
		listeners.stream()
			.filter(DefaultSocketFactories::isNotOpen)
			.filter(required)
			.findFirst()
			.ifPresent(DefaultSocketFactories::refuseStart);
		if (!known) {
			logger.warn("Lookups take longer than %d s: the application starts without waiting for them"
				.formatted(LOOKUP_SECONDS));
		}
	}

	private static boolean awaitOutcomes(List<ManagedSocketFactory> listeners) {
		try {
			CompletableFuture
				.allOf(listeners.stream().map(ManagedSocketFactory::getOutcome).toArray(CompletableFuture<?>[]::new))
				.get(LOOKUP_SECONDS, TimeUnit.SECONDS);
			return true;
		}
		catch (TimeoutException ex) {
			return false;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return true;
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static boolean isNotOpen(ManagedSocketFactory listener) {
		return listener.getState() == SocketState.FAILED || listener.getState() == SocketState.RESOLVING;
	}

	private static void refuseStart(ManagedSocketFactory listener) {
		throw new ListenerStartException(listener.getName(),
				(listener.getState() == SocketState.FAILED) ? listener.getLastFailure() : null);
	}

	private void stop(SocketKind kind, Shutdown shutdown) {
		List<ManagedSocketFactory> all;
		synchronized (this.factories) {
			all = Stream.concat(this.factories.values().stream(), this.closedByName.stream()).toList();
		}
		List<ManagedSocketFactory> toStop = of(kind, all);
		toStop.forEach(DefaultSocketFactories::stopGuarded);
		shutdown.await(toStop);
	}

	private static void stopGuarded(ManagedSocketFactory factory) {
		try {
			factory.stop();
		}
		catch (RuntimeException ex) {
			logger.error("Failed to stop %s cleanly".formatted(factory), ex);
		}
	}

	private static List<ManagedSocketFactory> of(SocketKind kind, List<ManagedSocketFactory> factories) {
		return factories.stream().filter((factory) -> factory.getSpec().getKind() == kind).toList();
	}

	/**
	 * Return whether a shutdown need not look after a factory any more.
	 */
	private static boolean isOver(ManagedSocketFactory factory) {
		factory.getSockets().removeClosed();
		return !factory.isRunning() && factory.getSockets().size() == 0
				&& factory.getSockets().getRunningHandlers() == 0;
	}

	private static String key(String name) {
		return name.replace("-", "");
	}

}
