package dev.socketfactory.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.socketfactory.PauseReason;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.LeakCheck;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever is thrown while a pause is logged, measured or published, accepting comes
 * back.
 */
@ExtendWith(LeakCheck.class)
@Timeout(60)
class AnnouncementFaultTests {

	@ParameterizedTest
	@ValueSource(strings = { "accept failed", "listening", "stopped" })
	void whenLoggingFailsThenTheListenerDoesWhatItDoes(String line) throws IOException {
		try (BrokenAppender appender = new BrokenAppender(line); SocketFactoryHarness harness = answering()) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback());
			exhaust(factory);
			assertServed(harness, factory);
			factory.stop();
			factory.start();
			assertServed(harness, factory);
			assertThat(appender.thrown).hasPositiveValue();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "BACKOFF", "DISPATCH", "MAX_CONNECTIONS", "USER", "STOPPING" })
	void whenMeasuringAPauseFailsThenAcceptingComesBack(String reason) throws IOException {
		AtomicInteger thrown = new AtomicInteger();
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor(1)) {
			CountDownLatch go = new CountDownLatch(1);
			AtomicBoolean first = new AtomicBoolean(true);
			harness.handle((event) -> {
				SocketChannel channel = event.claimBlockingChannel();
				if (first.getAndSet(false)) {
					Await.latch(go);
				}
				answer(channel);
			});
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback().maxConnections(2));
			factory.addMeters(new FactoryMeters() {

				@Override
				public void paused(PauseReason paused) {
					if (paused.getName().equals(reason)) {
						thrown.incrementAndGet();
						throw new NoClassDefFoundError("a meter");
					}
				}

			});
			exhaust(factory);
			SocketChannel[] clients = { harness.connect(factory), harness.connect(factory), harness.connect(factory) };
			Await.await().until(() -> factory.getPauseReasons().contains(PauseReason.DISPATCH));
			go.countDown();
			for (SocketChannel client : clients) {
				assertAnswered(client);
			}
			factory.setMaxConnections(0);
			factory.setMaxConnections(2);
			factory.pauseAccept();
			SocketChannel waiting = harness.connect(factory);
			factory.resumeAccept();
			assertAnswered(waiting);
			factory.stop();
			factory.start();
			assertServed(harness, factory);
			assertThat(thrown).hasPositiveValue();
		}
	}

	@Test
	void whenTheExecutorOfStateEventsFailsThenAcceptingComesBack() throws IOException {
		try (SocketFactoryHarness harness = answering()) {
			ManagedSocketFactory factory = harness.listen(SocketFactoryHarness.loopback());
			harness.handleStates((event) -> {
				throw new NoClassDefFoundError("a handler of state events");
			});
			exhaust(factory);
			assertServed(harness, factory);
			factory.pauseAccept();
			factory.resumeAccept();
			assertServed(harness, factory);
		}
	}

	/**
	 * Let accept(2) fail some times as if there were no descriptors.
	 */
	private static void exhaust(ManagedSocketFactory factory) {
		AtomicInteger left = new AtomicInteger(3);
		ScriptedServer.install(factory, (server) -> {
			if (left.getAndDecrement() > 0) {
				throw new IOException("Too many open files");
			}
			return server.accept();
		});
	}

	private static SocketFactoryHarness answering() {
		return SocketFactoryHarness.inline().handle((event) -> answer(event.claimBlockingChannel()));
	}

	private static void answer(SocketChannel channel) {
		try (channel) {
			channel.write(ByteBuffer.wrap(new byte[] { 'x' }));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void assertServed(SocketFactoryHarness harness, SocketFactory factory) throws IOException {
		assertAnswered(harness.connect(factory));
	}

	private static void assertAnswered(SocketChannel client) throws IOException {
		client.socket().setSoTimeout(10_000);
		assertThat(client.socket().getInputStream().read()).isEqualTo('x');
	}

	/**
	 * Throws an error for the lines of factories that have a text.
	 */
	private static final class BrokenAppender extends AppenderBase<ILoggingEvent> implements AutoCloseable {

		private final Logger logger = (Logger) LoggerFactory.getLogger(SocketFactory.class);

		private final String line;

		private final AtomicInteger thrown = new AtomicInteger();

		private BrokenAppender(String line) {
			this.line = line;
			setContext(this.logger.getLoggerContext());
			start();
			this.logger.addAppender(this);
		}

		/**
		 * Unlike what it calls, this lets errors pass.
		 */
		@Override
		public void doAppend(ILoggingEvent event) {
			append(event);
		}

		@Override
		protected void append(ILoggingEvent event) {
			if (event.getFormattedMessage().contains(this.line)) {
				this.thrown.incrementAndGet();
				throw new NoClassDefFoundError("an appender");
			}
		}

		@Override
		public void close() {
			this.logger.detachAppender(this);
		}

	}

}
