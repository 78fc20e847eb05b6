package dev.socketfactory.testing;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A Java process that a test gives commands to, one a line, and whose answers are the
 * lines that begin with {@code result}.
 */
public final class ChildProcess implements AutoCloseable {

	private static final Pattern NEEDED = Pattern
		.compile("(spring-(core|context|beans|aop|test)|commons-logging|jnr-constants|jspecify)-[0-9].*");

	private final Process process;

	private final BlockingQueue<String> results = new LinkedBlockingQueue<>();

	private final List<String> output = Collections.synchronizedList(new ArrayList<>());

	private final Thread reader;

	private ChildProcess(Process process) {
		this.process = process;
		this.reader = new Thread(this::readOutput, "child-output");
		this.reader.setDaemon(true);
		this.reader.start();
	}

	/**
	 * Start a process.
	 * @param before what stands on the command line before the path of {@code java}
	 * @param main class with the main method
	 * @param options further options of the virtual machine
	 * @return the process
	 */
	public static ChildProcess start(List<String> before, Class<?> main, String... options) throws IOException {
		return start(before, classPath(), main, options);
	}

	/**
	 * Start a process with the whole class path of the tests.
	 * @param main class with the main method
	 * @param options further options of the virtual machine
	 * @return the process
	 */
	public static ChildProcess startWhole(Class<?> main, String... options) throws IOException {
		return start(Collections.emptyList(), System.getProperty("java.class.path"), main, options);
	}

	private static ChildProcess start(List<String> before, String classPath, Class<?> main, String... options)
			throws IOException {
		List<String> command = new ArrayList<>(before);
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
		// Spring Boot would load in the background what no test uses
		command.add("-Dspring.backgroundpreinitializer.ignore=true");
		command.addAll(List.of(options));
		command.addAll(List.of("-cp", classPath, main.getName()));
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
		builder.environment().put("LC_ALL", "C");
		return new ChildProcess(builder.start());
	}

	public String ask(String command) throws IOException, InterruptedException {
		send(command);
		return next();
	}

	public void send(String command) throws IOException {
		this.process.getOutputStream().write((command + "\n").getBytes(StandardCharsets.UTF_8));
		this.process.getOutputStream().flush();
	}

	public String next() throws InterruptedException {
		String result = this.results.poll(30, TimeUnit.SECONDS);
		assertThat(result).as(() -> String.join("\n", this.output)).isNotNull();
		return result;
	}

	public List<String> getOutput() {
		return List.copyOf(this.output);
	}

	/**
	 * Count the descriptors that the process has open, from outside, where that takes
	 * none of them. Linux only.
	 */
	public int countDescriptors() {
		try (Stream<Path> descriptors = Files.list(Path.of("/proc", String.valueOf(this.process.pid()), "fd"))) {
			return (int) descriptors.count();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Return the processor time that the threads of the process have taken, as the
	 * scheduler of Linux counts it, which is finer than the ticks that the JDK reads.
	 */
	public long getCpuNanos() {
		try (Stream<Path> threads = Files.list(Path.of("/proc", String.valueOf(this.process.pid()), "task"))) {
			return threads.map((thread) -> thread.resolve("schedstat")).mapToLong(ChildProcess::readFirstNumber).sum();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static long readFirstNumber(Path file) {
		try {
			return Long.parseLong(Files.readString(file).split(" ")[0]);
		}
		catch (IOException ex) {
			// The thread has ended
			return 0;
		}
	}

	/**
	 * Wait until the process has ended by itself.
	 * @return its exit code
	 */
	public int awaitEnd() throws InterruptedException {
		assertThat(this.process.waitFor(40, TimeUnit.SECONDS)).as(() -> String.join("\n", this.output)).isTrue();
		this.reader.join(TimeUnit.SECONDS.toMillis(10));
		return this.process.exitValue();
	}

	/**
	 * Send SIGTERM, and go on reading the output.
	 */
	public void terminate() {
		this.process.toHandle().destroy();
	}

	@Override
	public void close() throws IOException, InterruptedException {
		this.process.getOutputStream().close();
		boolean ended = this.process.waitFor(10, TimeUnit.SECONDS);
		this.process.destroyForcibly().waitFor();
		this.reader.join(TimeUnit.SECONDS.toMillis(10));
		assertThat(ended).as(() -> "ended by itself: " + String.join("\n", this.output)).isTrue();
	}

	/**
	 * The engine and what it needs: each jar takes a descriptor.
	 */
	private static String classPath() {
		return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> !entry.endsWith(".jar") || NEEDED.matcher(new File(entry).getName()).matches())
			.collect(Collectors.joining(File.pathSeparator));
	}

	private void readOutput() {
		try (BufferedReader lines = this.process.inputReader()) {
			for (String line = lines.readLine(); line != null; line = lines.readLine()) {
				this.output.add(line);
				if (line.startsWith("result ")) {
					this.results.add(line.substring("result ".length()));
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
