package dev.socketfactory.engine.admission;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * How many connections one source may have open: an address of IPv4 or a network of IPv6,
 * in which one client has as many addresses as it likes.
 * <p>
 * Safe for use by several threads. Memory is held for sources with open connections only,
 * and allocated for the first one of a source.
 *
 * @since 0.1.0
 */
public final class SourceLimit {

	private final long maskHigh;

	private final long maskLow;

	private final Map<Source, Source> sources = new HashMap<>();

	/**
	 * What a source is looked up by, so that looking up allocates nothing.
	 */
	private final Source probe = new Source(0, 0);

	private int maxConnections;

	/**
	 * Create a limit.
	 * @param maxConnections how many connections a source may have open, at least 1
	 * @param ipv6Prefix how many bits of an IPv6 address make the source, from 1 to 128
	 * @throws IllegalArgumentException if a number is out of its range
	 */
	public SourceLimit(int maxConnections, int ipv6Prefix) {
		Assert.isTrue(ipv6Prefix >= 1 && ipv6Prefix <= IpAddresses.BITS,
				() -> "'ipv6-prefix' must be from 1 to %d, not %d".formatted(IpAddresses.BITS, ipv6Prefix));
		this.maskHigh = IpAddresses.maskHigh(ipv6Prefix);
		this.maskLow = IpAddresses.maskLow(ipv6Prefix);
		setMaxConnections(maxConnections);
	}

	/**
	 * Count a connection, unless its source has as many as it may have.
	 * @param address address of the client
	 * @return its source, to be {@linkplain Source#release() released} when the
	 * connection is closed; {@code null} if it was not counted
	 */
	public @Nullable Source tryAcquire(InetAddress address) {
		byte[] bytes = address.getAddress();
		synchronized (this) {
			Source source = find(bytes);
			if (source == null) {
				source = this.probe.copy();
				this.sources.put(source, source);
			}
			if (source.connections >= this.maxConnections) {
				return null;
			}
			source.connections++;
			return source;
		}
	}

	/**
	 * Change the limit for the connections that come. Those that are open stay.
	 * @param maxConnections how many connections a source may have open, at least 1
	 * @throws IllegalArgumentException if the number is less than 1
	 */
	public synchronized void setMaxConnections(int maxConnections) {
		Assert.isTrue(maxConnections >= 1,
				() -> "'max-connections' must be at least 1, not %d".formatted(maxConnections));
		this.maxConnections = maxConnections;
	}

	/**
	 * Return the limit.
	 * @return how many connections a source may have open
	 */
	public synchronized int getMaxConnections() {
		return this.maxConnections;
	}

	/**
	 * Return how many sources have connections open.
	 */
	synchronized int countSources() {
		return this.sources.size();
	}

	/**
	 * Return how many connections a source has open.
	 */
	synchronized int countConnections(InetAddress address) {
		Source source = find(address.getAddress());
		return (source != null) ? source.connections : 0;
	}

	private @Nullable Source find(byte[] address) {
		long high = IpAddresses.high(address);
		long low = IpAddresses.low(address);
		boolean whole = IpAddresses.isIpv4(high, low);
		this.probe.high = whole ? high : high & this.maskHigh;
		this.probe.low = whole ? low : low & this.maskLow;
		return this.sources.get(this.probe);
	}

	/**
	 * Where connections come from. Comparable, because sources that clients have chosen
	 * to have the same hash are then found in a tree.
	 */
	public final class Source implements Comparable<Source> {

		private long high;

		private long low;

		private int connections;

		private Source(long high, long low) {
			this.high = high;
			this.low = low;
		}

		/**
		 * Take back the count of a connection that is closed.
		 * @throws IllegalStateException if all of them have been taken back
		 */
		public void release() {
			synchronized (SourceLimit.this) {
				Assert.state(this.connections > 0, "No connection of this source is counted");
				this.connections--;
				if (this.connections == 0) {
					SourceLimit.this.sources.remove(this);
				}
			}
		}

		private Source copy() {
			return new Source(this.high, this.low);
		}

		@Override
		public int compareTo(Source other) {
			return IpAddresses.compare(this.high, this.low, other.high, other.low);
		}

		@Override
		public boolean equals(@Nullable Object other) {
			return other instanceof Source source && this.high == source.high && this.low == source.low;
		}

		@Override
		public int hashCode() {
			long mixed = (31 * this.high + this.low) * 0x9e3779b97f4a7c15L;
			return (int) (mixed >>> Integer.SIZE);
		}

	}

}
