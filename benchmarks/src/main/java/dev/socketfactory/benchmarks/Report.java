package dev.socketfactory.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Writes what was measured as Markdown, with a chart of each comparison beside it.
 */
final class Report {

	private static final Metric RATIO = new Metric("ratio", 2);

	private final Path folder;

	private final List<Comparison> comparisons = new ArrayList<>();

	Report(Path folder) throws IOException {
		this.folder = Files.createDirectories(folder);
	}

	/**
	 * Add a comparison, and write what there is so far: a later one may fail.
	 */
	void add(List<Comparison> added, String machine) throws IOException {
		this.comparisons.addAll(added);
		StringBuilder text = new StringBuilder("# Benchmarks, %s%n%n%s%n".formatted(LocalDate.now(), machine));
		text.append(goals());
		for (Comparison comparison : this.comparisons) {
			text.append(section(comparison));
			if (!comparison.getPeers().isEmpty()) {
				Files.writeString(this.folder.resolve(comparison.getId() + ".svg"),
						BarChart.draw(comparison, comparison.getMetrics().iterator().next()));
			}
		}
		Files.writeString(this.folder.resolve("report.md"), text);
	}

	private String goals() {
		StringBuilder rows = new StringBuilder();
		for (Goal goal : Goal.ALL) {
			this.comparisons.stream()
				.filter((comparison) -> comparison.getId().equals(goal.comparison()))
				.findFirst()
				.flatMap((comparison) -> comparison.ratio(goal.subject(), goal.other(), goal.metric()))
				.ifPresent((ratio) -> rows.append(String.format(Locale.ROOT, "| %s | %s | %s %.2f | %s | %s |%n",
						goal.measure(), goal.other(), goal.atMost() ? "≤" : "≥", goal.bound(), ratio.format(RATIO),
						goal.isReached(ratio.median()) ? "yes" : "no")));
		}
		return rows.isEmpty() ? ""
				: "## Goals%n%n| of the starter | to | goal | this run | reached |%n|---|---|---|---|---|%n%s%n"
					.formatted(rows);
	}

	private static String section(Comparison comparison) {
		StringBuilder text = new StringBuilder("## %s%n%n".formatted(comparison.getTitle()));
		if (!comparison.getPeers().isEmpty()) {
			text.append("![%s](%s.svg)%n%n".formatted(comparison.getTitle(), comparison.getId()));
			text.append(table(comparison));
		}
		comparison.getMissing()
			.forEach((peer, reason) -> text.append("* Not measured: %s. %s%n".formatted(peer, reason)));
		return text.append("%n".formatted()).toString();
	}

	private static String table(Comparison comparison) {
		List<Metric> metrics = List.copyOf(comparison.getMetrics());
		StringBuilder head = new StringBuilder("| |");
		StringBuilder rule = new StringBuilder("|---|");
		for (int i = 0; i < metrics.size(); i++) {
			head.append(" %s |".formatted(metrics.get(i).name()));
			rule.append("---|");
			if (i == 0) {
				head.append(" to %s |".formatted(comparison.getReference()));
				rule.append("---|");
			}
		}
		StringBuilder rows = new StringBuilder();
		comparison.getPeers().forEach((peer) -> rows.append(row(comparison, peer, metrics)));
		return "%s%n%s%n%s%n".formatted(head, rule, rows);
	}

	private static String row(Comparison comparison, String peer, List<Metric> metrics) {
		int disturbed = comparison.getDisturbed(peer);
		String mark = (disturbed > 0) ? " (%d of %d rounds disturbed)".formatted(disturbed, comparison.getRounds(peer))
				: "";
		StringBuilder row = new StringBuilder("| %s%s |".formatted(peer, mark));
		for (int i = 0; i < metrics.size(); i++) {
			row.append(cell(comparison.get(peer, metrics.get(i)), metrics.get(i)));
			if (i == 0) {
				row.append(cell(comparison.ratio(peer, comparison.getReference(), metrics.get(0)), RATIO));
			}
		}
		return row.append("%n".formatted()).toString();
	}

	private static String cell(Optional<Spread> spread, Metric metric) {
		return " %s |".formatted(spread.map((present) -> present.format(metric)).orElse("–"));
	}

}
