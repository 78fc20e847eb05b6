package dev.socketfactory.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs the same code on several threads at once, and waits for the ends of threads.
 */
public final class Parallel {

	private Parallel() {
	}

	/**
	 * Run code on several threads that begin together.
	 * @param threads number of threads
	 * @param code what to run, given the number of its thread from 0 on
	 * @throws Exception what the first of them that failed threw
	 */
	public static void run(int threads, Code code) throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		try {
			CyclicBarrier begin = new CyclicBarrier(threads);
			List<Future<?>> results = new ArrayList<>();
			for (int i = 0; i < threads; i++) {
				int thread = i;
				results.add(executor.submit(() -> {
					begin.await(10, TimeUnit.SECONDS);
					code.run(thread);
					return null;
				}));
			}
			for (Future<?> result : results) {
				result.get(50, TimeUnit.SECONDS);
			}
		}
		finally {
			executor.shutdownNow();
			executor.awaitTermination(10, TimeUnit.SECONDS);
		}
	}

	/**
	 * Interrupt threads and wait until they have ended.
	 */
	public static void end(ExecutorService executor) {
		executor.shutdownNow();
		try {
			assertThat(executor.awaitTermination(10, TimeUnit.SECONDS)).as("all threads have ended").isTrue();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * What one thread runs.
	 */
	@FunctionalInterface
	public interface Code {

		void run(int thread) throws Exception;

	}

}
