package dev.socketfactory.engine;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;

import org.jspecify.annotations.Nullable;

/**
 * A thread that is no daemon, and so keeps the JVM alive, while any listener is open.
 */
final class KeepAlive {

	private final ThreadFactory threads;

	private int open;

	private @Nullable CountDownLatch latch;

	KeepAlive(ThreadFactory threads) {
		this.threads = threads;
	}

	synchronized void opened() {
		if (this.open == 0) {
			CountDownLatch end = new CountDownLatch(1);
			Thread thread = this.threads.newThread(() -> awaitQuietly(end));
			thread.setName("socket-factory-keep-alive");
			thread.setDaemon(false);
			thread.start();
			this.latch = end;
		}
		this.open++;
	}

	synchronized void closed() {
		if (--this.open == 0 && this.latch != null) {
			this.latch.countDown();
			this.latch = null;
		}
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
