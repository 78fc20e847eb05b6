package dev.socketfactory.benchmarks;

/**
 * The heap that a process needs.
 */
public final class LiveHeap {

	private static final int MOST_COLLECTIONS = 10;

	private static final long CLEANERS_MILLIS = 200;

	private LiveHeap() {
	}

	/**
	 * Return the bytes in use when collections find no more garbage: cleaners run after
	 * one, on a thread of their own, and what they let go is left to the next.
	 * @return the number of bytes
	 */
	public static long measure() {
		long least = collect();
		for (int i = 1; i < MOST_COLLECTIONS; i++) {
			long used = collect();
			if (used >= least) {
				return least;
			}
			least = used;
		}
		return least;
	}

	private static long collect() {
		System.gc();
		try {
			Thread.sleep(CLEANERS_MILLIS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		Runtime runtime = Runtime.getRuntime();
		return runtime.totalMemory() - runtime.freeMemory();
	}

}
