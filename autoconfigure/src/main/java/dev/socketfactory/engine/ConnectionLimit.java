package dev.socketfactory.engine;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * How many connections of a listener may be open at once, and at how many it accepts
 * again after that.
 *
 * @param maxConnections the limit, {@code null} for none, {@code 0} to accept nothing
 * @param lowWater accepts again at or below this, {@code null} for one less than the
 * limit
 * @since 0.1.0
 */
record ConnectionLimit(@Nullable Integer maxConnections, @Nullable Integer lowWater) {

	ConnectionLimit {
		Assert.isTrue(maxConnections == null || maxConnections >= 0,
				() -> "'maxConnections' must be null or not negative, not %d".formatted(maxConnections));
		Assert.isTrue(lowWater == null || (maxConnections != null && lowWater >= 0 && lowWater < maxConnections),
				() -> "'lowWater' must be null or from 0 to less than maxConnections (%d), not %d"
					.formatted(maxConnections, lowWater));
	}

	/**
	 * Return the limit with another maximum. A low-water mark that does not fit it any
	 * more is given up.
	 * @param maxConnections the limit, {@code null} for none
	 * @return the changed limit
	 */
	ConnectionLimit withMaxConnections(@Nullable Integer maxConnections) {
		boolean fits = maxConnections != null && this.lowWater != null && this.lowWater < maxConnections;
		return new ConnectionLimit(maxConnections, fits ? this.lowWater : null);
	}

	/**
	 * Return this limit with another low-water mark.
	 * @param lowWater at how many connections it accepts again, {@code null} for one less
	 * than the limit
	 * @return the changed limit
	 * @throws IllegalArgumentException if it does not fit
	 */
	ConnectionLimit withLowWater(@Nullable Integer lowWater) {
		return new ConnectionLimit(this.maxConnections, lowWater);
	}

	boolean isHigherThan(ConnectionLimit other) {
		return other.maxConnections != null
				&& (this.maxConnections == null || this.maxConnections > other.maxConnections);
	}

	/**
	 * Return the largest number of connections, {@link Integer#MAX_VALUE} if any number
	 * may be open.
	 */
	int maximum() {
		return (this.maxConnections != null) ? this.maxConnections : Integer.MAX_VALUE;
	}

	/**
	 * Return whether so many have been closed that accepting begins again.
	 * @param open number of connections that are open
	 * @return whether it does
	 */
	boolean isLow(int open) {
		if (this.maxConnections == null) {
			return true;
		}
		return open <= ((this.lowWater != null) ? this.lowWater : this.maxConnections - 1);
	}

}
