package dev.socketfactory.benchmarks;

import java.util.List;
import java.util.stream.DoubleStream;

/**
 * Median and extremes of the rounds.
 *
 * @param median the median
 * @param min the least
 * @param max the most
 */
record Spread(double median, double min, double max) {

	static Spread of(DoubleStream values) {
		double[] sorted = values.sorted().toArray();
		int middle = sorted.length / 2;
		double median = (sorted.length % 2 == 1) ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
		return new Spread(median, sorted[0], sorted[sorted.length - 1]);
	}

	static Spread of(List<Double> values) {
		return of(values.stream().mapToDouble(Double::doubleValue));
	}

	String format(Metric metric) {
		String text = metric.format(this.median);
		String low = metric.format(this.min);
		String high = metric.format(this.max);
		return low.equals(high) ? text : "%s (%s–%s)".formatted(text, low, high);
	}

}
