package dev.socketfactory.engine;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import dev.socketfactory.testing.LeakCheck;
import dev.socketfactory.testing.Parallel;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Drill: how much a saturated pool serves with a queue and without one.
 */
@Tag("drill")
@ExtendWith(LeakCheck.class)
class PoolThroughputDrillTests {

	private static final int THREADS = 4;

	private static final int CLIENTS = 16;

	private static final int ROUNDS = 5;

	private static final long ROUND_NANOS = TimeUnit.SECONDS.toNanos(1);

	@Test
	void aPoolWithoutAQueueServesLikeOneWithAQueue() throws Exception {
		serve(new SynchronousQueue<>());
		serve(new LinkedBlockingQueue<>());
		int[] without = new int[ROUNDS];
		int[] with = new int[ROUNDS];
		double[] ratios = new double[ROUNDS];
		for (int i = 0; i < ROUNDS; i++) {
			without[i] = serve(new SynchronousQueue<>());
			with[i] = serve(new LinkedBlockingQueue<>());
			ratios[i] = (double) without[i] / with[i];
		}
		Arrays.sort(ratios);
		Drill.print("pool throughput",
				"%d threads, handlers of 1 ms, %d clients that come back at once: %s a second without a queue, %s with "
						+ "one, median of the ratios %.2f",
				THREADS, CLIENTS, Arrays.toString(without), Arrays.toString(with), ratios[ROUNDS / 2]);
	}

	private static int serve(BlockingQueue<Runnable> queue) throws Exception {
		int core = (queue instanceof SynchronousQueue) ? 0 : THREADS;
		ThreadPoolExecutor pool = new ThreadPoolExecutor(core, THREADS, 60, TimeUnit.SECONDS, queue);
		AtomicInteger served = new AtomicInteger();
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor(pool, THREADS)) {
			harness.handle((event) -> {
				LockSupport.parkNanos(1_000_000);
				Drill.answer(event);
			});
			InetSocketAddress address = SocketFactoryHarness
				.addressOf(harness.listen(SocketFactoryHarness.loopback().reuse(true)));
			long end = System.nanoTime() + ROUND_NANOS;
			Parallel.run(CLIENTS, (thread) -> {
				while (System.nanoTime() - end < 0) {
					try (Socket client = new Socket(address.getAddress(), address.getPort())) {
						client.setSoLinger(true, 0);
						assertThat(client.getInputStream().read()).isEqualTo('x');
						served.incrementAndGet();
					}
				}
			});
		}
		finally {
			Parallel.end(pool);
		}
		return served.get();
	}

}
