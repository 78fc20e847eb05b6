package dev.socketfactory.lookup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.springframework.util.Assert;

/**
 * Ports by service name, as getservbyname(3) finds them in a file of the format
 * services(5).
 * <p>
 * Where the file does not exist a small table of usual names of the
 * <a href="https://www.iana.org/assignments/service-names-port-numbers">IANA registry</a>
 * (RFC 6335) stands in for it. The file is read at each look-up, so a change takes effect
 * at once. Instances can be used by several threads. A look-up reads a file and must not
 * be called on the event loop.
 *
 * @since 0.1.0
 */
public final class Services {

	private static final Path SYSTEM_FILE = Path.of("/etc/services");

	private static final int MAX_PORT = 65535;

	private static final String BUILT_IN = """
			echo 7/tcp
			echo 7/udp
			discard 9/tcp sink null
			discard 9/udp sink null
			daytime 13/tcp
			daytime 13/udp
			qotd 17/tcp quote
			qotd 17/udp quote
			chargen 19/tcp ttytst source
			chargen 19/udp ttytst source
			ftp-data 20/tcp
			ftp 21/tcp
			ssh 22/tcp
			telnet 23/tcp
			smtp 25/tcp mail
			time 37/tcp timserver
			time 37/udp timserver
			whois 43/tcp nicname
			domain 53/tcp
			domain 53/udp
			tftp 69/udp
			gopher 70/tcp
			finger 79/tcp
			http 80/tcp www
			kerberos 88/tcp kerberos5 krb5
			kerberos 88/udp kerberos5 krb5
			pop3 110/tcp pop-3
			sunrpc 111/tcp portmapper
			sunrpc 111/udp portmapper
			auth 113/tcp ident
			nntp 119/tcp
			ntp 123/udp
			imap2 143/tcp imap
			snmp 161/tcp
			snmp 161/udp
			snmp-trap 162/tcp snmptrap
			snmp-trap 162/udp snmptrap
			bgp 179/tcp
			irc 194/tcp
			ldap 389/tcp
			ldap 389/udp
			https 443/tcp
			https 443/udp
			submissions 465/tcp smtps ssmtp
			syslog 514/udp
			printer 515/tcp spooler
			submission 587/tcp
			ipp 631/tcp
			ldaps 636/tcp
			domain-s 853/tcp
			domain-s 853/udp
			imaps 993/tcp
			pop3s 995/tcp
			mqtt 1883/tcp
			nfs 2049/tcp
			nfs 2049/udp
			mysql 3306/tcp
			sip 5060/tcp
			sip 5060/udp
			sip-tls 5061/tcp
			xmpp-client 5222/tcp
			postgresql 5432/tcp postgres
			amqps 5671/tcp
			amqp 5672/tcp
			coap 5683/tcp
			coap 5683/udp
			coaps 5684/tcp
			coaps 5684/udp
			syslog-tls 6514/tcp
			http-alt 8080/tcp webcache
			secure-mqtt 8883/tcp
			""";

	private final Path file;

	/**
	 * Create services that are read from a file.
	 * @param file the file, which does not have to exist
	 */
	public Services(Path file) {
		Assert.notNull(file, "'file' must not be null");
		this.file = file;
	}

	/**
	 * Return the services of {@code /etc/services}.
	 * @return the system's services
	 */
	public static Services system() {
		return new Services(SYSTEM_FILE);
	}

	/**
	 * Return the port of a service.
	 * @param name the name or an alias of the service, in exactly this case
	 * @param protocol the protocol's name, such as {@code tcp}
	 * @return the port, 0 to 65535
	 * @throws LookupException if the service is not known for the protocol or the file
	 * cannot be read; its operation is {@code getservbyname}
	 */
	public int port(String name, String protocol) throws LookupException {
		Assert.notNull(name, "'name' must not be null");
		Assert.notNull(protocol, "'protocol' must not be null");
		NameTable table = read(name);
		List<Service> services = table.named(name).flatMap(Service::parse).toList();
		return services.stream()
			.filter((service) -> service.protocol().equals(protocol))
			.findFirst()
			.map(Service::port)
			.orElseThrow(() -> unknown(name, protocol, table.origin(), services));
	}

	private NameTable read(String name) throws LookupException {
		try {
			return NameTable.read(this.file, BUILT_IN);
		}
		catch (IOException ex) {
			throw LookupException.service("Service '%s' cannot be looked up in %s: %s".formatted(name, this.file, ex),
					ex);
		}
	}

	private static LookupException unknown(String name, String protocol, String origin, List<Service> others) {
		String message = "Service '%s' is not known for %s in %s".formatted(name, protocol, origin);
		if (!others.isEmpty()) {
			message += others.stream()
				.map(Service::protocol)
				.distinct()
				.collect(Collectors.joining(", ", " (it is known for ", ")"));
		}
		return LookupException.service(message, null);
	}

	private record Service(int port, String protocol) {

		private static final Pattern VALUE = Pattern.compile("(\\d{1,5})/(\\S+)");

		static Stream<Service> parse(NameTable.Entry entry) {
			Matcher value = VALUE.matcher(entry.value());
			if (!value.matches()) {
				return Stream.empty();
			}
			int port = Integer.parseInt(value.group(1));
			return (port <= MAX_PORT) ? Stream.of(new Service(port, value.group(2))) : Stream.empty();
		}

	}

}
