package dev.socketfactory.benchmarks.server;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Threads for blocking code: virtual ones where the JDK has them, else a pool that grows
 * as needed.
 */
final class Threads {

	private static final ExecutorService executor = executor();

	private Threads() {
	}

	static void execute(Task task) {
		executor.execute(() -> {
			try {
				task.run();
			}
			catch (IOException ex) {
				// The client has gone
			}
		});
	}

	static void run(String name, Task task) {
		Thread thread = new Thread(() -> {
			try {
				task.run();
			}
			catch (IOException ex) {
				ex.printStackTrace();
				Runtime.getRuntime().halt(1);
			}
		}, name);
		thread.setDaemon(true);
		thread.start();
	}

	private static ExecutorService executor() {
		try {
			return (ExecutorService) Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
		}
		catch (NoSuchMethodException ex) {
			return Executors.newCachedThreadPool();
		}
		catch (IllegalAccessException | InvocationTargetException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * What a thread does.
	 */
	@FunctionalInterface
	interface Task {

		void run() throws IOException;

	}

}
