package dev.socketfactory.engine;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import dev.socketfactory.event.ConnectionAcceptedEvent;

/**
 * What drills have in common: they print their figures, which {@code docs/reliability.md}
 * has copies of.
 */
public final class Drill {

	private static final int REFUSALS = 20;

	private static final long REFUSED_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

	private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

	private Drill() {
	}

	/**
	 * Print figures.
	 * @param name name of the drill
	 * @param figures format of the figures
	 * @param values the figures
	 */
	public static void print(String name, String figures, Object... values) {
		System.out
			.println("drill %s (Java %d): %s".formatted(name, Runtime.version().feature(), figures.formatted(values)));
	}

	/**
	 * Give a client one byte and close its connection.
	 */
	public static void answer(ConnectionAcceptedEvent event) {
		try (SocketChannel channel = event.claimBlockingChannel()) {
			channel.write(ByteBuffer.wrap(new byte[] { 'x' }));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Return how long 99 of 100 times were at most, in milliseconds.
	 * @param nanos times in nanoseconds
	 */
	public static double percentile99(List<Long> nanos) {
		List<Long> sorted = nanos.stream().sorted().toList();
		return sorted.get(sorted.size() * 99 / 100) / 1e6;
	}

	/**
	 * Return the value in the middle, which one measurement on a busy machine does not
	 * change.
	 */
	public static Duration median(List<Duration> times) {
		return times.stream().sorted().toList().get(times.size() / 2);
	}

	/**
	 * Count the descriptors that this process has open.
	 * @return their number, 0 where the system does not tell
	 */
	static long countDescriptors() {
		if (!Files.isDirectory(DESCRIPTORS)) {
			return 0;
		}
		try (Stream<Path> descriptors = Files.list(DESCRIPTORS)) {
			return descriptors.count();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Take all descriptors that this process can still have. A thread that has just begun
	 * has a file open for a moment, and so has the JVM now and then, so what comes free
	 * shortly after is taken, too.
	 * @return what holds them
	 */
	static List<FileInputStream> takeAllDescriptors() {
		List<FileInputStream> files = new ArrayList<>();
		int refused = 0;
		while (refused < REFUSALS) {
			try {
				files.add(new FileInputStream("/dev/null"));
				refused = 0;
			}
			catch (IOException ex) {
				refused++;
				LockSupport.parkNanos(REFUSED_NANOS);
			}
		}
		return files;
	}

	/**
	 * Count the threads of this process, without those of Awaitility.
	 * @return their number
	 */
	static long countThreads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> !thread.getName().startsWith("awaitility"))
			.count();
	}

	/**
	 * Return the id of the only thread of a name.
	 */
	static long threadId(String name) {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().equals(name))
			.mapToLong(Thread::getId)
			.findFirst()
			.orElseThrow();
	}

}
