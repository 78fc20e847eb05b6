package dev.socketfactory.benchmarks;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * A process that says when it is ready, answers the lines of its standard input, and ends
 * with that.
 */
final class PeerProcess implements AutoCloseable {

	private static final int PATIENCE_SECONDS = 60;

	private final Process process;

	private final BufferedReader out;

	private final BufferedWriter in;

	private final Path log;

	private final String target;

	private final long startNanos;

	/**
	 * Start it and wait until it is ready.
	 * @throws IOException if it cannot be started, or ends before it is ready
	 */
	PeerProcess(List<String> command, Path log) throws IOException {
		this.log = log;
		long begun = System.nanoTime();
		this.process = new ProcessBuilder(command).redirectError(log.toFile()).start();
		this.out = this.process.inputReader();
		this.in = this.process.outputWriter();
		try {
			this.target = answer().substring("READY".length()).strip();
		}
		catch (IOException | RuntimeException ex) {
			this.process.destroyForcibly();
			throw ex;
		}
		this.startNanos = System.nanoTime() - begun;
	}

	/**
	 * Return where it listens: a port or a path.
	 */
	String getTarget() {
		return this.target;
	}

	long getPid() {
		return this.process.pid();
	}

	/**
	 * Return how long it took from the start of the process until it was ready.
	 */
	long getStartNanos() {
		return this.startNanos;
	}

	/**
	 * Ask something that is answered in one line.
	 */
	String ask(String question) throws IOException {
		this.in.write(question + "\n");
		this.in.flush();
		return answer();
	}

	/**
	 * Return the resident set in bytes.
	 */
	long getResidentBytes() throws IOException {
		return status("VmRSS") * 1024;
	}

	/**
	 * Wait until it has at least that many files open and their number does not change
	 * any more: it has accepted what was connected, and closed what was reset.
	 */
	void awaitDescriptors(int count) throws IOException {
		long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
		long before = -1;
		for (long now = getDescriptors(); now < count || now != before; now = getDescriptors()) {
			if (System.nanoTime() > deadline) {
				throw new IOException("It has %d files open, not %d".formatted(now, count));
			}
			before = now;
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
		}
	}

	private long getDescriptors() throws IOException {
		try (Stream<Path> files = Files.list(Path.of("/proc", String.valueOf(getPid()), "fd"))) {
			return files.count();
		}
	}

	long getThreads() throws IOException {
		return status("Threads");
	}

	private long status(String field) throws IOException {
		return Files.readAllLines(Path.of("/proc", String.valueOf(getPid()), "status"))
			.stream()
			.filter((line) -> line.startsWith(field + ":"))
			.mapToLong((line) -> Long.parseLong(line.replaceAll("[^0-9]", "")))
			.findFirst()
			.orElseThrow();
	}

	private String answer() throws IOException {
		CompletableFuture<String> line = CompletableFuture.supplyAsync(() -> {
			try {
				return String.valueOf(this.out.readLine());
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		});
		try {
			String answer = line.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
			if (answer.equals("null")) {
				throw new IOException("It has ended: " + lastWords());
			}
			return answer;
		}
		catch (ExecutionException | TimeoutException ex) {
			throw new IOException("It does not answer: " + lastWords(), ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IOException(ex);
		}
	}

	private String lastWords() throws IOException {
		return Files.readAllLines(this.log).stream().filter((line) -> !line.isBlank()).findFirst().orElse("in silence");
	}

	@Override
	public void close() {
		try {
			this.in.close();
			if (!this.process.waitFor(5, TimeUnit.SECONDS)) {
				this.process.destroyForcibly().waitFor();
			}
		}
		catch (IOException ex) {
			this.process.destroyForcibly();
		}
		catch (InterruptedException ex) {
			this.process.destroyForcibly();
			Thread.currentThread().interrupt();
		}
	}

}
