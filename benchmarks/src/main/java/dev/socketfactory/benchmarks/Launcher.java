package dev.socketfactory.benchmarks;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

import dev.socketfactory.benchmarks.application.ListenersApplication;
import dev.socketfactory.benchmarks.client.TlsLoad;
import dev.socketfactory.benchmarks.server.Work;

/**
 * Starts the processes. All Java ones get the same flags; where there are several
 * processors and {@code taskset}, servers get all but the last and what they are measured
 * with gets that.
 */
final class Launcher {

	private static final String CONNECT = "connect";

	/**
	 * What the starter brings an application that has no Actuator.
	 */
	private static final String BEYOND_STARTER = ".*(actuator|prometheus|micrometer-registry|spring-boot-micrometer|spring-boot-health).*";

	private static final String STARTER = ".*(autoconfigure/target/classes|socket-factory-spring-boot-[^/]*\\.jar).*";

	private final Path folder;

	private final AtomicInteger sockets = new AtomicInteger();

	private final int processors = Runtime.getRuntime().availableProcessors();

	private final boolean measuring;

	private final boolean pinning;

	/**
	 * Create a launcher, which compiles the programs in C.
	 * @param folder where programs, keys, socket files and logs go
	 * @param measuring whether processes get processors of their own, if there are
	 * several, and the compiler that takes long; {@code false} to see that they work
	 */
	Launcher(Path folder, boolean measuring) throws IOException {
		this.folder = Files.createDirectories(folder);
		this.measuring = measuring;
		this.pinning = measuring && this.processors > 1 && succeeds("taskset", "-p", "1");
		for (String program : List.of("load", "server")) {
			Path source = extract(program + ".c");
			run(List.of("cc", "-O2", "-o", folder.resolve(program).toString(), source.toString()));
		}
		extract("poe.pl");
		if (Files.notExists(keyStore())) {
			run(List.of(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias",
					"peer", "-keyalg", "EC", "-dname", "CN=localhost", "-ext", "san=ip:127.0.0.1", "-validity", "30",
					"-storetype", "PKCS12", "-storepass", "benchmark", "-keystore", keyStore().toString()));
		}
	}

	/**
	 * Return the flags that every JVM gets.
	 */
	static List<String> flags() {
		List<String> flags = new ArrayList<>(List.of("-Xmx512m", "-XX:+UseSerialGC"));
		if (Runtime.version().feature() >= 22) {
			flags.add("--enable-native-access=ALL-UNNAMED");
		}
		return flags;
	}

	/**
	 * Return how the processors are shared out, in words.
	 */
	String describePinning() {
		return this.pinning ? "servers on processors %s, load on %d".formatted(serverProcessors(), this.processors - 1)
				: "not pinned";
	}

	PeerProcess server(Peer peer, Work work, boolean unix) throws IOException {
		String target = unix ? this.folder.resolve("s" + this.sockets.incrementAndGet()).toString() : "tcp";
		if (unix) {
			Files.deleteIfExists(Path.of(target));
		}
		List<String> command = switch (peer.program()) {
			case "server.c" ->
				List.of(this.folder.resolve("server").toString(), work.name().toLowerCase(Locale.ROOT), target);
			case "poe.pl" ->
				List.of("perl", this.folder.resolve("poe.pl").toString(), work.name().toLowerCase(Locale.ROOT), target);
			default -> java(classPath(peer.isStarter() ? BEYOND_STARTER : "-"), peer.program(), peer.variant(),
					work.name(), target);
		};
		return new PeerProcess(pinned(serverProcessors(), command), log(peer.name() + " " + work));
	}

	PeerProcess client(Peer peer, String target, int inFlight) throws IOException {
		List<String> command = peer.program().equals("load.c")
				? List.of(this.folder.resolve("load").toString(), CONNECT, target, String.valueOf(inFlight))
				: java(classPath(peer.isStarter() ? BEYOND_STARTER : "-"), peer.program(), target,
						String.valueOf(inFlight));
		return new PeerProcess(pinned(serverProcessors(), command), log(peer.name() + " client"));
	}

