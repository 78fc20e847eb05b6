package dev.socketfactory.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.Channel;
import java.nio.channels.SocketChannel;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketSpecBuilder;
import dev.socketfactory.SocketState;
import dev.socketfactory.engine.CreatedSocket.Phase;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.event.SocketFailureEvent;
import dev.socketfactory.event.SocketStateEvent;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.Parallel;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEventPublisher;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Socket factories without an application context: records every event, runs one handler
 * for the accepted connections, and keeps the clients that a test connects.
 */
public final class SocketFactoryHarness implements ApplicationEventPublisher, AutoCloseable {

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private final Queue<ConnectionAcceptedEvent> accepted = new ConcurrentLinkedQueue<>();

	private final Queue<SocketStateEvent> states = new ConcurrentLinkedQueue<>();

	private final List<SocketFailureEvent> failures = new CopyOnWriteArrayList<>();

	private final Map<String, Object> ports = new ConcurrentHashMap<>();

	private final Queue<SocketChannel> clients = new ConcurrentLinkedQueue<>();

	private final DefaultSocketFactories factories;

	private volatile Consumer<ConnectionAcceptedEvent> handler = ConnectionAcceptedEvent::claimBlockingChannel;

	private volatile boolean recorded = true;

	private volatile Consumer<SocketStateEvent> stateHandler = (event) -> {
	};

	private SocketFactoryHarness(DispatchMode dispatch, @Nullable Executor executor, int places) {
		EngineSettings settings = new EngineSettings((executor != null) ? executor : this.threads, places, dispatch,
				(name, address) -> this.ports.put(name, (address != null) ? address : "none"));
		this.factories = new DefaultSocketFactories(this, settings, Collections.emptyList(), Collections.emptyList());
		this.factories.start();
	}

	static SocketFactoryHarness of(DispatchMode dispatch) {
		return new SocketFactoryHarness(dispatch, null, Integer.MAX_VALUE);
	}

	public static SocketFactoryHarness inline() {
		return of(DispatchMode.INLINE);
	}

	public static SocketFactoryHarness executor() {
		return of(DispatchMode.EXECUTOR);
	}

	/**
	 * Make a harness that keeps no event itself.
	 */
	static SocketFactoryHarness unrecorded(Consumer<ConnectionAcceptedEvent> handler) {
		SocketFactoryHarness harness = inline().handle(handler);
		harness.recorded = false;
		return harness;
	}

	public static SocketFactoryHarness executor(Executor executor, int places) {
		return new SocketFactoryHarness(DispatchMode.EXECUTOR, executor, places);
	}

	public static SocketFactoryHarness executor(int places) {
		return new SocketFactoryHarness(DispatchMode.EXECUTOR, null, places);
	}

	/**
	 * Start the specification of a listener on the loopback address and a free port.
	 * @param domain the domain
	 * @return a builder
	 */
	public static SocketSpecBuilder loopback(SocketDomain domain) {
		return SocketSpec.listener("test").domain(domain).bind((domain == SocketDomain.AF_INET6) ? "::1" : "127.0.0.1");
	}

	public static SocketSpecBuilder loopback() {
		return loopback(SocketDomain.AF_INET);
	}

	/**
	 * Handle accepted connections in another way than claiming them.
	 * @param handler the handler
	 * @return this harness
	 */
	public SocketFactoryHarness handle(Consumer<ConnectionAcceptedEvent> handler) {
		this.handler = handler;
		return this;
	}

	SocketFactoryHarness handleStates(Consumer<SocketStateEvent> handler) {
		this.stateHandler = handler;
		return this;
	}

	ManagedSocketFactory open(SocketSpecBuilder spec) {
		return (ManagedSocketFactory) this.factories.open(spec.build());
	}

	/**
	 * Open a listener and make sure that it listens.
	 */
	public ManagedSocketFactory listen(SocketSpecBuilder spec) {
		ManagedSocketFactory factory = open(spec);
		assertThat(factory.getState()).as(() -> String.valueOf(factory.getLastFailure()))
			.isEqualTo(SocketState.LISTENING);
		return factory;
	}

