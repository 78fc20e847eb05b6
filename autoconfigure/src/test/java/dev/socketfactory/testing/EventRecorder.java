package dev.socketfactory.testing;

import java.nio.channels.SelectableChannel;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Function;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketFailure;
import dev.socketfactory.SocketSpecBuilder;
import dev.socketfactory.SocketState;
import dev.socketfactory.engine.DefaultSocketFactories;
import dev.socketfactory.engine.EngineSettings;
import dev.socketfactory.engine.ManagedSocketFactory;
import dev.socketfactory.engine.admission.TlsBundle;
import dev.socketfactory.event.SocketFailureEvent;
import dev.socketfactory.event.SocketStateEvent;
import dev.socketfactory.event.SocketSuccessEvent;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Socket factories of every kind without an application context: records their events,
 * claims nothing by itself, and closes at its end whatever was created. As an extension
 * of a test it ends with it.
 */
public final class EventRecorder implements ApplicationEventPublisher, AutoCloseable, AfterEachCallback {

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final List<SocketSuccessEvent> successes = new CopyOnWriteArrayList<>();

	private final List<SocketFailureEvent> failures = new CopyOnWriteArrayList<>();

	private final List<SocketStateEvent> states = new CopyOnWriteArrayList<>();

	private final DefaultSocketFactories factories;

	private volatile Consumer<SocketSuccessEvent> handler = (event) -> {
	};

	public EventRecorder(DispatchMode dispatch) {
		this(dispatch, (bundle) -> {
			throw new IllegalStateException("There is no bundle " + bundle);
		});
	}

	/**
	 * Create a recorder whose factories may have TLS.
	 */
	public EventRecorder(DispatchMode dispatch, Function<@Nullable String, TlsBundle> bundles) {
		this(dispatch, bundles, Integer.MAX_VALUE);
	}

	/**
	 * Create a recorder that runs so many handlers at once.
	 */
	public EventRecorder(DispatchMode dispatch, Function<@Nullable String, TlsBundle> bundles, int places) {
		EngineSettings settings = new EngineSettings(this.threads, places, dispatch, (name, address) -> {
		}, this.threads, bundles, Collections.emptyList(), 0);
		this.factories = new DefaultSocketFactories(this, settings, Collections.emptyList(), Collections.emptyList());
		this.factories.start();
	}

	public EventRecorder handle(Consumer<SocketSuccessEvent> handler) {
		this.handler = handler;
		return this;
	}

	public ManagedSocketFactory open(SocketSpecBuilder spec) {
		return (ManagedSocketFactory) this.factories.open(spec.build());
	}

	/**
	 * Open a socket and wait until it has reached a state.
	 */
	public ManagedSocketFactory open(SocketSpecBuilder spec, SocketState state) {
		ManagedSocketFactory factory = open(spec);
		awaitState(factory, state);
		return factory;
	}

	public void awaitState(SocketFactory factory, SocketState state) {
		Await.await()
			.untilAsserted(() -> assertThat(factory.getState()).as(() -> String.valueOf(factory.getLastFailure()))
				.isEqualTo(state));
	}

	/**
	 * Wait for success events and make sure that there are no more of them.
	 */
	public List<SocketSuccessEvent> awaitEvents(int count) {
		Await.await().untilAsserted(() -> assertThat(this.successes).hasSizeGreaterThanOrEqualTo(count));
		assertThat(this.successes).hasSize(count);
		return List.copyOf(this.successes);
	}

	/**
	 * Wait for the only event of a factory.
	 */
	public <E extends SocketSuccessEvent> E awaitEvent(SocketFactory factory, Class<E> type) {
		Await.await().until(() -> this.successes.stream().anyMatch((event) -> event.getSource() == factory));
		List<SocketSuccessEvent> events = this.successes.stream()
			.filter((event) -> event.getSource() == factory)
			.toList();
		assertThat(events).singleElement().isInstanceOf(type);
		return type.cast(events.get(0));
	}

	public List<SocketSuccessEvent> getSuccesses() {
		return this.successes;
	}

	public List<SocketFailureEvent> getFailures() {
		return this.failures;
	}

	public List<SocketStateEvent> getStates() {
		return this.states;
	}

	public DefaultSocketFactories getFactories() {
		return this.factories;
	}

	/**
	 * Wait until a factory has failed, and check all that is told of it.
	 */
	public SocketFailure assertFailed(SocketFactory factory, String operation, String errnoName, String message) {
		awaitState(factory, SocketState.FAILED);
		SocketFailure failure = Objects.requireNonNull(factory.getLastFailure());
		assertThat(failure.operation()).isEqualTo(operation);
		assertThat(failure.errnoName()).isEqualTo(errnoName);
		assertThat(failure.errno()).isPositive();
		assertThat(failure.message()).isEqualTo(message);
		assertThat(factory.getLocalAddress()).isNull();
		Await.await()
			.untilAsserted(() -> assertThat(this.failures).filteredOn((event) -> event.getSource() == factory)
				.isNotEmpty()
				.last()
				.returns(factory.getName() + ".failure", SocketFailureEvent::getEventName)
				.returns(failure, SocketFailureEvent::getFailure));
		return failure;
	}

	@Override
	public void publishEvent(Object event) {
		if (event instanceof SocketSuccessEvent success) {
			this.successes.add(success);
			this.handler.accept(success);
		}
		else if (event instanceof SocketStateEvent state) {
			this.states.add(state);
		}
		else if (event instanceof SocketFailureEvent failure) {
			this.failures.add(failure);
		}
		else {
			throw new IllegalStateException("Unexpected: " + event);
		}
	}

	@Override
	public void afterEach(ExtensionContext context) throws Exception {
		close();
	}

	@Override
	public void close() throws Exception {
		this.factories.close();
		for (SocketSuccessEvent event : this.successes) {
			((SelectableChannel) Objects.requireNonNull(ReflectionTestUtils.getField(event, "channel"))).close();
		}
		Parallel.end(this.threads);
	}

}
