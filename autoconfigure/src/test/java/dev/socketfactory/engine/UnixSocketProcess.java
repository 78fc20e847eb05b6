package dev.socketfactory.engine;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.InvalidSocketSpecException;
import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketFailure;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketSpecBuilder;
import dev.socketfactory.SocketState;
import dev.socketfactory.SocketType;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.EventRecorder;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Another Java process that opens sockets and holds them until its input ends, or until
 * it is killed.
 */
public final class UnixSocketProcess implements AutoCloseable {

	/**
	 * A prefix of the command line that takes the rights of root away.
	 */
	static final List<String> WITHOUT_PRIVILEGES = List.of("setpriv", "--bounding-set=-all", "--inh-caps=-all");

	/**
	 * What tests log with; the JDK's own starts faster.
	 */
	private static final Pattern LOGGING = Pattern.compile("(logback|log4j|slf4j|jul-to-slf4j)-.*\\.jar");

	private static final String RESULT = "result ";

	private final Process process;

	private final BlockingQueue<String> results = new LinkedBlockingQueue<>();

	private final List<String> output = Collections.synchronizedList(new ArrayList<>());

	private final Thread reader;

	private UnixSocketProcess(Process process) {
		this.process = process;
		this.reader = new Thread(this::read, "child-output");
		this.reader.setDaemon(true);
		this.reader.start();
	}

	public static UnixSocketProcess start(String... arguments) throws IOException {
		return start(Collections.emptyList(), Map.of("LC_ALL", "C.UTF-8"), "", arguments);
	}

	/**
	 * Start a process as an ordinary user would.
	 */
	public static UnixSocketProcess startUnprivileged(String... arguments) throws IOException {
		return start(isRoot() ? WITHOUT_PRIVILEGES : Collections.emptyList(), Map.of("LC_ALL", "C.UTF-8"), "",
				arguments);
	}

	public static UnixSocketProcess start(List<String> before, Map<String, String> environment, String withoutJars,
			String... arguments) throws IOException {
		List<String> command = new ArrayList<>(before);
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", classPath(withoutJars),
				UnixSocketProcess.class.getName()));
		command.addAll(List.of(arguments));
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
		builder.environment().keySet().removeIf((name) -> name.startsWith("LC_") || name.startsWith("LANG"));
		builder.environment().putAll(environment);
		return new UnixSocketProcess(builder.start());
	}

	static boolean isRoot() {
		return "root".equals(System.getProperty("user.name"));
	}

	/**
	 * Return the next result.
	 */
	public String next() throws InterruptedException {
		String result = this.results.poll(40, TimeUnit.SECONDS);
		assertThat(result).as(() -> String.join("\n", this.output)).isNotNull();
		return result;
	}

	/**
	 * Kill the process, so that it cannot tidy up.
	 */
	public void kill() throws InterruptedException {
		this.process.destroyForcibly();
		assertThat(this.process.waitFor(10, TimeUnit.SECONDS)).isTrue();
	}

	@Override
	public void close() throws IOException, InterruptedException {
		try {
			this.process.getOutputStream().close();
		}
		catch (IOException ex) {
			// It has ended already
		}
		if (!this.process.waitFor(20, TimeUnit.SECONDS)) {
			kill();
		}
		this.reader.join(TimeUnit.SECONDS.toMillis(10));
	}

	private static String classPath(String withoutJars) {
		return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> withoutJars.isEmpty() || !new File(entry).getName().startsWith(withoutJars))
			.filter((entry) -> !LOGGING.matcher(new File(entry).getName()).matches())
			.collect(Collectors.joining(File.pathSeparator));
	}

	private void read() {
		try (BufferedReader lines = new BufferedReader(
				new InputStreamReader(this.process.getInputStream(), StandardCharsets.UTF_8))) {
			for (String line = lines.readLine(); line != null; line = lines.readLine()) {
				this.output.add(line);
				if (line.startsWith(RESULT)) {
					this.results.add(line.substring(RESULT.length()));
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Open the sockets that the arguments describe, tell how that went and wait for the
	 * end of the input.
	 */
	public static void main(String[] args) throws Exception {
		PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
		try (EventRecorder recorder = new EventRecorder(DispatchMode.INLINE)) {
			recorder.handle((event) -> event.claimChannel());
			for (int i = 0; i < args.length; i++) {
				out.println(RESULT + open(recorder, "test-" + (i + 1), args[i].split(" ")));
			}
			awaitEndOfInput();
		}
	}

	private static String open(EventRecorder recorder, String name, String[] words) {
		try {
			boolean client = words[0].equals("client");
			ManagedSocketFactory factory = recorder.open(spec(client, name, words));
			Await.await()
				.until(() -> factory.getState() != SocketState.RESOLVING
						&& factory.getState() != SocketState.CONNECTING);
			SocketFailure failure = factory.getLastFailure();
			return (failure != null) ? String.join("|", failure.operation(), String.valueOf(failure.errno()),
					failure.errnoName(), failure.message()) : factory.getState().toString();
		}
		catch (InvalidSocketSpecException ex) {
			return ex.getMessage();
		}
	}

	private static SocketSpecBuilder spec(boolean client, String name, String[] words) {
		SocketSpecBuilder spec = client ? SocketSpec.client(name) : SocketSpec.listener(name);
		spec.domain(SocketDomain.AF_UNIX);
		for (int i = 1; i < words.length; i++) {
			String value = words[i].substring(words[i].indexOf('=') + 1);
			switch (words[i].substring(0, words[i].indexOf('='))) {
				case "type" -> spec.type(SocketType.of(value));
				case "domain" -> spec.domain(value);
				case "bind" -> spec.bind(value);
				case "remote" -> spec.remote(value);
				case "reuse" -> spec.reuse(value);
				case "mode" -> spec.unixMode(value);
				case "paused" -> spec.startPaused(Boolean.parseBoolean(value));
				default -> throw new IllegalArgumentException(words[i]);
			}
		}
		return spec;
	}

	private static void awaitEndOfInput() throws IOException {
		while (System.in.read() >= 0) {
			// The line means nothing
		}
	}

}
