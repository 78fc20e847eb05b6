package dev.socketfactory.engine;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;

/**
 * Makes threads, but none while they are short, as when the system has no more.
 */
final class ScarceThreads implements ThreadFactory {

	private final List<Thread> made = new CopyOnWriteArrayList<>();

	private volatile boolean scarce;

	void setShort(boolean scarce) {
		this.scarce = scarce;
	}

	long countAlive() {
		return this.made.stream().filter(Thread::isAlive).count();
	}

	@Override
	public Thread newThread(Runnable task) {
		if (this.scarce) {
			throw new OutOfMemoryError("unable to create native thread");
		}
		Thread thread = new Thread(task);
		thread.setDaemon(true);
		this.made.add(thread);
		return thread;
	}

}
