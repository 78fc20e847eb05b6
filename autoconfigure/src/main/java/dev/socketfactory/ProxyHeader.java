package dev.socketfactory;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * What a proxy has said of the connection that it hands on, by the
 * <a href="https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt">PROXY
 * protocol</a>. It is as true as the proxy is: some hand on values that the client has
 * chosen, such as the authority, and nothing of that is checked.
 * <p>
 * Immutable.
 *
 * @since 0.1.0
 */
public final class ProxyHeader {

	/**
	 * Type of the application protocol of the client's TLS connection (ALPN).
	 */
	public static final int TLV_ALPN = 0x01;

	/**
	 * Type of the host name that the client has asked for, in UTF-8.
	 */
	public static final int TLV_AUTHORITY = 0x02;

	/**
	 * Type of the checksum, which is verified where a header is read.
	 */
	public static final int TLV_CRC32C = 0x03;

	/**
	 * Type of padding.
	 */
	public static final int TLV_NOOP = 0x04;

	/**
	 * Type of the bytes by which the proxy knows the connection.
	 */
	public static final int TLV_UNIQUE_ID = 0x05;

	/**
	 * Type of what the proxy knows of the client's TLS connection.
	 */
	public static final int TLV_SSL = 0x20;

	/**
	 * Type of the name of the network namespace.
	 */
	public static final int TLV_NETNS = 0x30;

	private final int version;

	private final boolean local;

	private final @Nullable SocketAddress source;

	private final @Nullable SocketAddress destination;

	private final Map<Integer, byte[]> tlvs;

	private final @Nullable Ssl ssl;

	/**
	 * Create a header.
	 * @param version version of the protocol, 1 or 2
	 * @param local whether the ends of the connection itself are meant
	 * @param source address of the client, {@code null} if the header has none
	 * @param destination address that the client has connected to, {@code null} if the
	 * header has none
	 * @param tlvs values by their type
	 * @param ssl what the value of {@link #TLV_SSL} says, {@code null} if there is none
	 * @throws IllegalArgumentException if the version is neither 1 nor 2, or a header
	 * that means the ends of the connection itself has an address
	 */
	public ProxyHeader(int version, boolean local, @Nullable SocketAddress source, @Nullable SocketAddress destination,
			Map<Integer, byte[]> tlvs, @Nullable Ssl ssl) {
		Assert.isTrue(version == 1 || version == 2, () -> "'version' must be 1 or 2, not %d".formatted(version));
		Assert.isTrue(!local || (source == null && destination == null),
				"A header that means the ends of the connection itself must not have addresses");
		this.version = version;
		this.local = local;
		this.source = source;
		this.destination = destination;
		Map<Integer, byte[]> copies = new HashMap<>();
		tlvs.forEach((type, value) -> copies.put(type, value.clone()));
		this.tlvs = Map.copyOf(copies);
		this.ssl = ssl;
	}

	/**
	 * Return the version of the protocol.
	 * @return 1 or 2
	 */
	public int getVersion() {
		return this.version;
	}

	/**
	 * Return whether the ends of the connection itself are meant: the proxy speaks for
	 * itself, as in a health check ({@code LOCAL}), or does not know its client
	 * ({@code UNKNOWN}, {@code AF_UNSPEC}).
	 * @return whether it is so; then there is neither source nor destination
	 */
	public boolean isLocal() {
		return this.local;
	}

	/**
	 * Return the address of the client.
	 * @return an {@link InetSocketAddress} or a {@link UnixDomainSocketAddress},
	 * {@code null} if this {@link #isLocal() is local} or the client has a UNIX socket
	 * without a path
	 */
	public @Nullable SocketAddress getSource() {
		return this.source;
	}

	/**
	 * Return the address that the client has connected to.
	 * @return an {@link InetSocketAddress} or a {@link UnixDomainSocketAddress},
	 * {@code null} if this {@link #isLocal() is local} or that was a UNIX socket without
	 * a path
	 */
	public @Nullable SocketAddress getDestination() {
		return this.destination;
	}

	/**
	 * Return a value.
	 * @param type its type, from 0 to 255
	 * @return a copy of the first value of that type, {@code null} if there is none
	 */
	public byte @Nullable [] getTlv(int type) {
		byte[] value = this.tlvs.get(type);
		return (value != null) ? value.clone() : null;
	}

	/**
	 * Return the host name that the client has asked for. It is what the client has sent,
	 * so it may be anything.
	 * @return the name, {@code null} if the header has none
	 */
	public @Nullable String getAuthority() {
		byte[] value = this.tlvs.get(TLV_AUTHORITY);
		return (value != null) ? new String(value, StandardCharsets.UTF_8) : null;
	}

	/**
	 * Return the bytes by which the proxy knows the connection.
	 * @return a copy of them, {@code null} if the header has none
	 */
	public byte @Nullable [] getUniqueId() {
		return getTlv(TLV_UNIQUE_ID);
	}

	/**
	 * Return what the proxy knows of the client's TLS connection.
	 * @return that, {@code null} if the header does not have it
	 */
	public @Nullable Ssl getSsl() {
		return this.ssl;
	}

	@Override
	public String toString() {
		return this.local ? "PROXY v%d local".formatted(this.version)
				: "PROXY v%d from %s to %s".formatted(this.version, this.source, this.destination);
	}

	/**
	 * What a proxy knows of its client's TLS connection.
	 *
	 * @param client bits that say what there is: 1 for TLS, 2 for a certificate on this
	 * connection, 4 for one in the session
	 * @param verify 0 if the proxy has verified the client's certificate, else the number
	 * of its reason, unsigned
	 * @param version version of TLS, such as {@code "TLSv1.3"}, {@code null} if not said
	 * @param commonName common name of the client's certificate, {@code null} if not said
	 * @param cipher name of the cipher suite, {@code null} if not said
	 */
	public record Ssl(int client, int verify, @Nullable String version, @Nullable String commonName,
			@Nullable String cipher) {

		private static final int TLS = 0x01;

		private static final int CERTIFICATE = 0x02 | 0x04;

		/**
		 * Return whether the client has connected to the proxy by TLS.
		 * @return whether it has
		 */
		public boolean isTls() {
			return (this.client & TLS) != 0;
		}

		/**
		 * Return whether the client has shown a certificate that the proxy has verified.
		 * The number alone does not tell: it is 0 without a certificate too.
		 * @return whether it has
		 */
		public boolean isCertificateVerified() {
			return isTls() && (this.client & CERTIFICATE) != 0 && this.verify == 0;
		}

	}

}
