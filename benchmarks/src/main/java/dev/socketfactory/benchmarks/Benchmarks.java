package dev.socketfactory.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.springframework.boot.SpringBootVersion;

/**
 * Runs the comparisons and writes the report.
 */
public final class Benchmarks {

	private static final String MICRO = "jmh";

	private final Launcher launcher;

	private final Settings settings;

	private final Map<String, Part> parts = new LinkedHashMap<>();

	private Benchmarks(Path folder, Settings settings) throws IOException {
		this.launcher = new Launcher(folder.resolve("work"), true);
		this.settings = settings;
		ServerBenchmarks servers = new ServerBenchmarks(this.launcher, settings);
		ApplicationBenchmarks applications = new ApplicationBenchmarks(this.launcher, settings);
		this.parts.put("accept-tcp", () -> servers.accept(false));
		this.parts.put("accept-unix", () -> servers.accept(true));
		this.parts.put("access", servers::access);
		this.parts.put("held", servers::held);
		this.parts.put("connect", servers::connect);
		this.parts.put("line", servers::lines);
		this.parts.put("tls", servers::tls);
		this.parts.put("idle", applications::idle);
		this.parts.put("start", applications::start);
		this.parts.put(MICRO, () -> new MicroBenchmarks(settings).run());
	}

	public static void main(String[] args) throws IOException {
		List<String> options = Arrays.asList(args);
		boolean quick = options.contains("--quick");
		Path folder = Path.of(option(options, "--output", "target/benchmarks"));
		Benchmarks benchmarks = new Benchmarks(folder, quick ? Settings.QUICK : Settings.FULL);
		benchmarks.run(option(options, "--only", ""), new Report(folder), quick);
		System.out.println("Written to " + folder.resolve("report.md").toAbsolutePath().normalize());
	}

	private static String option(List<String> options, String name, String otherwise) {
		int at = options.indexOf(name);
		return (at >= 0 && at + 1 < options.size()) ? options.get(at + 1) : otherwise;
	}

	private void run(String only, Report report, boolean quick) throws IOException {
		List<String> names = only.isEmpty() ? new ArrayList<>(this.parts.keySet()) : Arrays.asList(only.split(","));
		for (String name : names) {
			if (!this.parts.containsKey(name)) {
				throw new IllegalArgumentException(
						"There is no comparison '%s'; there are %s".formatted(name, this.parts.keySet()));
			}
		}
		if (quick && only.isEmpty()) {
			// No goal is among them, and each starts a process
			names.remove(MICRO);
		}
		String machine = machine(quick);
		for (Map.Entry<String, Part> part : this.parts.entrySet()) {
			if (names.contains(part.getKey())) {
				System.out.println(part.getKey());
				report.add(part.getValue().run(), machine);
			}
		}
	}

	private String machine(boolean quick) throws IOException {
		String processor = Files.readAllLines(Path.of("/proc/cpuinfo"))
			.stream()
			.filter((line) -> line.startsWith("model name"))
			.map((line) -> line.substring(line.indexOf(':') + 1).strip())
			.findFirst()
			.orElse(System.getProperty("os.arch"));
		return """
				* %s, %d processors, %s %s; %s
				* %s %s, flags %s
				* Spring Boot %s, Netty %s, Spring Integration %s, Reactor Netty %s, Vert.x %s
				* %d rounds%s; a round in which others took more than %.0f %% of the machine was repeated up to %d times
				* Figures are medians, with the least and the most in parentheses; ratios are taken round by round
				""".formatted(processor, Runtime.getRuntime().availableProcessors(), System.getProperty("os.name"),
				System.getProperty("os.version"), this.launcher.describePinning(), System.getProperty("java.vm.name"),
				System.getProperty("java.runtime.version"), String.join(" ", Launcher.flags()),
				SpringBootVersion.getVersion(), version("netty-transport"), version("spring-integration-ip"),
				version("reactor-netty-core"), version("vertx-core"), this.settings.rounds(),
				quick ? " (--quick: fewer and shorter than a full run)" : "", Measuring.TOLERATED * 100,
				this.settings.repeats());
	}

	/**
	 * Return the version that a jar has in its name.
	 */
	private static String version(String artifact) {
		Matcher matcher = Pattern.compile(artifact + "-([0-9][^/]*)\\.jar")
			.matcher(System.getProperty("java.class.path"));
		return matcher.find() ? matcher.group(1) : "unknown";
	}

	/**
	 * What can be asked for alone.
	 */
	private interface Part {

		List<Comparison> run() throws IOException;

	}

}
