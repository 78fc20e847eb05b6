package dev.socketfactory.testing;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What the engine does while it waits for a connection to be closed, without the engine:
 * waking up every 10 milliseconds. On a virtual machine that alone may take nearly a
 * hundredth of a core.
 */
public final class WakeUps {

	private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

	private static final int SHARE = 2;

	private WakeUps() {
	}

	/**
	 * Measure, in a part of a time, the processor time that they take in all of it, on
	 * this machine as busy as it is now.
	 */
	public static Duration cpuTime(Duration during) throws InterruptedException {
		ThreadMXBean threads = ManagementFactory.getThreadMXBean();
		long[] cpuNanos = new long[1];
		Thread thread = new Thread(() -> {
			long end = System.nanoTime() + during.dividedBy(SHARE).toNanos();
			while (System.nanoTime() - end < 0) {
				LockSupport.parkNanos(INTERVAL_NANOS);
			}
			cpuNanos[0] = threads.getCurrentThreadCpuTime();
		}, "wake-ups");
		thread.start();
		thread.join();
		return Duration.ofNanos(SHARE * cpuNanos[0]);
	}

}
