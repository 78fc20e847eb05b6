package dev.socketfactory.sample;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The processor time that each thread of a process has taken, from proc(5) of Linux.
 *
 * @param ticks hundredths of a second by the thread's id and name
 */
record CpuTimes(Map<String, Long> ticks) {

	private static final int TICK_MILLIS = 10;

	static CpuTimes of(long pid) throws IOException {
		Map<String, Long> ticks = new TreeMap<>();
		try (Stream<Path> threads = Files.list(Path.of("/proc", String.valueOf(pid), "task"))) {
			for (Path thread : threads.toList()) {
				add(ticks, thread);
			}
		}
		return new CpuTimes(ticks);
	}

	private static void add(Map<String, Long> ticks, Path thread) throws IOException {
		try {
			String stat = Files.readString(thread.resolve("stat"));
			String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
			List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" "));
			ticks.put(thread.getFileName() + " " + name,
					Long.parseLong(fields.get(11)) + Long.parseLong(fields.get(12)));
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
		this.ticks.forEach((thread, count) -> {
			long taken = count - before.ticks.getOrDefault(thread, 0L);
			if (taken > 0) {
				since.put(thread, taken);
			}
		});
		return new CpuTimes(since);
	}

	/**
	 * Return what all threads took, other than those that compile: how much they have to
	 * do depends on how long the process has been running.
	 */
	Duration withoutCompiler() {
		return sum((thread) -> !thread.contains("CompilerThre"));
	}

	private Duration sum(Predicate<String> threads) {
		return Duration.ofMillis(TICK_MILLIS * this.ticks.entrySet()
			.stream()
			.filter((entry) -> threads.test(entry.getKey()))
			.mapToLong(Map.Entry::getValue)
			.sum());
	}

	@Override
	public String toString() {
		return "%d ms (%s)".formatted(sum((thread) -> true).toMillis(),
				this.ticks.entrySet()
					.stream()
					.map((entry) -> "%s: %d ms".formatted(entry.getKey().replaceFirst("\\d+ ", ""),
							TICK_MILLIS * entry.getValue()))
					.collect(Collectors.joining(", ")));
	}

}
