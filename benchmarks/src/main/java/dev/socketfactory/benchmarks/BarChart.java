package dev.socketfactory.benchmarks;

import java.util.Locale;
import java.util.Optional;

/**
 * Draws a comparison as horizontal bars with a whisker from the least to the most, as
 * SVG. The colours can be read on a white page and on a dark one.
 */
final class BarChart {

	private static final int WIDTH = 720;

	private static final int LABELS = 200;

	private static final int VALUES = 70;

	private static final int ROW = 24;

	private static final int HEAD = 34;

	private static final String STYLE = """
			<style>
			text { font: 12px sans-serif; fill: #24292f; }
			.title { font-weight: bold; }
			.bar { fill: #8c959f; }
			.ours { fill: #2da44e; }
			.whisker { stroke: #57606a; stroke-width: 1.5; }
			@media (prefers-color-scheme: dark) {
			text { fill: #e6edf3; }
			.whisker { stroke: #c9d1d9; }
			}
			</style>
			""";

	private BarChart() {
	}

	/**
	 * Draw the median of each peer.
	 * @param comparison the comparison
	 * @param metric what to draw of it
	 * @return the text of the file
	 */
	static String draw(Comparison comparison, Metric metric) {
		double most = comparison.getPeers()
			.stream()
			.map((peer) -> comparison.get(peer, metric))
			.flatMap(Optional::stream)
			.mapToDouble(Spread::max)
			.max()
			.orElse(1);
		StringBuilder rows = new StringBuilder();
		int y = HEAD;
		for (String peer : comparison.getPeers()) {
			Optional<Spread> spread = comparison.get(peer, metric);
			if (spread.isPresent()) {
				rows.append(row(peer, spread.get(), metric, y, (WIDTH - LABELS - VALUES) / most));
				y += ROW;
			}
		}
		String title = escape("%s: %s".formatted(comparison.getTitle(), metric.name()));
		return """
				<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" aria-label="%s">
				%s<text class="title" x="8" y="20">%s</text>
				%s</svg>
				""".formatted(WIDTH, y + 8, title, STYLE, title, rows);
	}

	private static String row(String peer, Spread spread, Metric metric, int y, double scale) {
		int middle = y + ROW / 2;
		double low = LABELS + spread.min() * scale;
		double high = LABELS + spread.max() * scale;
		return String.format(Locale.ROOT, """
				<text x="%d" y="%d" text-anchor="end">%s</text>
				<rect class="%s" x="%d" y="%d" width="%.1f" height="%d" rx="2"/>
				<line class="whisker" x1="%.1f" y1="%d" x2="%.1f" y2="%d"/>
				<text x="%.1f" y="%d">%s</text>
				""", LABELS - 8, middle + 4, escape(peer), peer.startsWith("starter") ? "bar ours" : "bar", LABELS,
				y + 3, spread.median() * scale, ROW - 6, low, middle, high, middle, high + 6, middle + 4,
				metric.format(spread.median()));
	}

	private static String escape(String text) {
		return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
	}

}
