package dev.socketfactory.lookup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.springframework.util.Assert;

/**
 * Protocols by name and number, as getprotobyname(3) and getprotobynumber(3) find them in
 * a file of the format protocols(5).
 * <p>
 * The names {@code tcp} and {@code udp} and their numbers never need the file. Where the
 * file does not exist a small table of the
 * <a href="https://www.iana.org/assignments/protocol-numbers">IANA registry</a> stands in
 * for it. The file is read at each look-up, so a change takes effect at once. Instances
 * can be used by several threads. A look-up reads a file and must not be called on the
 * event loop.
 *
 * @since 0.1.0
 */
public final class Protocols {

	private static final Path SYSTEM_FILE = Path.of("/etc/protocols");

	private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

	private static final String BUILT_IN = """
			ip 0 IP
			icmp 1 ICMP
			igmp 2 IGMP
			ipencap 4 IP-ENCAP
			tcp 6 TCP
			egp 8 EGP
			igp 9 IGP
			udp 17 UDP
			dccp 33 DCCP
			ipv6 41 IPv6
			rsvp 46 RSVP
			gre 47 GRE
			esp 50 IPSEC-ESP
			ah 51 IPSEC-AH
			ipv6-icmp 58 IPv6-ICMP
			ospf 89 OSPFIGP
			pim 103 PIM
			vrrp 112 VRRP
			l2tp 115 L2TP
			sctp 132 SCTP
			udplite 136 UDPLite
			""";

	private final Path file;

	/**
	 * Create protocols that are read from a file.
	 * @param file the file, which does not have to exist
	 */
	public Protocols(Path file) {
		Assert.notNull(file, "'file' must not be null");
		this.file = file;
	}

	/**
	 * Return the protocols of {@code /etc/protocols}.
	 * @return the system's protocols
	 */
	public static Protocols system() {
		return new Protocols(SYSTEM_FILE);
	}

	/**
	 * Return the protocol with a name or a number.
	 * @param nameOrNumber the name or an alias in exactly this case, or a decimal number
	 * @return the protocol under its official name
	 * @throws LookupException if the protocol is not known or the file cannot be read;
	 * its operation is {@code getprotobyname}
	 */
	public Protocol protocol(String nameOrNumber) throws LookupException {
		Assert.notNull(nameOrNumber, "'nameOrNumber' must not be null");
		Optional<Transport> transport = isNumber(nameOrNumber) ? Transport.ofNumber(Integer.parseInt(nameOrNumber))
				: Transport.ofName(nameOrNumber);
		return transport.isPresent() ? transport.get().toProtocol() : find(nameOrNumber);
	}

	/**
	 * Return the transport for the protocol with a name or a number.
	 * @param nameOrNumber the name or an alias in exactly this case, or a decimal number
	 * @return the transport
	 * @throws LookupException as {@link #protocol(String)} throws it; with the operation
	 * {@code socket} if the protocol is known but neither tcp nor udp
	 */
	public Transport transport(String nameOrNumber) throws LookupException {
		Protocol protocol = protocol(nameOrNumber);
		return Transport.ofNumber(protocol.number())
			.orElseThrow(() -> LookupException
				.protocolNotSupported("Protocol '%s' is %s (number %d), which is neither tcp nor udp"
					.formatted(nameOrNumber, protocol.name(), protocol.number())));
	}

	/**
	 * Check that a protocol is the one that a type of socket needs.
	 * @param nameOrNumber the name or an alias in exactly this case, or a decimal number
	 * @param needed {@code tcp} or {@code udp}
	 * @throws LookupException as {@link #transport(String)} throws it; with the operation
	 * {@code socket} also if the protocol is the other one
	 */
	public void check(String nameOrNumber, String needed) throws LookupException {
		String found = transport(nameOrNumber).protocol();
		if (!found.equals(needed)) {
			throw LookupException.protocolNotSupported(
					"Protocol '%s' is %s, but this type of socket needs %s".formatted(nameOrNumber, found, needed));
		}
	}

	private Protocol find(String nameOrNumber) throws LookupException {
		NameTable table = read(nameOrNumber);
		Stream<Protocol> found = isNumber(nameOrNumber) ? numbered(table, Integer.parseInt(nameOrNumber))
				: table.named(nameOrNumber).flatMap(Protocols::parse);
		return found.findFirst()
			.orElseThrow(() -> LookupException
				.protocol("Protocol '%s' is not known in %s".formatted(nameOrNumber, table.origin()), null));
	}

	private NameTable read(String nameOrNumber) throws LookupException {
		try {
			return NameTable.read(this.file, BUILT_IN);
		}
		catch (IOException ex) {
			throw LookupException
				.protocol("Protocol '%s' cannot be looked up in %s: %s".formatted(nameOrNumber, this.file, ex), ex);
		}
	}

	private static Stream<Protocol> numbered(NameTable table, int number) {
		return table.entries().stream().flatMap(Protocols::parse).filter((protocol) -> protocol.number() == number);
	}

	private static Stream<Protocol> parse(NameTable.Entry entry) {
		return isNumber(entry.value()) ? Stream.of(new Protocol(entry.name(), Integer.parseInt(entry.value())))
				: Stream.empty();
	}

	private static boolean isNumber(String text) {
		return NUMBER.matcher(text).matches();
	}

}
