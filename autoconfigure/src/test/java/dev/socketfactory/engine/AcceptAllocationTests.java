package dev.socketfactory.engine;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executor;

import com.sun.management.ThreadMXBean;
import dev.socketfactory.DispatchMode;
import dev.socketfactory.PauseReason;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.LeakCheck;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What one accepted connection costs in memory, beside the channel, its address and the
 * event.
 */
@ExtendWith(LeakCheck.class)
class AcceptAllocationTests {

	private static final int WARM_UP = 100;

	private static final int CLIENTS = 120;

	/**
	 * The smallest object there is: what is measured includes the few objects of a
	 * wake-up.
	 */
	private static final int OBJECT = 16;

	/**
	 * Header and twenty fields.
	 */
	private static final int CREATED_SOCKET = 88;

	private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

	private final List<SocketChannel> clients = new ArrayList<>();

	@ParameterizedTest
	@EnumSource
	void thereIsOneObjectMore(DispatchMode dispatch) throws IOException {
		assertThat(allocatedByEngine(dispatch) - allocatedByHand()).isLessThan(CREATED_SOCKET + OBJECT);
	}

	/**
	 * Return the bytes that the event loop allocates for a connection.
	 */
	private long allocatedByEngine(DispatchMode dispatch) throws IOException {
		KeptTasks tasks = new KeptTasks();
		EngineSettings settings = new EngineSettings(tasks, Integer.MAX_VALUE, dispatch, (name, address) -> {
		});
		try (DefaultSocketFactories factories = new DefaultSocketFactories(AcceptAllocationTests::handle, settings,
				Collections.emptyList(), Collections.emptyList())) {
			factories.start();
			ManagedSocketFactory factory = (ManagedSocketFactory) factories
				.open(SocketFactoryHarness.loopback().build());
			long loop = Drill.threadId("socket-loop");
			accept(factory, WARM_UP);
			long before = this.threads.getThreadAllocatedBytes(loop);
			accept(factory, CLIENTS);
			return (this.threads.getThreadAllocatedBytes(loop) - before) / CLIENTS;
		}
		finally {
			tasks.run();
			closeClients();
		}
	}

	/**
	 * Return the bytes that a bare accept and an event take.
	 */
	private long allocatedByHand() throws IOException {
		try (SocketFactoryHarness harness = SocketFactoryHarness.inline();
				ServerSocketChannel server = ServerSocketChannel.open()) {
			SocketFactory factory = harness.listen(SocketFactoryHarness.loopback());
			server.bind(new InetSocketAddress("127.0.0.1", 0), CLIENTS);
			acceptByHand(factory, server, WARM_UP);
			long before = this.threads.getThreadAllocatedBytes(Thread.currentThread().getId());
			long connecting = acceptByHand(factory, server, CLIENTS);
			return (this.threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before - connecting)
					/ CLIENTS;
		}
		finally {
			closeClients();
		}
	}

	private long acceptByHand(SocketFactory factory, ServerSocketChannel server, int count) throws IOException {
		long before = this.threads.getThreadAllocatedBytes(Thread.currentThread().getId());
		connect((InetSocketAddress) server.getLocalAddress(), count);
		long connecting = this.threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
		for (int i = 0; i < count; i++) {
			SocketChannel channel = server.accept();
			new ConnectionAcceptedEvent(factory, "test.success", channel, channel.getRemoteAddress())
				.closeUnclaimed("it is a test");
		}
		return connecting;
	}

	private void accept(ManagedSocketFactory factory, int count) throws IOException {
		long total = factory.getStatus().connections().total() + count;
		factory.pauseAccept(PauseReason.USER);
		connect(SocketFactoryHarness.addressOf(factory), count);
		factory.resumeAccept(PauseReason.USER);
		Await.await().until(() -> factory.getStatus().connections().total() == total);
	}

	private void connect(InetSocketAddress address, int count) throws IOException {
		for (int i = 0; i < count; i++) {
			this.clients.add(SocketChannel.open(address));
		}
	}

	private void closeClients() throws IOException {
		for (SocketChannel client : this.clients) {
			client.close();
		}
		this.clients.clear();
	}

	private static void handle(Object event) {
		if (event instanceof ConnectionAcceptedEvent accepted) {
			accepted.closeUnclaimed("it is a test");
		}
	}

	/**
	 * Keeps what it is given, so that nothing of an executor's own is counted.
	 */
	private static final class KeptTasks implements Executor {

		private final Runnable[] tasks = new Runnable[WARM_UP + CLIENTS];

		private int count;

		@Override
		public void execute(Runnable task) {
			this.tasks[this.count++] = task;
		}

		void run() {
			for (int i = 0; i < this.count; i++) {
				this.tasks[i].run();
			}
		}

	}

}
