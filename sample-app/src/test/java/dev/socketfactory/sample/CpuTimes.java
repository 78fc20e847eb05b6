package dev.socketfactory.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The processor time that each thread of a process has taken, from the scheduler
 * statistics of Linux, which are finer than the ticks of proc(5).
 *
 * @param nanos nanoseconds by the thread's id and name
 */
record CpuTimes(Map<String, Long> nanos) {

	static CpuTimes of(long pid) throws IOException {
		Map<String, Long> nanos = new TreeMap<>();
		try (Stream<Path> threads = Files.list(Path.of("/proc", String.valueOf(pid), "task"))) {
			for (Path thread : threads.toList()) {
				add(nanos, thread);
			}
		}
		return new CpuTimes(nanos);
	}

	private static void add(Map<String, Long> nanos, Path thread) throws IOException {
		try {
			String name = Files.readString(thread.resolve("comm")).strip();
			String taken = Files.readString(thread.resolve("schedstat")).split(" ")[0];
			nanos.put(thread.getFileName() + " " + name, Long.parseLong(taken));
		}
		catch (NoSuchFileException ex) {
			// The thread has ended
		}
	}

	/**
	 * Return what was taken since an earlier look.
	 */
	CpuTimes since(CpuTimes before) {
		Map<String, Long> since = new TreeMap<>();
		this.nanos.forEach((thread, count) -> {
			long taken = count - before.nanos.getOrDefault(thread, 0L);
			if (taken > 0) {
				since.put(thread, taken);
			}
		});
		return new CpuTimes(since);
	}

	/**
	 * Return what the threads of the socket factories took. Linux keeps 15 characters of
	 * a name.
	 */
	Duration ofSocketFactories() {
		return sum((thread) -> thread.contains(" socket-"));
	}

	/**
	 * Return what all threads took, other than those that compile: how much they have to
	 * do depends on how long the process has been running.
	 */
	Duration withoutCompiler() {
		return sum((thread) -> !thread.contains("CompilerThre"));
	}

	private Duration sum(Predicate<String> threads) {
		return Duration.ofNanos(this.nanos.entrySet()
			.stream()
			.filter((entry) -> threads.test(entry.getKey()))
			.mapToLong(Map.Entry::getValue)
			.sum());
	}

	@Override
	public String toString() {
		return "%d ms, %d ms without the compiler, %d ms of the event loop".formatted(sum((thread) -> true).toMillis(),
				withoutCompiler().toMillis(), ofSocketFactories().toMillis());
	}

}
