package dev.socketfactory.benchmarks;

import java.util.Locale;

/**
 * What is measured.
 *
 * @param name its name and unit, as the report has it
 * @param digits digits after the point
 */
record Metric(String name, int digits) {

	static final Metric CPU = new Metric("CPU, µs", 1);

	static final Metric RATE = new Metric("per second", 0);

	static final Metric P50 = new Metric("p50, µs", 0);

	static final Metric P99 = new Metric("p99, µs", 0);

	static final Metric P999 = new Metric("p99.9, µs", 0);

	static final Metric THREADS = new Metric("threads", 0);

	static final Metric RSS = new Metric("RSS, MB", 1);

	static final Metric HEAP = new Metric("live heap, MB", 2);

	String format(double value) {
		return String.format(Locale.ROOT, "%." + this.digits + "f", value);
	}

}
