package dev.socketfactory.actuate;

import dev.socketfactory.engine.ManagedSocketFactory;
import dev.socketfactory.engine.SocketFactoryStatus;
import org.jspecify.annotations.Nullable;

/**
 * A change of a listener's limit, as an operator writes it. Both numbers are texts:
 * Boot's conversion to a number cuts off the fraction of what comes over JMX, and tells
 * an HTTP client nothing about what it cannot convert.
 *
 * @param maxConnections how many connections may be open, {@code null} to leave that as
 * it is
 * @param lowWater at how many open connections it accepts again, {@code null} to leave
 * that as it is
 */
record LimitChange(@Nullable String maxConnections, @Nullable String lowWater) {

	private static final int DEFAULT = -1;

	/**
	 * Change the limit of a factory.
	 * @param factory the factory
	 * @throws RefusedException if the factory has no limit or a number is wrong; nothing
	 * is changed then
	 */
	void applyTo(ManagedSocketFactory factory) {
		SocketFactoryStatus.Limit current = factory.getStatus().limit();
		if (current == null) {
			throw RefusedException.withoutLimit(factory.getName());
		}
		if (this.maxConnections == null && this.lowWater == null) {
			throw RefusedException.nothingToChange();
		}
		Integer max = (this.maxConnections != null) ? readMaxConnections(this.maxConnections)
				: current.maxConnections();
		try {
			applyTo(factory, max);
		}
		catch (IllegalArgumentException ex) {
			throw RefusedException.badLowWater(this.lowWater, max);
		}
	}

	private void applyTo(ManagedSocketFactory factory, @Nullable Integer max) {
		if (this.lowWater == null) {
			factory.setMaxConnections(max);
		}
		else if (this.maxConnections == null) {
			factory.setLowWater(numberOf(this.lowWater));
		}
		else {
			factory.setLimit(max, numberOf(this.lowWater));
		}
	}

	private static @Nullable Integer readMaxConnections(String text) {
		try {
			Integer number = numberOf(text);
			if (number == null || number >= 0) {
				return number;
			}
		}
		catch (NumberFormatException ex) {
			// As wrong as a negative number
		}
		throw RefusedException.badMaxConnections(text);
	}

	private static @Nullable Integer numberOf(String text) {
		int number = Integer.parseInt(text);
		return (number != DEFAULT) ? number : null;
	}

}
