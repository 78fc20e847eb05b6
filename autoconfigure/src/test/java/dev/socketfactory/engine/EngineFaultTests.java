package dev.socketfactory.engine;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.PauseReason;
import dev.socketfactory.SocketFactoryCustomizer;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketSpecBuilder;
import dev.socketfactory.SocketState;
import dev.socketfactory.SocketType;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.event.SocketSuccessEvent;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.LeakCheck;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationEventPublisher;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the engine when what it calls fails: nothing is left half open, and it goes
 * on.
 */
@ExtendWith({ OutputCaptureExtension.class, LeakCheck.class })
class EngineFaultTests {

	private final ExecutorService threads = Executors.newCachedThreadPool();

	private volatile boolean failing;

	@AfterEach
	void endThreads() throws InterruptedException {
		this.threads.shutdownNow();
		assertThat(this.threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
	}

	@ParameterizedTest
	@EnumSource(SocketType.class)
	void whenNobodyCanBeToldOfAnOpenSocketThenItFailsAndNothingIsOpen(SocketType type) {
		try (DefaultSocketFactories factories = factories(this.threads, this::portFails)) {
			this.failing = true;
			ManagedSocketFactory factory = open(factories, loopback().type(type));
			assertThat(factory.getState()).isEqualTo(SocketState.FAILED);
			assertThat(factory.getLastFailure()).isNotNull();
			assertThat(factory.getLocalAddress()).isNull();
			Await.await().until(() -> keepAliveThreads() == 0);
			this.failing = false;
			factory.start();
			assertThat(factory.getLocalAddress()).isNotNull();
			assertThat(keepAliveThreads()).isOne();
		}
	}

	@Test
	void whenNobodyCanBeToldOfAClosedSocketThenItIsStoppedAllTheSame(CapturedOutput output) {
		try (DefaultSocketFactories factories = factories(this.threads, this::portFails)) {
			ManagedSocketFactory factory = open(factories, loopback());
			this.failing = true;
			factory.stop();
			assertThat(factory.getState()).isEqualTo(SocketState.STOPPED);
			assertThat(factory.getPauseReasons()).isEmpty();
			Await.await().until(() -> keepAliveThreads() == 0);
			assertThat(output).contains("The port of 'test', which is closed, could not be taken back");
			this.failing = false;
			factory.start();
			assertThat(factory.getState()).isEqualTo(SocketState.LISTENING);
		}
	}

	@Test
	void whenExecutorFailsThenTheConnectionIsClosedAndItsPlaceIsFree(CapturedOutput output) throws IOException {
		Executor executor = (task) -> {
			if (this.failing) {
				throw new IllegalStateException("the decorator is broken");
			}
			this.threads.execute(task);
		};
		try (DefaultSocketFactories factories = factories(executor, 1, DispatchMode.EXECUTOR, (name, address) -> {
		}, EngineFaultTests::answer)) {
			ManagedSocketFactory factory = open(factories, loopback());
			this.failing = true;
			for (int i = 0; i < 3; i++) {
				try (Socket client = connect(factory)) {
					assertThat(client.getInputStream().read()).isEqualTo(-1);
				}
			}
			this.failing = false;
			try (Socket client = connect(factory)) {
				assertThat(client.getInputStream().read()).isEqualTo('x');
			}
			Await.await().until(() -> factory.getStatus().connections().active() == 0);
			assertThat(factory.getStatus().handlerErrors()).isEqualTo(3);
			assertThat(output).contains("the decorator is broken");
		}
	}

	@Test
	void whenAnInlineHandlerLeavesItsThreadInterruptedThenTheNextConnectionIsServed() throws IOException {
		try (DefaultSocketFactories factories = factories(this.threads, 1, DispatchMode.INLINE, (name, address) -> {
		}, (event) -> {
			answer(event);
			if (event instanceof ConnectionAcceptedEvent) {
				Thread.currentThread().interrupt();
			}
		})) {
			ManagedSocketFactory factory = open(factories, loopback());
			factory.pauseAccept();
			try (Socket first = connect(factory); Socket second = connect(factory)) {
				factory.resumeAccept();
				assertThat(first.getInputStream().read()).isEqualTo('x');
				assertThat(second.getInputStream().read()).isEqualTo('x');
			}
			assertThat(factory.getStatus().handlerErrors()).isZero();
		}
	}

	@Test
	void whenASocketIsFoundBrokenAfterARestartThenTheNewOneStays() throws Exception {
		try (DefaultSocketFactories factories = factories(this.threads, this::portFails)) {
			ManagedSocketFactory factory = open(factories, loopback());
			CountDownLatch go = new CountDownLatch(1);
			factory.getEngine().getLoop().execute(() -> Await.latch(go));
			ListenerSocketFactory listener = (ListenerSocketFactory) factory;
			listener.breakDown(listener.getAttempt(),
					listener.failureOf("accept", new SocketException("Bad file descriptor")));
			factory.stop();
			factory.start();
			go.countDown();
			runOnLoop(factory);
			assertThat(factory.getState()).isEqualTo(SocketState.LISTENING);
			try (Socket client = connect(factory)) {
				assertThat(client.getInputStream().read()).isEqualTo('x');
			}
			listener.breakDown(listener.getAttempt(),
					listener.failureOf("accept", new SocketException("Bad file descriptor")));
			Await.await().until(() -> factory.getState() == SocketState.FAILED);
			assertThat(factory.getLocalAddress()).isNull();
		}
	}

	@Test
	void whenFactoriesAreClosedByNameThenTheShutdownStillWaitsForTheirHandlers() throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch end = new CountDownLatch(1);
		AtomicBoolean ended = new AtomicBoolean();
		try (DefaultSocketFactories factories = factories(this.threads, 10, DispatchMode.EXECUTOR, (name, address) -> {
		}, (event) -> {
			if (event instanceof ConnectionAcceptedEvent) {
				answer(event);
				begun.countDown();
				Await.latch(end);
				ended.set(true);
			}
		})) {
			try (Socket client = connect(open(factories, loopback()))) {
				assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
				assertThat(factories.close("test")).isTrue();
				// Forgets those that are over
				open(factories, loopback());
				assertThat(factories.close("test")).isTrue();
			}
			Future<?> stop = this.threads.submit(() -> factories.stop(Duration.ofSeconds(10), null, null));
			Await.during(100, () -> assertThat(stop.isDone()).isFalse());
			end.countDown();
			stop.get(10, TimeUnit.SECONDS);
			assertThat(ended).isTrue();
		}
	}

