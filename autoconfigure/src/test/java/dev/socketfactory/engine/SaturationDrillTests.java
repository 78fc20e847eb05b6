package dev.socketfactory.engine;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketfactory.PauseReason;
import dev.socketfactory.SocketFactories;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketState;
import dev.socketfactory.autoconfigure.SocketFactoryAutoConfiguration;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.event.SocketEvent;
import dev.socketfactory.event.SocketFailureEvent;
import dev.socketfactory.event.SocketStateEvent;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.LeakCheck;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.core.task.TaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Drill: handlers that block on every thread there is, and more clients than threads.
 */
@Tag("drill")
@ExtendWith({ OutputCaptureExtension.class, LeakCheck.class })
class SaturationDrillTests {

	@ParameterizedTest
	@CsvSource({ "default, 200, 500", "own, 4, 200" })
	void clientsWaitWhileEveryThreadIsTaken(String pool, int threads, int count, CapturedOutput output) {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(SocketFactoryAutoConfiguration.class))
			.withUserConfiguration(pool.equals("own") ? new Class<?>[] { OwnPool.class, Handlers.class }
					: new Class<?>[] { Handlers.class })
			.withPropertyValues("spring.threads.virtual.enabled=false", "threads=" + threads,
					"socket-factory.listeners.busy.bind=127.0.0.1", "socket-factory.listeners.other.bind=127.0.0.1")
			.run((context) -> {
				Handlers handlers = context.getBean(Handlers.class);
				SocketFactories factories = context.getBean(SocketFactories.class);
				List<Socket> clients = new ArrayList<>();
				try {
					saturate(handlers, factories, clients, threads, count);
					long[] flowed = letEventsFlow(handlers, factories);
					assertThat(handlers.served).hasValue(0);
					assertThat(factories.get("busy").getPauseReasons()).containsExactly(PauseReason.DISPATCH);
					long begin = System.nanoTime();
					handlers.go.countDown();
					for (Socket client : clients) {
						assertThat(client.getInputStream().read()).isEqualTo('x');
					}
					Drill.print("saturation",
							"%d threads all blocked, %d clients: %d waited in the listen queue, 0 refused; a state "
									+ "event took %d ms meanwhile, a failure event %d ms; all %d served %d ms after "
									+ "the handlers went on",
							threads, count, count - threads, flowed[0], flowed[1], count, millisSince(begin));
					Await.await().until(() -> factories.get("busy").getPauseReasons().isEmpty());
					Await.await().untilAsserted(() -> assertThat(handlers.served).hasValue(count));
					assertThat(handlers.mostAtOnce).hasValue(threads);
				}
				finally {
					handlers.go.countDown();
					for (Socket client : clients) {
						client.close();
					}
				}
			});
		assertThat(output).doesNotContain("ERROR", "RejectedExecution");
	}

	/**
	 * Connect more clients than there are threads: none is refused.
	 */
	private static void saturate(Handlers handlers, SocketFactories factories, List<Socket> clients, int threads,
			int count) throws IOException {
		SocketFactory busy = factories.get("busy");
		for (int i = 0; i < count; i++) {
			Socket client = new Socket();
			clients.add(client);
			client.setSoTimeout(20_000);
			client.connect(busy.getLocalAddress(), 5000);
		}
		Await.await().until(() -> handlers.running.get() == threads);
		Await.await().untilAsserted(() -> assertThat(busy.getPauseReasons()).containsExactly(PauseReason.DISPATCH));
		assertThat(busy.getState()).isEqualTo(SocketState.LISTENING);
		SocketFactoryStatus status = ((ManagedSocketFactory) busy).getStatus();
		assertThat(status.connections().total()).isEqualTo(threads);
		Await.await().until(() -> handlers.has(SocketStateEvent.class, "busy"));
	}

	/**
	 * Cause a state event and a failure event, and measure how long they take.
	 */
	private static long[] letEventsFlow(Handlers handlers, SocketFactories factories) throws IOException {
		handlers.events.clear();
		long begin = System.nanoTime();
		factories.get("other").pauseAccept();
		Await.await().until(() -> handlers.has(SocketStateEvent.class, "other"));
		long state = millisSince(begin);
		try (ServerSocket taken = new ServerSocket(0)) {
			begin = System.nanoTime();
			factories.open(SocketSpec.listener("failing").bind(String.valueOf(taken.getLocalPort())).build());
			Await.await().until(() -> handlers.has(SocketFailureEvent.class, "failing"));
			return new long[] { state, millisSince(begin) };
		}
	}

	private static long millisSince(long begin) {
		return Duration.ofNanos(System.nanoTime() - begin).toMillis();
	}

	@Configuration(proxyBeanMethods = false)
	static class Handlers {

		private final CountDownLatch go = new CountDownLatch(1);

		private final AtomicInteger running = new AtomicInteger();

		private final AtomicInteger mostAtOnce = new AtomicInteger();

		private final AtomicInteger served = new AtomicInteger();

		private final Queue<SocketEvent> events = new ConcurrentLinkedQueue<>();

		@EventListener
		void serve(ConnectionAcceptedEvent event) throws InterruptedException {
			int now = this.running.incrementAndGet();
			this.mostAtOnce.accumulateAndGet(now, Math::max);
			this.go.await();
			Drill.answer(event);
			this.running.decrementAndGet();
			this.served.incrementAndGet();
		}

		@EventListener({ SocketStateEvent.class, SocketFailureEvent.class })
		void record(SocketEvent event) {
			this.events.add(event);
		}

		private boolean has(Class<?> type, String name) {
			return this.events.stream()
				.anyMatch((event) -> type.isInstance(event) && event.getFactoryName().equals(name));
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnPool {

		@Bean
		TaskExecutor socketFactoryTaskExecutor(Environment environment) {
			ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
			int threads = environment.getRequiredProperty("threads", Integer.class);
			executor.setCorePoolSize(threads);
			executor.setMaxPoolSize(threads);
			executor.setThreadNamePrefix("own-");
			return executor;
		}

	}

}
