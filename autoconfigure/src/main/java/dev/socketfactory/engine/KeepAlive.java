package dev.socketfactory.engine;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;

import org.jspecify.annotations.Nullable;

/**
 * A thread that is no daemon, and so keeps the JVM alive, while anything needs that:
 * listeners that are open, are being opened or will be tried again. Safe for use by any
 * thread.
 */
final class KeepAlive {

	private final ThreadFactory threads;

	private final Set<Object> needs = new HashSet<>();

	private @Nullable CountDownLatch latch;

	KeepAlive(ThreadFactory threads) {
		this.threads = threads;
	}

	/**
	 * Keep the JVM alive as long as something needs it.
	 * @param need what needs it
	 * @throws OutOfMemoryError if no thread can be made
	 */
	synchronized void begin(Object need) {
		if (this.latch == null) {
			this.latch = startThread();
		}
		this.needs.add(need);
	}

	synchronized void end(Object need) {
		this.needs.remove(need);
		if (this.needs.isEmpty() && this.latch != null) {
			this.latch.countDown();
			this.latch = null;
		}
	}

	private CountDownLatch startThread() {
		CountDownLatch end = new CountDownLatch(1);
		Thread thread = this.threads.newThread(() -> awaitQuietly(end));
		thread.setName("socket-factory-keep-alive");
		thread.setDaemon(false);
		thread.start();
		return end;
	}

	private static void awaitQuietly(CountDownLatch end) {
		try {
			end.await();
		}
		catch (InterruptedException ex) {
			// Somebody wants this thread to end: so it does
		}
	}

}