	public DefaultSocketFactories getFactories() {
		return this.factories;
	}

	ExecutorService getThreads() {
		return this.threads;
	}

	/**
	 * Return the accepted events in the order in which they were published, before their
	 * handler ran.
	 */
	public List<ConnectionAcceptedEvent> getAccepted() {
		return List.copyOf(this.accepted);
	}

	public List<ConnectionAcceptedEvent> awaitAccepted(int count) {
		Await.await().untilAsserted(() -> assertThat(this.accepted).hasSizeGreaterThanOrEqualTo(count));
		assertThat(this.accepted).hasSize(count);
		return getAccepted();
	}

	/**
	 * Return the channel of an event, which its handler has claimed.
	 */
	SocketChannel channelOf(ConnectionAcceptedEvent event) {
		Await.await().until(() -> event.getClaimant() != null);
		return (SocketChannel) Objects.requireNonNull(ReflectionTestUtils.getField(event, "channel"));
	}

	/**
	 * Close the accepted sockets that are open, claimed or not, when no handler is about
	 * to claim one.
	 */
	public void closeAccepted() {
		for (ManagedSocketFactory factory : factoriesOfEngine()) {
			Await.await().until(() -> factory.getSockets().getRunningHandlers() == 0);
			factory.getSockets().snapshot(Phase.values()).forEach((socket) -> close(socket.getChannel()));
		}
	}

	List<SocketStateEvent> getStates() {
		return List.copyOf(this.states);
	}

	List<SocketFailureEvent> getFailures() {
		return this.failures;
	}

	Map<String, Object> getPorts() {
		return this.ports;
	}

	/**
	 * Connect a client, which is closed at the latest with this harness.
	 * @param factory where to
	 * @return the client in blocking mode
	 */
	SocketChannel connect(SocketFactory factory) {
		return connect(addressOf(factory));
	}

	SocketChannel connect(InetSocketAddress address) {
		try {
			SocketChannel client = SocketChannel.open(address);
			this.clients.add(client);
			return client;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static InetSocketAddress addressOf(SocketFactory factory) {
		return (InetSocketAddress) Objects.requireNonNull(factory.getLocalAddress());
	}

	public static StandardProtocolFamily familyOf(SocketDomain domain) {
		return switch (domain) {
			case AF_INET -> StandardProtocolFamily.INET;
			case AF_INET6 -> StandardProtocolFamily.INET6;
			case AF_UNIX -> StandardProtocolFamily.UNIX;
		};
	}

	public static InetAddress loopbackOf(SocketDomain domain) {
		try {
			return InetAddress.getByName((domain == SocketDomain.AF_INET6) ? "::1" : "127.0.0.1");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Publish an event the way an application context without further listeners does.
	 */
	@Override
	public void publishEvent(Object event) {
		if (event instanceof ConnectionAcceptedEvent acceptedEvent) {
			if (this.recorded) {
				this.accepted.add(acceptedEvent);
			}
			this.handler.accept(acceptedEvent);
		}
		else if (event instanceof SocketStateEvent stateEvent) {
			this.states.add(stateEvent);
			this.stateHandler.accept(stateEvent);
		}
		else if (event instanceof SocketFailureEvent failureEvent) {
			this.failures.add(failureEvent);
		}
		else {
			throw new IllegalStateException("Unexpected: " + event);
		}
	}

	/**
	 * Stop everything at once, clients included.
	 */
	@Override
	public void close() {
		closeClients();
		this.factories.close();
		this.accepted.forEach((event) -> event.closeUnclaimed("the test is over"));
		Parallel.end(this.threads);
	}

	void closeClients() {
		this.clients.forEach(SocketFactoryHarness::close);
		this.clients.clear();
	}

	private List<ManagedSocketFactory> factoriesOfEngine() {
		return this.factories.getAll().stream().map(ManagedSocketFactory.class::cast).toList();
	}

	private static void close(Channel channel) {
		try {
			channel.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
