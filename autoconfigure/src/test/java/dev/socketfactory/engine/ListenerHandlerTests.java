package dev.socketfactory.engine;

import java.io.IOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.event.SocketEventListener;
import dev.socketfactory.event.SocketEventListenerFactory;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.LeakCheck;
import dev.socketfactory.testing.Parallel;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.SimpleApplicationEventMulticaster;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for handlers of accepted connections that throw, take long, stop the listener or
 * run elsewhere: case 30.
 */
@ExtendWith({ OutputCaptureExtension.class, LeakCheck.class })
class ListenerHandlerTests {

	@ParameterizedTest
	@CsvSource({ "INLINE, true", "INLINE, false", "EXECUTOR, true", "EXECUTOR, false" })
	@DisplayName("Case 30: a handler that throws, its channel is closed, counted and logged, and the loop goes on")
	void whenHandlerThrowsThenChannelIsClosedAndAcceptingGoesOn(DispatchMode dispatch, boolean claim,
			CapturedOutput output) throws IOException {
		AtomicInteger calls = new AtomicInteger();
		try (SocketFactoryHarness harness = SocketFactoryHarness.of(dispatch).handle((event) -> {
			SocketChannel channel = (claim || calls.get() == 2) ? event.claimBlockingChannel() : null;
			switch (calls.getAndIncrement()) {
				case 0 -> throw new IllegalArgumentException("no luck");
				case 1 -> throw new StackOverflowError("deep");
				default -> write(channel, "x");
			}
		})) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback());
			assertThat(read(harness.connect(factory))).isEmpty();
			assertThat(read(harness.connect(factory))).isEmpty();
			assertThat(read(harness.connect(factory))).isEqualTo("x");
			assertThat(factory.getStatus().handlerErrors()).isEqualTo(2);
			Await.await().until(() -> factory.getStatus().connections().active() == 1);
			assertThat(factory.getStatus().connections().total()).isEqualTo(3);
			assertThat(harness.getFailures()).isEmpty();
			Await.await()
				.untilAsserted(() -> assertThat(output)
					.contains("Handler of ConnectionAcceptedEvent of 'test' failed; its channel was closed")
					.contains("no luck")
					.contains("deep"));
			if (!claim) {
				assertThatIllegalStateException().isThrownBy(() -> harness.getAccepted().get(0).claimChannel())
					.withMessage("Channel of ConnectionAcceptedEvent of 'test' was closed because its handler failed:"
							+ " java.lang.IllegalArgumentException: no luck");
			}
		}
	}

	@ParameterizedTest
	@EnumSource(DispatchMode.class)
	@DisplayName("A handler that ends with an I/O error of its channel is one line of the log")
	void whenHandlerEndsWithAnIoErrorThenOneLine(DispatchMode dispatch, CapturedOutput output) throws IOException {
		try (SocketFactoryHarness harness = SocketFactoryHarness.of(dispatch).handle((event) -> {
			event.claimBlockingChannel();
			throw new UndeclaredThrowableException(new SocketException("Connection reset"));
		})) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback());
			assertThat(read(harness.connect(factory))).isEmpty();
			Await.await().until(() -> factory.getStatus().handlerErrors() == 1);
			Await.await()
				.untilAsserted(() -> assertThat(output).contains("WARN")
					.contains("Handler of ConnectionAcceptedEvent of 'test' ended with java.net.SocketException:"
							+ " Connection reset; its channel was closed"));
			assertThat(output).doesNotContain("UndeclaredThrowableException", "\tat ");
		}
	}

	@Test
	@DisplayName("An inline handler that blocks the event loop is warned of")
	void whenInlineHandlerBlocksThenWarning(CapturedOutput output) throws IOException {
		try (SocketFactoryHarness harness = SocketFactoryHarness.inline().handle((event) -> {
			long begin = System.nanoTime();
			Await.await().until(() -> System.nanoTime() - begin > 1_100_000_000L);
			write(event.claimBlockingChannel(), "x");
		})) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback());
			assertThat(read(harness.connect(factory))).isEqualTo("x");
			Await.await()
				.untilAsserted(() -> assertThat(output)
					.contains("a handler with dispatch: inline has blocked; give it dispatch: executor"));
		}
	}

	@Test
	void whenHandlerIsSlowThenOthersAreServedByTheExecutor() throws IOException {
		CountDownLatch end = new CountDownLatch(1);
		AtomicInteger calls = new AtomicInteger();
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor().handle((event) -> {
			SocketChannel channel = event.claimBlockingChannel();
			if (calls.getAndIncrement() == 0) {
				Await.latch(end);
			}
			write(channel, "x");
		})) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback());
			SocketChannel first = harness.connect(factory);
			harness.awaitAccepted(1);
			for (int i = 0; i < 5; i++) {
				assertThat(read(harness.connect(factory))).isEqualTo("x");
			}
			// No call of the API waits for a handler
			factory.pauseAccept();
			factory.resumeAccept();
			factory.stop();
			end.countDown();
			assertThat(read(first)).isEqualTo("x");
		}
	}

	@ParameterizedTest
	@EnumSource
	void whenClaimedThenNonBlockingOrBlockingAndOnlyOnce(DispatchMode dispatch) {
		Queue<SelectableChannel> channels = new ConcurrentLinkedQueue<>();
		try (SocketFactoryHarness harness = SocketFactoryHarness.of(dispatch)
			.handle((event) -> channels
				.add((event.getFactoryName().equals("test")) ? event.claimChannel() : event.claimBlockingChannel()))) {
			harness.connect(harness.listen(SocketFactoryHarness.loopback()));
			harness.awaitAccepted(1);
			harness.connect(harness.listen(SocketSpec.listener("blocking").bind("127.0.0.1")));
			List<ConnectionAcceptedEvent> events = harness.awaitAccepted(2);
			Await.await().until(() -> channels.size() == 2);
			assertThat(channels).extracting(SelectableChannel::isBlocking).containsExactly(false, true);
			assertThat(channels).allMatch((channel) -> !channel.isRegistered() && channel instanceof SocketChannel);
			assertThatIllegalStateException().isThrownBy(() -> events.get(0).claimChannel())
				.withMessage("Channel of ConnectionAcceptedEvent of 'test' has been claimed already");
			assertThatIllegalStateException().isThrownBy(() -> events.get(1).claimBlockingChannel())
				.withMessage("Channel of ConnectionAcceptedEvent of 'blocking' has been claimed already");
			assertThat(channels).allMatch(SelectableChannel::isOpen);
		}
	}

	@Test
	void whenManyClaimAtOnceThenOneGetsTheChannel() throws Exception {
		AtomicInteger claims = new AtomicInteger();
		try (SocketFactoryHarness harness = SocketFactoryHarness.inline().handle((event) -> {
		})) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback());
			for (int i = 1; i <= 50; i++) {
				harness.connect(factory);
				ConnectionAcceptedEvent event = harness.awaitAccepted(i).get(i - 1);
				Parallel.run(3, (thread) -> {
					try {
						event.claimChannel();
						claims.incrementAndGet();
					}
					catch (IllegalStateException ex) {
						assertThat(ex).hasMessageEndingWith("has been claimed already");
					}
				});
				assertThat(claims).hasValue(i);
			}
		}
	}

	@Test
	void whenHandlerTurnsThePeerAwayThenClosed() throws IOException {
		try (SocketFactoryHarness harness = SocketFactoryHarness.inline()
			.handle((event) -> assertThat(event.closeUnclaimed("it is night")).isTrue())) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback());
			assertThat(read(harness.connect(factory))).isEmpty();
			assertThatIllegalStateException().isThrownBy(() -> harness.awaitAccepted(1).get(0).claimChannel())
				.withMessage("Channel of ConnectionAcceptedEvent of 'test' was closed because it is night");
			Await.await().until(() -> factory.getStatus().connections().active() == 0);
		}
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void whenAProcessIsStartedThenItDoesNotInheritTheChannel() throws Exception {
		try (SocketFactoryHarness harness = SocketFactoryHarness.inline()) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback());
			harness.connect(factory);
			harness.channelOf(harness.awaitAccepted(1).get(0));
			Process process = new ProcessBuilder("ls", "-l", "/proc/self/fd").redirectErrorStream(true).start();
			String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
			assertThat(output).contains("pipe:").doesNotContain("socket:");
		}
	}

	@Test
	void whenHandlersAreAsynchronousThenTheyClaimLater() throws IOException {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(AsyncHandlers.class)) {
			assertServesFromAnotherThread(context, "async-");
		}
	}

	@Test
	void whenMulticasterIsAsynchronousThenHandlersClaimLater() throws IOException {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(
				AsyncMulticaster.class)) {
			assertServesFromAnotherThread(context, "multicaster-");
		}
	}

	private static void assertServesFromAnotherThread(AbstractApplicationContext context, String thread)
			throws IOException {
		ExecutorService executor = Executors.newCachedThreadPool();
		EngineSettings settings = new EngineSettings(executor, Integer.MAX_VALUE, DispatchMode.INLINE,
				(name, address) -> {
				});
		try (DefaultSocketFactories factories = new DefaultSocketFactories(context, settings, Collections.emptyList(),
				List.of(SocketFactoryHarness.loopback().build()))) {
			factories.start();
			for (int i = 0; i < 5; i++) {
				try (SocketChannel client = SocketChannel.open(SocketFactoryHarness.addressOf(factories.get("test")))) {
					assertThat(read(client, 100)).startsWith(thread);
				}
			}
			Await.await()
				.untilAsserted(() -> assertThat(factories.getAll().get(0).getStatus().connections())
					.isEqualTo(new SocketFactoryStatus.Connections(0, 5, 0, 0)));
			factories.stop(Duration.ofSeconds(1), null, null);
		}
		finally {
			executor.shutdownNow();
		}
	}

	private static void write(@Nullable SocketChannel channel, String text) {
		try {
			Objects.requireNonNull(channel).write(StandardCharsets.US_ASCII.encode(text));
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	private static String read(SocketChannel channel) throws IOException {
		return read(channel, 1);
	}

	private static String read(SocketChannel channel, int length) throws IOException {
		ByteBuffer buffer = ByteBuffer.allocate(length);
		while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
			// Goes on
		}
		return StandardCharsets.US_ASCII.decode(buffer.flip()).toString();
	}

	private static Executor threads(String prefix) {
		AtomicInteger number = new AtomicInteger();
		return (task) -> new Thread(task, prefix + number.incrementAndGet()).start();
	}

	private static void serve(ConnectionAcceptedEvent event) {
		try (SocketChannel channel = event.claimBlockingChannel()) {
			write(channel, Thread.currentThread().getName());
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync
	static class AsyncHandlers {

		@Bean
		static SocketEventListenerFactory socketEventListenerFactory() {
			return new SocketEventListenerFactory();
		}

		@Bean
		Executor taskExecutor() {
			return threads("async-");
		}

		@Bean
		AsyncHandler asyncHandler() {
			return new AsyncHandler();
		}

	}

	static class AsyncHandler {

		@Async
		@SocketEventListener(factory = "test")
		void onClient(ConnectionAcceptedEvent event) {
			serve(event);
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class AsyncMulticaster {

		@Bean
		SimpleApplicationEventMulticaster applicationEventMulticaster() {
			SimpleApplicationEventMulticaster multicaster = new SimpleApplicationEventMulticaster();
			multicaster.setTaskExecutor(threads("multicaster-"));
			return multicaster;
		}

		@Bean
		static SocketEventListenerFactory socketEventListenerFactory() {
			return new SocketEventListenerFactory();
		}

		@Bean
		Handler handler() {
			return new Handler();
		}

	}

	static class Handler {

		@SocketEventListener(factory = "test")
		void onClient(ConnectionAcceptedEvent event) {
			serve(event);
		}

	}

}
