package dev.socketfactory.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import dev.socketfactory.InvalidSocketSpecException;
import dev.socketfactory.ListenerStartException;
import dev.socketfactory.SocketFactories;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketFactoryCustomizer;
import dev.socketfactory.SocketKind;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketSpecBuilder;
import dev.socketfactory.SocketType;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.util.Assert;

/**
 * {@link SocketFactories} of an application context.
 *
 * @since 0.1.0
 */
public final class DefaultSocketFactories implements SocketFactories, AutoCloseable {

	private static final Log logger = LogFactory.getLog(SocketFactories.class);

	/**
	 * How long a shutdown waits for the handlers of the last state events.
	 */
	private static final long PUBLISH_MILLIS = 1000;

	private final ApplicationEventPublisher publisher;

	private final EngineSettings settings;

	private final List<SocketFactoryCustomizer> customizers;

	private final List<FactoriesListener> factoriesListeners = new CopyOnWriteArrayList<>();

	private final FactoriesByName factories = new FactoriesByName();

	/**
	 * Factories that were closed by name and may still have channels open. Guarded by
	 * {@link #factories}.
	 */
	private final List<AbstractSocketFactory> retired = new ArrayList<>();

	private final Set<String> declared;

	private @Nullable Engine engine;

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
		this.declared = Set.copyOf(this.factories.names());
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
		synchronized (this.factories) {
			return this.factories.get(name);
		}
	}

	/**
	 * Return the names of all factories.
	 * @return a snapshot
	 */
	public List<String> getNames() {
		synchronized (this.factories) {
			return this.factories.names();
		}
	}

	/**
	 * Return all factories as operators see them.
	 * @return a snapshot
	 */
	public List<ManagedSocketFactory> getAll() {
		return List.copyOf(snapshot());
	}

	@Override
	public Iterator<SocketFactory> iterator() {
		return List.<SocketFactory>copyOf(snapshot()).iterator();
	}

	@Override
	public SocketFactory open(SocketSpec spec) {
		Assert.notNull(spec, "'spec' must not be null");
		AbstractSocketFactory factory;
		boolean start;
		SocketSpec customized = customize(spec);
		synchronized (this.factories) {
			factory = add(spec, customized);
			start = this.started && factory.getSpec().isAutoStartup();
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
		AbstractSocketFactory factory = (AbstractSocketFactory) find(name);
		if (factory == null) {
			return false;
		}
		// Before the name is free for another one
		factory.retire();
		return remove(factory);
	}

	/**
	 * Tell a listener of all factories that there are, and of those to come.
	 * @param listener the listener
	 */
	public void addListener(FactoriesListener listener) {
		synchronized (this.factories) {
			this.factoriesListeners.add(listener);
			this.factories.all().forEach((factory) -> tellAdded(listener, factory));
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
		snapshot().forEach(AbstractSocketFactory::readinessChanged);
	}

	/**
	 * Start all factories that are to be started with the application, whatever becomes
	 * of them.
	 */
	public void start() {
		start(false);
	}

	/**
	 * Start all factories that are to be started with the application, and wait until the
	 * outcome of each listener is known, but not for ever: look-ups that take too long go
	 * on.
	 * @param failFast whether a listener that is not open then is an error
	 * @throws ListenerStartException if it is; everything has been stopped again then,
	 * and handlers have been given no time, because the application does not come up
	 */
	public void start(boolean failFast) {
		List<AbstractSocketFactory> toStart;
		synchronized (this.factories) {
			this.started = true;
			if (this.engine != null) {
				this.engine.setStartsRefused(this.closed);
			}
			toStart = snapshot().stream().filter((factory) -> factory.getSpec().isAutoStartup()).toList();
		}
		try {
			new Startup(of(SocketKind.LISTENER, toStart)).run(failFast);
		}
		catch (ListenerStartException ex) {
			stop(ShutdownTimes.now());
			throw ex;
		}
		of(SocketKind.CLIENT, toStart).forEach(AbstractSocketFactory::start);
	}

	/**
	 * Stop the listeners, then wait until their handlers have ended and their claimed
	 * channels been closed, and close what is left; then the same for the clients, which
	 * a gateway needs until then.
	 * @param timeout how long the container waits: all of this ends before
	 */
	public void stop(Duration timeout) {
		stop(ShutdownTimes.within(timeout));
	}

	private void stop(ShutdownTimes times) {
		synchronized (this.factories) {
			this.started = false;
		}
		Engine current = this.engine;
		if (current != null) {
			current.setStartsRefused(true);
			stop(SocketKind.LISTENER, times);
			stop(SocketKind.CLIENT, times);
			long left = TimeUnit.NANOSECONDS.toMillis(times.leftNanos());
			current.getOrderedPublisher().await(Math.min(PUBLISH_MILLIS, left));
		}
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
				current.getPending().close();
			}
			stop(ShutdownTimes.now());
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

	private AbstractSocketFactory add(SocketSpec given, SocketSpec spec) {
		synchronized (this.factories) {
			Assert.state(!this.closed, "The application context has been closed");
			this.factories.requireFree(spec);
			AbstractSocketFactory factory = make(given, spec);
			this.factories.add(factory);
			this.factoriesListeners.forEach((listener) -> tellAdded(listener, factory));
			spec.getWarnings()
				.forEach((warning) -> logger.warn("%s '%s': %s".formatted(spec.getKind(), spec.getName(), warning)));
			return factory;
		}
	}

	private boolean remove(AbstractSocketFactory factory) {
		synchronized (this.factories) {
			if (!this.factories.remove(factory)) {
				return false;
			}
			this.retired.removeIf(DefaultSocketFactories::isOver);
			this.retired.add(factory);
			this.factoriesListeners.forEach((listener) -> tellRemoved(listener, factory));
			return true;
		}
	}

	/**
	 * Tell a listener of a factory, which works whatever the listener does.
	 */
	private static void tellAdded(FactoriesListener listener, ManagedSocketFactory factory) {
		try {
			listener.added(factory);
		}
		catch (RuntimeException ex) {
			logger.warn("%s is not measured".formatted(factory), ex);
		}
	}

	private static void tellRemoved(FactoriesListener listener, ManagedSocketFactory factory) {
		try {
			listener.removed(factory);
		}
		catch (RuntimeException ex) {
			logger.warn("%s is measured although it has been closed".formatted(factory), ex);
		}
	}

	private AbstractSocketFactory make(SocketSpec given, SocketSpec spec) {
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

	static AbstractSocketFactory make(SocketSpec spec, Engine engine) {
		if (spec.getKind() == SocketKind.CLIENT) {
			return new ClientSocketFactory(spec, engine);
		}
		return (spec.getType() == SocketType.SOCK_STREAM) ? new ListenerSocketFactory(spec, engine)
				: new DatagramSocketFactory(spec, engine);
	}

	private Engine openEngine() {
		if (this.engine == null) {
			this.engine = new Engine(this.publisher, this.settings);
			this.engine.setReady(this.ready);
		}
		return this.engine;
	}

	private void stop(SocketKind kind, ShutdownTimes times) {
		List<AbstractSocketFactory> all = new ArrayList<>(snapshot());
		synchronized (this.factories) {
			all.addAll(this.retired);
		}
		List<AbstractSocketFactory> toStop = of(kind, all);
		toStop.forEach(DefaultSocketFactories::stopGuarded);
		new Shutdown(toStop, times).await();
	}

	private static void stopGuarded(AbstractSocketFactory factory) {
		try {
			factory.stop();
		}
		catch (RuntimeException ex) {
			logger.error("Failed to stop %s cleanly".formatted(factory), ex);
		}
	}

	private static List<AbstractSocketFactory> of(SocketKind kind, List<AbstractSocketFactory> factories) {
		return factories.stream().filter((factory) -> factory.getSpec().getKind() == kind).toList();
	}

	private List<AbstractSocketFactory> snapshot() {
		synchronized (this.factories) {
			return this.factories.all();
		}
	}

	/**
	 * Return whether a shutdown need not look after a factory any more.
	 */
	private static boolean isOver(AbstractSocketFactory factory) {
		factory.getChannels().removeClosed();
		return !factory.isRunning() && factory.getChannels().size() == 0
				&& factory.getCounters().getRunningHandlers() == 0;
	}

}
