package dev.socketfactory.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import javax.xml.parsers.DocumentBuilderFactory;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Report} and {@link BarChart}.
 */
class ReportTests {

	@TempDir
	private Path folder;

	@Test
	void tableHasMediansRatiosAndWhatIsMissing() throws IOException {
		Comparison comparison = new Comparison("accept-tcp-64", "Accept", Peer.NIO);
		for (double cpu : new double[] { 10, 12, 11 }) {
			comparison.add(Peer.STARTER, Map.of(Metric.CPU, cpu), cpu == 12);
			comparison.add(Peer.NIO, Map.of(Metric.CPU, 10.0), false);
		}
		comparison.miss("POE (Perl)", "It has ended: in silence");
		new Report(this.folder).add(List.of(comparison), "* A machine\n");
		assertThat(Files.readString(this.folder.resolve("report.md"))).contains("* A machine", "## Accept",
				"| starter, inline (1 of 3 rounds disturbed) | 11.0 (10.0–12.0) | 1.10 (1.00–1.20) |",
				"| JDK NIO | 10.0 | 1.00 |", "* Not measured: POE (Perl). It has ended: in silence",
				"| server CPU, TCP, inline | JDK NIO | ≤ 1.02 | 1.10 (1.00–1.20) | no |");
	}

	@Test
	void barsAreAsLongAsTheirMedians() throws Exception {
		Comparison comparison = new Comparison("chart", "A < B & \"C\"", "one");
		comparison.add("one", Map.of(Metric.CPU, 10.0), false);
		comparison.add("two", Map.of(Metric.CPU, 20.0), false);
		new Report(this.folder).add(List.of(comparison), "");
		Document chart;
		try (InputStream in = Files.newInputStream(this.folder.resolve("chart.svg"))) {
			chart = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(in);
		}
		assertThat(width(chart, 1)).isEqualTo(2 * width(chart, 0));
		assertThat(chart.getDocumentElement().getAttribute("aria-label")).isEqualTo("A < B & \"C\": CPU, µs");
	}

	private static double width(Document chart, int bar) {
		Element element = (Element) chart.getElementsByTagName("rect").item(bar);
		return Double.parseDouble(element.getAttribute("width"));
	}

}
