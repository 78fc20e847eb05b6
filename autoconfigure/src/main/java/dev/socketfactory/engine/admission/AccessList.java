package dev.socketfactory.engine.admission;

import java.net.InetAddress;
import java.util.List;

/**
 * Who may connect, by address: what is denied may not, whatever else is allowed, and
 * where nothing is allowed by name everybody else may.
 * <p>
 * Immutable. Asking allocates no more than the copy of its bytes that an
 * {@link InetAddress} gives.
 *
 * @since 0.1.0
 */
public final class AccessList {

	private final NetworkSet allow;

	private final NetworkSet deny;

	/**
	 * Create a list.
	 * @param allow networks and addresses that may connect, empty for all
	 * @param deny networks and addresses that may not
	 * @throws InvalidRuleException if an element is neither a network nor an address
	 * @see NetworkSet#of(String, List)
	 */
	public AccessList(List<String> allow, List<String> deny) {
		this.allow = NetworkSet.of("allow", allow);
		this.deny = NetworkSet.of("deny", deny);
	}

	/**
	 * Return whether an address may connect.
	 * @param address the address
	 * @return whether it may
	 */
	public boolean isAllowed(InetAddress address) {
		byte[] bytes = address.getAddress();
		long high = IpAddresses.high(bytes);
		long low = IpAddresses.low(bytes);
		return !this.deny.contains(high, low) && (this.allow.isEmpty() || this.allow.contains(high, low));
	}

	/**
	 * Return who may connect.
	 * @return the networks, empty for all
	 */
	public List<String> getAllow() {
		return this.allow.getNetworks();
	}

	/**
	 * Return who may not connect.
	 * @return the networks
	 */
	public List<String> getDeny() {
		return this.deny.getNetworks();
	}

}
