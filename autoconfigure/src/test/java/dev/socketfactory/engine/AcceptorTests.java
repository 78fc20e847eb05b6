package dev.socketfactory.engine;

import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import dev.socketfactory.PauseReason;
import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketState;
import dev.socketfactory.engine.dispatch.Dispatcher;
import dev.socketfactory.engine.loop.EventLoop;
import dev.socketfactory.engine.socket.SocketOptions;
import dev.socketfactory.errno.Errno;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.LeakCheck;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Acceptor}: a pause that comes between its check of the reasons and its
 * accept.
 */
@ExtendWith(LeakCheck.class)
class AcceptorTests {

	private final FactoryState state = new FactoryState(InstantSource.system(), (previous, current, reasons) -> {
	});

	private final ChannelTable channels = new ChannelTable(() -> {
	});

	private final Counters counters = new Counters();

	@Test
	void whenPausedBetweenCheckAndAcceptThenPauseReturnsAfterTheAccept() throws Exception {
		HeldDispatcher dispatcher = new HeldDispatcher();
		List<SocketChannel> clients = new ArrayList<>();
		try (EventLoop loop = new EventLoop("socket-factory-test"); ServerSocketChannel server = open()) {
			Acceptor acceptor = acceptor(server, dispatcher, loop);
			this.state.moveTo(SocketState.RESOLVING);
			this.state.moveTo(SocketState.LISTENING);
			acceptor.reasonsChanged();
			clients.add(SocketChannel.open(server.getLocalAddress()));
			assertThat(dispatcher.entered.await(10, TimeUnit.SECONDS)).isTrue();
			AtomicLong acceptedAtReturn = new AtomicLong(-1);
			Thread pauser = new Thread(() -> {
				this.state.pause(PauseReason.USER);
				acceptor.reasonsChanged();
				acceptedAtReturn.set(dispatcher.past.get() ? 1 : 0);
			});
			pauser.start();
			Await.await()
				.until(() -> pauser.getState() == Thread.State.WAITING || pauser.getState() == Thread.State.TERMINATED);
			assertThat(acceptedAtReturn).as("the pause waits for the accept that is under way").hasValue(-1);
			dispatcher.go.countDown();
			pauser.join();
			assertThat(acceptedAtReturn).hasValue(1);
			clients.add(SocketChannel.open(server.getLocalAddress()));
			Await.during(30, () -> assertThat(this.counters.getCreated()).isLessThanOrEqualTo(1));
			assertThat(this.counters.getCreated()).isOne();
			acceptor.close();
			loop.flush();
		}
		finally {
			for (SocketChannel client : clients) {
				client.close();
			}
		}
	}

	private Acceptor acceptor(ServerSocketChannel server, Dispatcher dispatcher, EventLoop loop) throws Exception {
		FailureReporter failures = new NoFailures();
		SuccessPublisher publisher = new SuccessPublisher((event) -> {
		}, this.channels, new UnclaimedChannels(loop, Duration.ofSeconds(1), this.channels, this.counters),
				this.counters);
		EventNames names = new EventNames(SocketSpec.listener("test").successEvent("").build());
		AcceptedConnections connections = new AcceptedConnections(noFactory(), SocketOptions.NONE,
				new CreatedSockets(names, this.channels, this.counters, publisher, dispatcher), failures);
		return new Acceptor(server, this.state, this.channels, new ConnectionLimit(null, null), dispatcher, connections,
				failures, loop);
	}

	private static SocketFactory noFactory() {
		return (SocketFactory) Proxy.newProxyInstance(SocketFactory.class.getClassLoader(),
				new Class<?>[] { SocketFactory.class }, (proxy, method, arguments) -> {
					throw new UnsupportedOperationException(method.getName());
				});
	}

	private static ServerSocketChannel open() throws Exception {
		ServerSocketChannel server = ServerSocketChannel.open();
		server.bind(new InetSocketAddress(SocketFactoryHarness.loopbackOf(SocketDomain.AF_INET), 0));
		server.configureBlocking(false);
		return server;
	}

	/**
	 * Holds the loop between its check and its accept, once.
	 */
	private static final class HeldDispatcher implements Dispatcher {

		private final CountDownLatch entered = new CountDownLatch(1);

		private final CountDownLatch go = new CountDownLatch(1);

		private final AtomicBoolean past = new AtomicBoolean();

		@Override
		public boolean tryReserve() {
			this.entered.countDown();
			try {
				this.past.set(this.go.await(30, TimeUnit.SECONDS));
			}
			catch (InterruptedException ex) {
				return false;
			}
			return true;
		}

		@Override
		public void release() {
		}

		@Override
		public void whenFree(Runnable waiter) {
			waiter.run();
		}

		@Override
		public void dispatch(Runnable delivery) {
			delivery.run();
		}

		@Override
		public boolean isInline() {
			return false;
		}

		@Override
		public int getRunning() {
			return 0;
		}

	}

	private static final class NoFailures implements FailureReporter {

		@Override
		public void report(String operation, Throwable cause) {
			throw new AssertionError(cause);
		}

		@Override
		public void count(String operation, Errno errno) {
			throw new AssertionError(operation);
		}

		@Override
		public void broken(String operation, Throwable cause) {
			throw new AssertionError(cause);
		}

		@Override
		public Errno errnoOf(Throwable cause) {
			return Errno.UNKNOWN;
		}

	}

}
