package dev.socketfactory.engine;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import dev.socketfactory.SocketState;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.LeakCheck;
import dev.socketfactory.testing.Peer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Drill: fifty stops of a listener to which clients connect all the time.
 */
@Tag("drill")
@ExtendWith({ OutputCaptureExtension.class, LeakCheck.class })
class StopUnderLoadDrillTests {

	private static final int ROUNDS = 50;

	private static final int CLIENT_THREADS = 4;

	@ParameterizedTest
	@ValueSource(ints = { 8, 1024 })
	void fiftyStopsUnderLoad(int listenQueue, CapturedOutput output) throws Exception {
		Load load = new Load();
		long slowest = 0;
		int mostDrained = 0;
		long toldSeen = 0;
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor().handle(Drill::answer)) {
			int port = Peer.nobody().getPort();
			ManagedSocketFactory factory = harness
				.listen(SocketFactoryHarness.loopback().bind("127.0.0.1:" + port).reuse(true).listenQueue(listenQueue));
			InetSocketAddress address = SocketFactoryHarness.addressOf(factory);
			for (int i = 0; i < ROUNDS; i++) {
				Thread[] clients = load.begin(address);
				long served = load.served.get();
				Await.await().until(() -> load.served.get() >= served + 20);
				long before = factory.getStatus().connections().total();
				long begin = System.nanoTime();
				load.stopCalled.set(begin);
				factory.stop();
				slowest = Math.max(slowest, System.nanoTime() - begin);
				mostDrained = Math.max(mostDrained, (int) (factory.getStatus().connections().total() - before));
				assertThat(factory.getState()).isEqualTo(SocketState.STOPPED);
				load.end(clients);
				toldSeen = load.told.get();
				factory.start();
				Await.await().until(() -> factory.getState() == SocketState.LISTENING);
			}
			Drill.print("stop under load",
					"%d rounds, listen queue %d, %d clients told they are connected, %d got their byte, %d lost of those connected "
							+ "before the stop, %d in TCP's own window; longest stop %d ms, at most %d accepted in one",
					ROUNDS, listenQueue, toldSeen, load.served.get(), load.lostBefore.get(), load.lostDuring.get(),
					Duration.ofNanos(slowest).toMillis(), mostDrained);
			assertThat(load.lostBefore).as("connected before the stop, and lost").hasValue(0);
			if (listenQueue > ROUNDS) {
				// The drain is hardly ever ended by its bound
				assertThat(load.lostDuring).as("told during the stop, and lost").hasValueLessThan(ROUNDS / 2);
			}
			assertThat(load.served.get() + load.lostDuring.get()).isEqualTo(load.told.get());
			assertThat(factory.getStatus().connections().total()).isEqualTo(load.served.get());
			assertThat(harness.getFailures()).isEmpty();
		}
		assertThat(Duration.ofNanos(slowest)).isLessThan(Duration.ofSeconds(1));
		assertThat(output).doesNotContain("ERROR", "WARN");
	}

	/**
	 * Clients that connect, wait for their byte, and begin anew until they are refused.
	 */
	private static final class Load {

		private final AtomicLong stopCalled = new AtomicLong(Long.MAX_VALUE);

		private final AtomicLong told = new AtomicLong();

		private final AtomicLong served = new AtomicLong();

		private final AtomicInteger lostBefore = new AtomicInteger();

		private final AtomicInteger lostDuring = new AtomicInteger();

		private Thread[] begin(InetSocketAddress address) {
			this.stopCalled.set(Long.MAX_VALUE);
			Thread[] threads = new Thread[CLIENT_THREADS];
			for (int i = 0; i < CLIENT_THREADS; i++) {
				threads[i] = new Thread(() -> connectUntilRefused(address), "client-" + i);
				threads[i].start();
			}
			return threads;
		}

		private void end(Thread[] threads) throws InterruptedException {
			for (Thread thread : threads) {
				thread.join(20_000);
				assertThat(thread.isAlive()).as("a client that is neither served nor refused").isFalse();
			}
		}

		private void connectUntilRefused(InetSocketAddress address) {
			boolean refused = false;
			while (!refused) {
				refused = !connect(address);
			}
		}

		private boolean connect(InetSocketAddress address) {
			try (Socket client = new Socket()) {
				client.setSoTimeout(10_000);
				client.connect(address, 10_000);
				long connected = System.nanoTime();
				this.told.incrementAndGet();
				if (isAnswered(client)) {
					this.served.incrementAndGet();
				}
				else if (connected < this.stopCalled.get()) {
					this.lostBefore.incrementAndGet();
				}
				else {
					this.lostDuring.incrementAndGet();
				}
				return true;
			}
			catch (ConnectException ex) {
				return false;
			}
			catch (IOException ex) {
				// Reset while connecting: never told that it is connected
				return true;
			}
		}

		private static boolean isAnswered(Socket client) {
			try {
				return client.getInputStream().read() == 'x';
			}
			catch (IOException ex) {
				return false;
			}
		}

	}

}
