package dev.socketfactory.engine;

import java.util.concurrent.CountDownLatch;

import org.jspecify.annotations.Nullable;

/**
 * A thread that is no daemon, and so keeps the JVM alive, while any listener is open.
 */
final class KeepAlive {

	private int open;

	private @Nullable CountDownLatch latch;

	synchronized void opened() {
		if (this.open++ == 0) {
			CountDownLatch end = new CountDownLatch(1);
			this.latch = end;
			Thread thread = new Thread(() -> awaitQuietly(end), "socket-factory-keep-alive");
			thread.setDaemon(false);
			thread.start();
		}
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
