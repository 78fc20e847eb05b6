package dev.socketfactory.engine;

import java.net.InetAddress;

import dev.socketfactory.AccessSettings;
import dev.socketfactory.InvalidSocketSpecException;
import dev.socketfactory.PerSourceSettings;
import dev.socketfactory.ProxyProtocolSettings;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.engine.admission.AccessList;
import dev.socketfactory.engine.admission.InvalidRuleException;
import dev.socketfactory.engine.admission.NetworkSet;
import dev.socketfactory.engine.admission.PeerRules;
import dev.socketfactory.engine.admission.SourceLimit;
import org.jspecify.annotations.Nullable;

/**
 * Who may connect to a listener, ready to be asked. Immutable, but for the counts.
 *
 * @param settings what {@code access} and {@code peers} were made from
 * @param access addresses of those who may, {@code null} for everybody
 * @param peers users and groups of those who may, {@code null} for everybody
 * @param perSource what {@code sources} was made from
 * @param sources the open connections of each source, {@code null} without a limit
 * @param proxies addresses of the proxies, {@code null} if there are none in front
 */
record AdmissionRules(AccessSettings settings, @Nullable AccessList access, @Nullable PeerRules peers,
		@Nullable PerSourceSettings perSource, @Nullable SourceLimit sources, @Nullable NetworkSet proxies) {

	/**
	 * Make the rules of a listener. Names of users and groups are looked up.
	 * @throws InvalidSocketSpecException if one of them is malformed
	 */
	static AdmissionRules of(SocketSpec spec) {
		ProxyProtocolSettings proxy = spec.getProxyProtocol();
		NetworkSet proxies = (proxy != null)
				? check(spec, "proxy-protocol.", () -> NetworkSet.of("trusted", proxy.trusted())) : null;
		return check(spec, "access.", () -> of(spec.getAccess(), spec.getPerSource(), proxies));
	}

	private static AdmissionRules of(AccessSettings access, @Nullable PerSourceSettings perSource,
			@Nullable NetworkSet proxies) {
		return new AdmissionRules(access, accessOf(access), peersOf(access), perSource, sourcesOf(perSource), proxies);
	}

	AdmissionRules withAccess(AccessSettings changed) {
		return new AdmissionRules(changed, accessOf(changed), peersOf(changed), this.perSource, this.sources,
				this.proxies);
	}

	/**
	 * Return the same rules with another limit, which goes on counting as long as its
	 * sources are the same.
	 */
	AdmissionRules withPerSource(@Nullable PerSourceSettings changed) {
		SourceLimit limit = this.sources;
		if (changed != null && limit != null && this.perSource != null
				&& this.perSource.ipv6Prefix() == changed.ipv6Prefix()) {
			limit.setMaxConnections(changed.maxConnections());
		}
		else {
			limit = sourcesOf(changed);
		}
		return new AdmissionRules(this.settings, this.access, this.peers, changed, limit, this.proxies);
	}

	/**
	 * Return whether everybody may connect, however often.
	 */
	boolean isOpen() {
		return this.access == null && this.peers == null && this.sources == null && this.proxies == null;
	}

	boolean isAllowed(InetAddress address) {
		return this.access == null || this.access.isAllowed(address);
	}

	/**
	 * Return whether a peer is one of the proxies. Those who reach a UNIX socket are.
	 */
	boolean isProxy(@Nullable InetAddress peer) {
		return this.proxies != null && (peer == null || this.proxies.contains(peer));
	}

	private static @Nullable AccessList accessOf(AccessSettings access) {
		return (access.allow().isEmpty() && access.deny().isEmpty()) ? null
				: new AccessList(access.allow(), access.deny());
	}

	private static @Nullable PeerRules peersOf(AccessSettings access) {
		PeerRules peers = PeerRules.resolve(access.users(), access.groups());
		return peers.isEmpty() ? null : peers;
	}

	private static @Nullable SourceLimit sourcesOf(@Nullable PerSourceSettings perSource) {
		return (perSource != null) ? new SourceLimit(perSource.maxConnections(), perSource.ipv6Prefix()) : null;
	}

	private static <T> T check(SocketSpec spec, String prefix, Reader<T> reader) {
		try {
			return reader.read();
		}
		catch (InvalidRuleException ex) {
			throw new InvalidSocketSpecException(spec.getKind(), spec.getName(), prefix + ex.getKey(), ex.getValue(),
					ex.getReason(), ex.getAction());
		}
	}

	@FunctionalInterface
	private interface Reader<T> {

		T read();

	}

}
