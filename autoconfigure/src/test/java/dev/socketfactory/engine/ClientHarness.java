package dev.socketfactory.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.SocketFailure;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketSpecBuilder;
import dev.socketfactory.SocketState;
import dev.socketfactory.engine.socket.EndpointResolver;
import dev.socketfactory.event.SocketFailureEvent;
import dev.socketfactory.event.SocketStateEvent;
import dev.socketfactory.event.SocketSuccessEvent;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.Parallel;

import org.springframework.context.ApplicationEventPublisher;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients on an engine of their own, whose hosts a test may look up itself: records every
 * event and runs one handler for the established connections.
 */
final class ClientHarness implements ApplicationEventPublisher, AutoCloseable {

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final List<ManagedSocketFactory> factories = new ArrayList<>();

	private final List<SocketSuccessEvent> successes = new CopyOnWriteArrayList<>();

	private final List<SocketFailureEvent> failures = new CopyOnWriteArrayList<>();

	private final List<SocketStateEvent> states = new CopyOnWriteArrayList<>();

	private final Engine engine;

	private volatile Consumer<SocketSuccessEvent> handler = SocketSuccessEvent::claimBlockingChannel;

	private ClientHarness(DispatchMode dispatch, int permits, EndpointResolver resolver) {
		EngineSettings settings = new EngineSettings(this.threads, permits, dispatch, (name, address) -> {
		});
		this.engine = new Engine(this, settings, resolver);
	}

	static ClientHarness of(DispatchMode dispatch) {
		return new ClientHarness(dispatch, Integer.MAX_VALUE, new EndpointResolver());
	}

	static ClientHarness permits(int permits) {
		return new ClientHarness(DispatchMode.EXECUTOR, permits, new EndpointResolver());
	}

	static ClientHarness hosts(EndpointResolver.HostLookup hosts) {
		return new ClientHarness(DispatchMode.EXECUTOR, Integer.MAX_VALUE, new EndpointResolver(hosts));
	}

	ClientHarness handle(Consumer<SocketSuccessEvent> handler) {
		this.handler = handler;
		return this;
	}

	ClientSocketFactory make(SocketSpecBuilder spec) {
		ClientSocketFactory factory = new ClientSocketFactory(spec.build(), this.engine);
		this.factories.add(factory);
		return factory;
	}

	/**
	 * Start a factory of any kind.
	 */
	ManagedSocketFactory startAny(SocketSpec spec) {
		ManagedSocketFactory factory = DefaultSocketFactories.make(spec, this.engine);
		this.factories.add(factory);
		factory.start();
		return factory;
	}

	ClientSocketFactory start(SocketSpecBuilder spec) {
		ClientSocketFactory factory = make(spec);
		factory.start();
		return factory;
	}

	ClientSocketFactory start(Object remote) {
		return start(SocketSpec.client("test").remote(String.valueOf(remote)));
	}

	Engine getEngine() {
		return this.engine;
	}

	ExecutorService getThreads() {
		return this.threads;
	}

	List<SocketSuccessEvent> getSuccesses() {
		return this.successes;
	}

	List<SocketFailureEvent> getFailures() {
		return this.failures;
	}

	List<String> getStates(String name) {
		return this.states.stream()
			.filter((event) -> event.getFactoryName().equals(name))
			.map((event) -> event.getState().name())
			.toList();
	}

	SocketSuccessEvent awaitSuccess(int count) {
		Await.await().untilAsserted(() -> assertThat(this.successes).hasSizeGreaterThanOrEqualTo(count));
		assertThat(this.successes).hasSize(count);
		return this.successes.get(count - 1);
	}

	SocketFailure awaitFailure(int count) {
		Await.await().untilAsserted(() -> assertThat(this.failures).hasSizeGreaterThanOrEqualTo(count));
		assertThat(this.failures).hasSize(count);
		return this.failures.get(count - 1).getFailure();
	}

	static void awaitState(ManagedSocketFactory factory, SocketState state) {
		Await.await().untilAsserted(() -> assertThat(factory.getState()).isEqualTo(state));
	}

	int getAcquiredPermits() {
		SocketSpec any = SocketSpec.listener("any").dispatch(DispatchMode.EXECUTOR).build();
		return ((ExecutorDispatcher) this.engine.getDispatcher(any)).getAcquired();
	}

	/**
	 * Assert that every permit for a handler has been released.
	 */
	void assertAllPermitsReleased() {
		Await.await().untilAsserted(() -> assertThat(getAcquiredPermits()).isZero());
		Await.during(20, () -> assertThat(getAcquiredPermits()).isZero());
	}

	/**
	 * Assert what has happened by now, and that nothing comes after it.
	 */
	void assertEvents(int successCount, int failureCount) {
		Await.during(100, () -> {
			assertThat(this.successes).hasSize(successCount);
			assertThat(this.failures).hasSize(failureCount);
		});
	}

	@Override
	public void publishEvent(Object event) {
		if (event instanceof SocketSuccessEvent success) {
			this.successes.add(success);
			this.handler.accept(success);
		}
		else if (event instanceof SocketFailureEvent failure) {
			this.failures.add(failure);
		}
		else {
			this.states.add((SocketStateEvent) event);
		}
	}

	/**
	 * Stop everything at once, as the end of the application context does.
	 */
	@Override
	public void close() {
		this.factories.forEach(ManagedSocketFactory::stop);
		Shutdown.now().await(this.factories);
		this.successes.forEach((event) -> event.closeUnclaimed("the test is over"));
		try {
			Parallel.end(this.threads);
			assertAllPermitsReleased();
		}
		finally {
			this.engine.close();
		}
	}

}
