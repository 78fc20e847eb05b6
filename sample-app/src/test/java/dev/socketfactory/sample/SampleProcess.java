package dev.socketfactory.sample;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.awaitility.Awaitility;

import org.springframework.util.StringUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The sample, running in a process of its own on free ports.
 */
final class SampleProcess implements AutoCloseable {

	private static final Pattern STARTED = Pattern.compile("Started SampleApplication in ");

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private final Process process;

	private final Path log;

	/**
	 * One for all requests, so that they share a connection.
	 */
	private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private SampleProcess(Process process, Path log) {
		this.process = process;
		this.log = log;
	}

	/**
	 * Start the sample and wait until it has started.
	 */
	static SampleProcess start(Path folder, List<String> jvmOptions, String... arguments) throws IOException {
		return start(folder, Collections.emptyList(), withJar(jvmOptions), arguments);
	}

	/**
	 * Start the sample from its class path, as an IDE does, and wait until it has
	 * started.
	 */
	static SampleProcess startFromClassPath(Path folder, String classPath, String... arguments) throws IOException {
		return start(folder, Collections.emptyList(), List.of("-cp", classPath, SampleApplication.class.getName()),
				arguments);
	}

	/**
	 * Start the sample with few descriptors and wait until it has started.
	 */
	static SampleProcess startWithDescriptors(Path folder, int descriptors, String... arguments) throws IOException {
		return start(folder, List.of("bash", "-c", "ulimit -n %d; exec \"$@\"".formatted(descriptors), "bash"),
				withJar(Collections.emptyList()), arguments);
	}

	private static List<String> withJar(List<String> jvmOptions) {
		List<String> options = new ArrayList<>(jvmOptions);
		options.addAll(Arrays.asList(StringUtils.tokenizeToStringArray(System.getProperty("sample.jvm.args"), " ")));
		options.addAll(List.of("-jar", System.getProperty("sample.jar")));
		return options;
	}

	private static SampleProcess start(Path folder, List<String> before, List<String> jvmOptions, String... arguments)
			throws IOException {
		Path log = folder.resolve("sample.log");
		List<String> command = new ArrayList<>(before);
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(jvmOptions);
		command.add("--server.port=0");
		command.addAll(List.of(arguments));
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
		builder.environment().putAll(Map.of("ROT13_PORT", "0", "ECHO_PORT", "0", "SAMPLE_FOLDER", folder.toString()));
		builder.environment().remove("JAVA_TOOL_OPTIONS");
		SampleProcess sample = new SampleProcess(builder.start(), log);
		try {
			Awaitility.await()
				.atMost(PATIENCE)
				.until(() -> STARTED.matcher(sample.log()).find() || !sample.process.isAlive());
			assertThat(sample.process.isAlive()).as(sample::log).isTrue();
			return sample;
		}
		catch (RuntimeException | Error ex) {
			sample.close();
			throw ex;
		}
	}

	/**
	 * Return what the sample has printed.
	 */
	String log() {
		try {
			return Files.readString(this.log);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	int portOf(String listener) {
		return number("listener '%s' listening on 127\\.0\\.0\\.1:(\\d+) ".formatted(listener));
	}

	HttpResponse<String> get(String path) throws IOException, InterruptedException {
		URI uri = URI.create("http://127.0.0.1:%d%s".formatted(number("Tomcat started on port (\\d+) "), path));
		return this.http.send(HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(20)).build(),
				HttpResponse.BodyHandlers.ofString());
	}

	/**
	 * Ask over a connection of its own, which takes a descriptor of the sample.
	 * @return the status of the answer
	 */
	int getOverNewConnection(String path) throws IOException {
		URI uri = URI.create("http://127.0.0.1:%d%s".formatted(number("Tomcat started on port (\\d+) "), path));
		HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
		connection.setRequestProperty("Connection", "close");
		connection.setReadTimeout(20_000);
		return connection.getResponseCode();
	}

	CpuTimes cpu() throws IOException {
		return CpuTimes.of(this.process.pid());
	}

	long countLogLines() {
		return log().lines().count();
	}

	/**
	 * Send SIGTERM and wait for the end.
	 */
	int terminate(Duration patience) throws InterruptedException {
		this.process.destroy();
		assertThat(this.process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)).as(this::log).isTrue();
		return this.process.exitValue();
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
		try {
			this.process.waitFor(10, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private int number(String pattern) {
		Matcher matcher = Pattern.compile(pattern).matcher(log());
		assertThat(matcher.find()).as("%s in %s", pattern, log()).isTrue();
		return Integer.parseInt(matcher.group(1));
	}

}
