package dev.socketfactory.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What whole applications take to start, and while nothing happens.
 */
final class ApplicationBenchmarks {

	private static final Metric START = new Metric("start, ms", 0);

	private static final Metric ACCEPT = new Metric("accept, p50, µs", 0);

	private static final Metric SCRAPE = new Metric("scrape, ms", 2);

	private static final Metric ENDPOINT = new Metric("sockets endpoint, ms", 2);

	private static final String WITHOUT = "without the starter";

	private static final int ROUNDS_OF_IDLE = 3;

	private static final double MEGABYTE = 1024 * 1024;

	private final Launcher launcher;

	private final Settings settings;

	ApplicationBenchmarks(Launcher launcher, Settings settings) {
		this.launcher = launcher;
		this.settings = settings;
	}

	/**
	 * Many listeners in one application, with Actuator and a registry of meters.
	 */
	List<Comparison> idle() throws IOException {
		List<Integer> listeners = this.settings.listeners();
		Comparison comparison = new Comparison("idle", "Listeners in one application", row(listeners.get(0)));
		for (int i = 0; i < (this.settings.allPeers() ? ROUNDS_OF_IDLE : 1); i++) {
			for (int count : listeners) {
				try (PeerProcess application = this.launcher.application(count)) {
					comparison.add(row(count), idle(application), false);
				}
			}
		}
		return List.of(comparison);
	}

	/**
	 * Return the median time from connect to the first byte, in microseconds.
	 */
	private double latency(PeerProcess application) throws IOException {
		return this.launcher.load("accept", application.getTarget(), "1", "2000").getOrDefault("p50", Double.NaN) / 1e3;
	}

	private Map<Metric, Double> idle(PeerProcess application) throws IOException {
		Map<Metric, Double> measured = started(application);
		measured.put(ACCEPT, latency(application));
		measured.put(SCRAPE, warm(application, "scrape"));
		measured.put(ENDPOINT, warm(application, "sockets"));
		return measured;
	}

	/**
	 * Ask a few times first: the question is what the next one takes.
	 */
	private static double warm(PeerProcess application, String question) throws IOException {
		List<Double> answers = new ArrayList<>();
		for (int i = 0; i < 15; i++) {
			answers.add(Double.parseDouble(application.ask(question)) / 1e6);
		}
		return Spread.of(answers.subList(10, 15)).median();
	}

	/**
	 * The start of an application with the starter and entries, and without.
	 */
	List<Comparison> start() throws IOException {
		Comparison comparison = new Comparison("start", "Start of an application", WITHOUT);
		List<Integer> entries = new ArrayList<>(List.of(-1));
		entries.addAll(this.settings.entries());
		for (int i = 0; i < this.settings.rounds(); i++) {
			for (int count : entries) {
				try (PeerProcess application = this.launcher.application(count)) {
					comparison.add((count < 0) ? WITHOUT : row(count), started(application), false);
				}
			}
		}
		return List.of(comparison);
	}

	private static Map<Metric, Double> started(PeerProcess application) throws IOException {
		Map<Metric, Double> measured = new LinkedHashMap<>();
		measured.put(START, application.getStartNanos() / 1e6);
		measured.put(Metric.RSS, application.getResidentBytes() / MEGABYTE);
		measured.put(Metric.HEAP, Double.parseDouble(application.ask("heap")) / MEGABYTE);
		measured.put(Metric.THREADS, (double) application.getThreads());
		return measured;
	}

	private static String row(int count) {
		return (count == 1) ? "1 listener" : count + " listeners";
	}

}
