package dev.socketfactory.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What was measured of several peers: the same round of each of them side by side. The
 * first metric is what they are compared by.
 */
final class Comparison {

	private final String id;

	private final String title;

	private final String reference;

	private final Map<String, List<Map<Metric, Double>>> rounds = new LinkedHashMap<>();

	private final Map<String, Integer> disturbed = new LinkedHashMap<>();

	private final Map<String, String> missing = new LinkedHashMap<>();

	/**
	 * Create a comparison without any round.
	 * @param id a short name for files
	 * @param title the heading
	 * @param reference the peer that the others are divided by
	 */
	Comparison(String id, String title, String reference) {
		this.id = id;
		this.title = title;
		this.reference = reference;
	}

	String getId() {
		return this.id;
	}

	String getTitle() {
		return this.title;
	}

	String getReference() {
		return this.reference;
	}

	void add(String peer, Map<Metric, Double> round, boolean wasDisturbed) {
		this.rounds.computeIfAbsent(peer, (name) -> new ArrayList<>()).add(round);
		this.disturbed.merge(peer, wasDisturbed ? 1 : 0, Integer::sum);
	}

	/**
	 * Note that a peer could not be measured.
	 */
	void miss(String peer, String reason) {
		this.missing.put(peer, reason);
	}

	Map<String, String> getMissing() {
		return this.missing;
	}

	Set<String> getPeers() {
		return this.rounds.keySet();
	}

	Set<Metric> getMetrics() {
		Set<Metric> metrics = new LinkedHashSet<>();
		this.rounds.values().forEach((values) -> values.forEach((round) -> metrics.addAll(round.keySet())));
		return metrics;
	}

	int getRounds(String peer) {
		return this.rounds.getOrDefault(peer, List.of(Map.<Metric, Double>of())).size();
	}

	int getDisturbed(String peer) {
		return this.disturbed.getOrDefault(peer, 0);
	}

	Optional<Spread> get(String peer, Metric metric) {
		List<Double> values = this.rounds.getOrDefault(peer, new ArrayList<>())
			.stream()
			.filter((round) -> round.containsKey(metric))
			.map((round) -> round.get(metric))
			.toList();
		return values.isEmpty() ? Optional.empty() : Optional.of(Spread.of(values));
	}

	/**
	 * Return one peer over another, divided round by round: what slows the machine down
	 * slows both.
	 */
	Optional<Spread> ratio(String peer, String other, Metric metric) {
		List<Map<Metric, Double>> ones = this.rounds.getOrDefault(peer, new ArrayList<>());
		List<Map<Metric, Double>> others = this.rounds.getOrDefault(other, new ArrayList<>());
		List<Double> ratios = IntStream.range(0, Math.min(ones.size(), others.size()))
			.filter((round) -> ones.get(round).containsKey(metric) && others.get(round).getOrDefault(metric, 0.0) > 0)
			.mapToObj((round) -> ones.get(round).getOrDefault(metric, Double.NaN)
					/ others.get(round).getOrDefault(metric, Double.NaN))
			.toList();
		return ratios.isEmpty() ? Optional.empty() : Optional.of(Spread.of(ratios));
	}

}