	/**
	 * Start an application, on all processors.
	 * @param listeners how many listeners it has, {@code -1} for no starter at all
	 */
	PeerProcess application(int listeners) throws IOException {
		return new PeerProcess(java(classPath((listeners < 0) ? STARTER : "-"), ListenersApplication.class.getName(),
				String.valueOf(Math.max(listeners, 0))), log("application " + listeners));
	}

	/**
	 * Hold connections until what is returned is closed.
	 */
	PeerProcess hold(String target, int count) throws IOException {
		return new PeerProcess(
				pinned(loadProcessor(),
						List.of(this.folder.resolve("load").toString(), "hold", target, String.valueOf(count))),
				log("hold"));
	}

	/**
	 * Run the load generator.
	 * @return its figures by name
	 */
	Map<String, Double> load(String... arguments) throws IOException {
		List<String> command = new ArrayList<>(List.of(this.folder.resolve("load").toString()));
		command.addAll(Arrays.asList(arguments));
		return figures(run(pinned(loadProcessor(), command)).strip());
	}

	/**
	 * Start the load generator for TLS, which is told what to do line by line.
	 */
	PeerProcess tlsLoad() throws IOException {
		return new PeerProcess(pinned(loadProcessor(), java(classPath("-"), TlsLoad.class.getName())), log("TLS load"));
	}

	/**
	 * Read what a load generator has said.
	 */
	static Map<String, Double> figures(String line) throws IOException {
		Map<String, Double> figures = new TreeMap<>();
		for (String figure : line.split(" ")) {
			figures.put(figure.substring(0, figure.indexOf('=')),
					Double.parseDouble(figure.substring(figure.indexOf('=') + 1)));
		}
		if (figures.getOrDefault("failures", 0.0) > 0) {
			throw new IOException("Not everybody was served: " + line);
		}
		return figures;
	}

	/**
	 * Return the processor time of a process, threads included that have ended, in
	 * nanoseconds.
	 */
	long cpuNanos(long pid) throws IOException {
		return Long.parseLong(run(List.of(this.folder.resolve("load").toString(), "cpu", String.valueOf(pid))).strip());
	}

	private List<String> java(String classPath, String main, String... arguments) {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(flags());
		if (!this.measuring) {
			command.add("-XX:TieredStopAtLevel=1");
		}
		command.add("-Dbenchmark.key-store=" + keyStore());
		command.addAll(List.of("-cp", classPath, main));
		command.addAll(Arrays.asList(arguments));
		return command;
	}

	private static String classPath(String without) {
		return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> !entry.matches(without))
			.collect(Collectors.joining(File.pathSeparator));
	}

	private List<String> pinned(String processors, List<String> command) {
		if (!this.pinning) {
			return command;
		}
		List<String> pinned = new ArrayList<>(List.of("taskset", "-c", processors));
		pinned.addAll(command);
		return pinned;
	}

	private String serverProcessors() {
		return (this.processors == 2) ? "0" : "0-" + (this.processors - 2);
	}

	private String loadProcessor() {
		return String.valueOf(this.processors - 1);
	}

	private Path keyStore() {
		return this.folder.resolve("peer.p12");
	}

	private Path log(String name) throws IOException {
		return Files.createDirectories(this.folder.resolve("logs"))
			.resolve(name.replaceAll("[^A-Za-z0-9]+", "-") + ".log");
	}

	private Path extract(String name) throws IOException {
		Path file = this.folder.resolve(name);
		try (InputStream in = Launcher.class.getResourceAsStream(name)) {
			Files.write(file, (in != null) ? in.readAllBytes() : new byte[0]);
		}
		return file;
	}

	static String run(List<String> command) throws IOException {
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		process.getOutputStream().close();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		try {
			if (process.waitFor() != 0) {
				throw new IOException("%s: %s".formatted(String.join(" ", command), output.strip()));
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IOException(ex);
		}
		return output;
	}

	static boolean succeeds(String... command) {
		try {
			return new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start()
				.waitFor() == 0;
		}
		catch (IOException ex) {
			return false;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

}