	@Test
	void whenHandlersOfListenersAndClientsDoNotEndThenTheShutdownKeepsItsTime() throws Exception {
		CountDownLatch begun = new CountDownLatch(2);
		CountDownLatch go = new CountDownLatch(1);
		try (DefaultSocketFactories factories = factories(this.threads, 10, DispatchMode.EXECUTOR, (name, address) -> {
		}, (event) -> {
			if (event instanceof SocketSuccessEvent) {
				begun.countDown();
				Await.latch(go);
			}
			else if (begun.getCount() == 0) {
				Await.latch(go);
			}
		})) {
			ManagedSocketFactory listener = open(factories, loopback());
			factories.open(SocketSpec.client("client").remote(listener.getLocalAddress()).build());
			assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
			long begin = System.nanoTime();
			factories.stop(Duration.ofSeconds(3), null, null);
			assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(3));
			go.countDown();
		}
	}

	@Test
	void whenMetersFailThenSocketsDoWhatTheyDo(CapturedOutput output) throws IOException {
		try (DefaultSocketFactories factories = factories(this.threads, this::portFails)) {
			ManagedSocketFactory factory = open(factories, loopback());
			factory.addMeters(new BrokenMeters());
			assertThat(factory.pauseAccept()).isTrue();
			assertThat(factory.resumeAccept()).isTrue();
			try (Socket client = connect(factory)) {
				assertThat(client.getInputStream().read()).isEqualTo('x');
			}
			factory.stop();
			assertThat(factory.getState()).isEqualTo(SocketState.STOPPED);
			assertThat(output).contains("Measuring 'test' failed");
		}
	}

	@Test
	void whenTheApplicationHasStoppedThenNothingStartsUntilItDoes() {
		try (DefaultSocketFactories factories = factories(this.threads, this::portFails)) {
			ManagedSocketFactory factory = open(factories, loopback());
			factories.stop(Duration.ofSeconds(5), null, null);
			factory.start();
			assertThat(factory.getState()).isEqualTo(SocketState.STOPPED);
			factories.start();
			assertThat(factory.getState()).isEqualTo(SocketState.LISTENING);
		}
	}

	@Test
	void whenTheContextIsClosedThenNothingStartsAnyMore() {
		DefaultSocketFactories factories = factories(this.threads, this::portFails);
		ManagedSocketFactory factory = open(factories, loopback());
		factories.close();
		factories.start();
		assertThat(factory.getState()).isEqualTo(SocketState.STOPPED);
	}

	@Test
	void whenADatagramSocketIsStoppedBeforeItsEventIsPublishedThenIsNotPublished() {
		List<Runnable> tasks = new CopyOnWriteArrayList<>();
		List<Object> published = new CopyOnWriteArrayList<>();
		try (DefaultSocketFactories factories = factories(tasks::add, 10, DispatchMode.EXECUTOR, this::portFails,
				published::add)) {
			ManagedSocketFactory factory = open(factories, loopback().type(SocketType.SOCK_DGRAM));
			Await.await().until(() -> tasks.size() == 1);
			factory.stop();
			tasks.get(0).run();
			assertThat(published).doesNotHaveAnyElementsOfTypes(SocketSuccessEvent.class);
			assertThat(factory.getStatus().handlerErrors()).isZero();
		}
	}

	@Test
	void whenAnExecutorRunsADeliveryTwiceThenItIsPublishedOnce() throws Exception {
		AtomicInteger published = new AtomicInteger();
		Executor twice = (task) -> this.threads.execute(() -> {
			task.run();
			task.run();
		});
		try (DefaultSocketFactories factories = factories(twice, 1, DispatchMode.EXECUTOR, this::portFails, (event) -> {
			if (event instanceof ConnectionAcceptedEvent) {
				published.incrementAndGet();
				answer(event);
			}
		})) {
			ManagedSocketFactory factory = open(factories, loopback());
			for (int i = 1; i <= 3; i++) {
				try (Socket client = connect(factory)) {
					assertThat(client.getInputStream().read()).isEqualTo('x');
				}
				assertThat(published).hasValue(i);
				Await.await().until(() -> ((ExecutorDispatcher) factory.getDispatcher()).getAcquired() == 0);
			}
			Await.during(50, () -> assertThat(((ExecutorDispatcher) factory.getDispatcher()).getAcquired()).isZero());
		}
	}

	@Test
	void whenACustomizerWaitsForAnotherThreadThenThatOneIsNotHeldUp() {
		AtomicReference<DefaultSocketFactories> made = new AtomicReference<>();
		SocketFactoryCustomizer customizer = (spec) -> {
			try {
				assertThat(this.threads.submit(() -> made.get().find("other")).get(5, TimeUnit.SECONDS)).isNull();
			}
			catch (Exception ex) {
				throw new IllegalStateException(ex);
			}
		};
		try (DefaultSocketFactories factories = new DefaultSocketFactories(EngineFaultTests::answer,
				new EngineSettings(this.threads, 1, DispatchMode.EXECUTOR, this::portFails), List.of(customizer),
				Collections.emptyList())) {
			made.set(factories);
			factories.start();
			assertThat(open(factories, loopback()).getState()).isEqualTo(SocketState.LISTENING);
		}
	}

	private static DefaultSocketFactories factories(Executor executor,
			BiConsumer<String, @Nullable SocketAddress> ports) {
		return factories(executor, Integer.MAX_VALUE, DispatchMode.EXECUTOR, ports, EngineFaultTests::answer);
	}

	private static DefaultSocketFactories factories(Executor executor, int places, DispatchMode dispatch,
			BiConsumer<String, @Nullable SocketAddress> ports, ApplicationEventPublisher publisher) {
		DefaultSocketFactories factories = new DefaultSocketFactories(publisher,
				new EngineSettings(executor, places, dispatch, ports), Collections.emptyList(),
				Collections.emptyList());
		factories.start();
		return factories;
	}

	private static SocketSpecBuilder loopback() {
		return SocketFactoryHarness.loopback();
	}

	private static ManagedSocketFactory open(DefaultSocketFactories factories, SocketSpecBuilder spec) {
		return (ManagedSocketFactory) factories.open(spec.build());
	}

	private static Socket connect(ManagedSocketFactory factory) throws IOException {
		InetSocketAddress address = SocketFactoryHarness.addressOf(factory);
		Socket client = new Socket(address.getAddress(), address.getPort());
		client.setSoTimeout(10_000);
		return client;
	}

	private static void answer(Object event) {
		if (event instanceof ConnectionAcceptedEvent accepted) {
			try (SocketChannel channel = accepted.claimBlockingChannel()) {
				channel.write(ByteBuffer.wrap(new byte[] { 'x' }));
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}
	}

	private static void runOnLoop(ManagedSocketFactory factory) throws InterruptedException {
		CountDownLatch done = new CountDownLatch(1);
		factory.getEngine().getLoop().execute(done::countDown);
		assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
	}

	private static long keepAliveThreads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().equals("socket-keep-alive") && thread.isAlive())
			.count();
	}

	private void portFails(String name, @Nullable SocketAddress address) {
		if (this.failing) {
			throw new IllegalStateException("no port for " + name);
		}
	}

	private static final class BrokenMeters implements FactoryMeters {

		@Override
		public void handled(long nanos) {
			throw new IllegalStateException("no registry");
		}

		@Override
		public void connected(long nanos) {
			throw new IllegalStateException("no registry");
		}

		@Override
		public void failed(String operation, String errnoName) {
			throw new IllegalStateException("no registry");
		}

		@Override
		public void paused(PauseReason reason) {
			throw new IllegalStateException("no registry");
		}

	}

}
