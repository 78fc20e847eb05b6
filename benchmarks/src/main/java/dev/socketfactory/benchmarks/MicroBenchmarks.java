package dev.socketfactory.benchmarks;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs the JMH benchmarks of the package {@code jmh}, with what they allocate.
 */
final class MicroBenchmarks {

	private static final Metric TIME = new Metric("ns", 0);

	private static final Metric ALLOCATED = new Metric("allocated, B", 0);

	private final Settings settings;

	MicroBenchmarks(Settings settings) {
		this.settings = settings;
	}

	List<Comparison> run() {
		Collection<RunResult> results;
		try {
			results = new Runner(new OptionsBuilder().include("dev\\.socketfactory\\.benchmarks\\.jmh\\..*")
				.forks(1)
				.warmupIterations(2)
				.warmupTime(TimeValue.milliseconds(this.settings.microMillis()))
				.measurementIterations(this.settings.rounds())
				.measurementTime(TimeValue.milliseconds(this.settings.microMillis()))
				.jvmArgs(Launcher.flags().toArray(String[]::new))
				.addProfiler(GCProfiler.class)
				.build()).run();
		}
		catch (RunnerException ex) {
			throw new IllegalStateException(ex);
		}
		Map<String, Comparison> comparisons = new LinkedHashMap<>();
		for (RunResult result : results) {
			Comparison comparison = comparisons.computeIfAbsent(group(result),
					(name) -> new Comparison("jmh-" + name, "JMH: " + name, row(result)));
			for (BenchmarkResult fork : result.getBenchmarkResults()) {
				for (IterationResult iteration : fork.getIterationResults()) {
					comparison.add(row(result), measured(iteration), false);
				}
			}
		}
		return List.copyOf(comparisons.values());
	}

	private static Map<Metric, Double> measured(IterationResult iteration) {
		Map<Metric, Double> measured = new LinkedHashMap<>();
		measured.put(TIME, iteration.getPrimaryResult().getScore());
		Result<?> allocated = iteration.getSecondaryResults().get("gc.alloc.rate.norm");
		if (allocated != null) {
			measured.put(ALLOCATED, allocated.getScore());
		}
		return measured;
	}

	/**
	 * Return what is compared: the benchmarks of a class, or one for several parameters.
	 */
	private static String group(RunResult result) {
		String name = result.getParams().getBenchmark();
		String[] parts = name.split("\\.");
		String type = parts[parts.length - 2];
		return parameters(result).isEmpty() ? type : type + "-" + parts[parts.length - 1];
	}

	private static String row(RunResult result) {
		String name = result.getParams().getBenchmark();
		String parameters = parameters(result);
		return parameters.isEmpty() ? name.substring(name.lastIndexOf('.') + 1) : parameters;
	}

	private static String parameters(RunResult result) {
		return result.getParams()
			.getParamsKeys()
			.stream()
			.map((key) -> result.getParams().getParam(key))
			.collect(Collectors.joining(" "));
	}

}
