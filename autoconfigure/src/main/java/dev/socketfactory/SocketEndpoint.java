package dev.socketfactory;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * One end of a socket as it is written down: a host and a port, each of which may still
 * have to be looked up, or the path of a UNIX socket.
 *
 * @param host name or address without brackets, {@code null} for all interfaces
 * @param address the address if the host is written as one, {@code null} if it has to be
 * looked up
 * @param port number of the port, {@code 0} for a free one
 * @param service name of a service if the port has to be looked up, else {@code null}
 * @param path path of a UNIX socket, {@code null} for the other domains
 * @since 0.1.0
 */
public record SocketEndpoint(@Nullable String host, @Nullable InetAddress address, int port, @Nullable String service,
		@Nullable String path) {

	/**
	 * All interfaces, a free port.
	 */
	public static final SocketEndpoint ANY = new SocketEndpoint(null, null, 0, null, null);

	/**
	 * Room of {@code sun_path} in
	 * <a href= "https://man7.org/linux/man-pages/man7/unix.7.html">unix(7)</a>, less what
	 * the JDK keeps for itself.
	 */
	private static final int LONGEST_PATH = System.getProperty("os.name", "").toLowerCase(Locale.ROOT).contains("linux")
			? 106 : 102;

	private static final int MAX_PORT = 65535;

	private static final int LONGEST_NAME = 253;

	private static final Pattern PATH = Pattern.compile("\\.{0,2}/.*", Pattern.DOTALL);

	private static final Pattern BRACKETED = Pattern.compile("\\[(?<host>[^\\[\\]]*)](:(?<port>.*))?");

	private static final Pattern NUMBER = Pattern.compile("[0-9]+");

	private static final Pattern PORT_RANGE = Pattern.compile("[0-9]+-[0-9]+");

	/**
	 * With a scope, which is the name or number of an interface (RFC 4007).
	 */
	private static final Pattern IPV6 = Pattern.compile("(?<address>[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)(%[A-Za-z0-9_.-]+)?");

	/**
	 * Without brackets only what cannot end in a port is taken for an address.
	 */
	private static final Pattern UNAMBIGUOUS_IPV6 = Pattern
		.compile("::|::1|([0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}|.*:[0-9.]*\\.[0-9]+|.*%.*");

	/**
	 * One to four parts, the last of which stands for all that are missing, as for
	 * inet_aton(3). A leading zero means octal there and decimal to the JDK (RFC 6943).
	 */
	private static final Pattern IPV4 = Pattern.compile("(?:(?:0|[1-9][0-9]{0,2})\\.){1,3}(?:0|[1-9][0-9]{0,9})");

	private static final Pattern DIGITS_AND_DOTS = Pattern.compile("[0-9.]*\\.[0-9.]*");

	/**
	 * The port of a listener, which is known when that is open.
	 */
	private static final Pattern LOCAL_PORT = Pattern.compile("\\$\\{local\\.socket\\.(?<name>[a-z0-9-]+)\\.port}");

	private static final Pattern UNRESOLVED = Pattern.compile("\\$\\{(?<property>[^{}:]+)}");

	private static final Pattern PLACEHOLDER = Pattern.compile(".*(\\{|}|\\$|<|>|%[A-Za-z_]+%).*");

	private static final String NAME_LABEL = "[\\p{L}\\p{M}\\p{N}_](?:[\\p{L}\\p{M}\\p{N}_-]{0,61}[\\p{L}\\p{M}\\p{N}_])?";

	/**
	 * RFC 1123, and what is met in practice: the underscore, and the letters of other
	 * scripts, which the resolver may know. The last label is no number, or it would be
	 * an address.
	 */
	private static final Pattern NAME = Pattern
		.compile("(?!.*\\.[0-9]+\\.?$)(?:" + NAME_LABEL + "(?:\\.(?!$)|\\.?$))+");

	/**
	 * RFC 6335 has letters, digits and hyphens with at least one letter; the services
	 * file knows names with other punctuation too.
	 */
	private static final Pattern SERVICE = Pattern.compile("(?=.*[A-Za-z])(?!0[xX])[A-Za-z0-9][A-Za-z0-9_.+*/-]*");

	private static final Pattern ZEROS = Pattern.compile("(?<![0-9a-f])0(:0)+(?![0-9a-f])");

	private static final String BIND_FORMS = "Write \"host:port\", \"[address]:port\", \":port\", a port or a host";

	private static final String REMOTE_FORMS = "Write \"host:port\" or \"[address]:port\"";

	/**
	 * Return the endpoint that an address stands for.
	 * @param address an {@link InetSocketAddress}, resolved or not, or a
	 * {@link UnixDomainSocketAddress}
	 * @return the endpoint
	 * @throws IllegalArgumentException if the address is of another kind
	 */
	public static SocketEndpoint of(SocketAddress address) {
		if (address instanceof UnixDomainSocketAddress unix) {
			return ofPath(unix.getPath().toString());
		}
		if (address instanceof InetSocketAddress inet) {
			InetAddress resolved = inet.getAddress();
			String host = (resolved != null) ? text(resolved) : inet.getHostString();
			return new SocketEndpoint(host, resolved, inet.getPort(), null, null);
		}
		throw new IllegalArgumentException(
				"'address' must be an InetSocketAddress or a UnixDomainSocketAddress, not '%s'".formatted(address));
	}

	/**
	 * Return the local endpoint that an address stands for. The JDK makes the wildcard
	 * address of one family or the other as the machine has it, whatever the domain.
	 */
	static SocketEndpoint ofLocal(SocketAddress address) {
		SocketEndpoint endpoint = of(address);
		boolean wildcard = endpoint.address != null && endpoint.address.isAnyLocalAddress();
		return wildcard ? new SocketEndpoint(null, null, endpoint.port, null, null) : endpoint;
	}

	/**
	 * Read an endpoint. Only what the text alone shows to be wrong is refused: whether
	 * names exist is seen when the socket is opened.
	 * @param text the text
	 * @param domain the domain that was given, {@code null} if the text shows it
	 * @param remote whether host and port are required
	 * @throws MalformedException if the text is no endpoint
	 */
	static SocketEndpoint parse(String text, @Nullable SocketDomain domain, boolean remote) {
		if (domain == SocketDomain.AF_UNIX || (domain == null && PATH.matcher(text).matches())) {
			return parsePath(text);
		}
		if (PATH.matcher(text).matches()) {
			throw new MalformedException("it is a path", "Write domain: AF_UNIX, or leave the domain out");
		}
		return new Parser(text, remote).parse();
	}

	/**
	 * Return the factory whose port is meant, which is known when that is open.
	 * @return the name of the factory, {@code null} if there is no such
	 */
	public @Nullable String getPortOwner() {
		Matcher matcher = LOCAL_PORT.matcher(String.valueOf(this.service));
		return matcher.matches() ? matcher.group("name") : null;
	}

	/**
	 * Return the domain that the text shows.
	 * @return the domain, {@code null} if it has to be looked up
	 */
	@Nullable SocketDomain domain() {
		if (this.path != null) {
			return SocketDomain.AF_UNIX;
		}
		if (this.host != null && this.host.indexOf(':') >= 0) {
			return SocketDomain.AF_INET6;
		}
		return (this.address != null) ? SocketDomain.AF_INET : null;
	}

	/**
	 * Return the notation that the configuration uses.
	 * @return {@code host:port}, {@code [address]:port}, {@code :port} or a path
	 */
	@Override
	public String toString() {
		if (this.path != null) {
			return this.path;
		}
		String end = ":" + ((this.service != null) ? this.service : this.port);
		if (this.host == null) {
			return end;
		}
		return (this.host.indexOf(':') >= 0) ? "[" + this.host + "]" + end : this.host + end;
	}

	private static SocketEndpoint ofPath(String path) {
		return new SocketEndpoint(null, null, 0, null, path);
	}

	private static SocketEndpoint parsePath(String text) {
		if (text.isBlank()) {
			throw new MalformedException("it is empty", "Write the path of a socket file");
		}
		if (text.startsWith("@")) {
			throw new MalformedException("the JDK has no abstract names",
					"Write \"./%s\" for a file of that name, or another path".formatted(text));
		}
		try {
			int length = Path.of(text).toString().getBytes(StandardCharsets.UTF_8).length;
			if (length > LONGEST_PATH) {
				throw new MalformedException("it has %d bytes, the system takes %d".formatted(length, LONGEST_PATH),
						"Write a path of at most %d bytes".formatted(LONGEST_PATH));
			}
		}
		catch (InvalidPathException ex) {
			throw new MalformedException("it is not a path: " + ex.getReason(), "Write the path of a socket file");
		}
		return ofPath(text);
	}

	/**
	 * Return the address that an IPv6 literal (RFC 4291) stands for.
	 * @return the address, {@code null} if the text is none
	 */
	private static @Nullable InetAddress ipv6(String text) {
		Matcher matcher = IPV6.matcher(text);
		if (!matcher.matches()) {
			return null;
		}
		try {
			// The brackets keep the JDK from asking the resolver
			return InetAddress.getByName("[" + matcher.group("address") + "]");
		}
		catch (UnknownHostException ex) {
			return null;
		}
	}

	/**
	 * Return the text of an address, that of IPv6 as RFC 5952 recommends: the longest run
	 * of zeros is left out.
	 */
	private static String text(InetAddress address) {
		String text = address.getHostAddress();
		if (!(address instanceof Inet6Address)) {
			return text;
		}
		String longest = "";
		Matcher matcher = ZEROS.matcher(text);
		while (matcher.find()) {
			longest = (matcher.group().length() > longest.length()) ? matcher.group() : longest;
		}
		if (longest.isEmpty()) {
			return text;
		}
		return text.replaceFirst("(^|:)" + longest + "(:|$|(?=%))", "::").replaceFirst(":::+", "::");
	}

	/**
	 * Reads the notation of an internet endpoint.
	 */
	private static final class Parser {

		private final String text;

		private final boolean remote;

		private final String forms;

		private Parser(String text, boolean remote) {
			this.text = text;
			this.remote = remote;
			this.forms = remote ? REMOTE_FORMS : BIND_FORMS;
		}

		private SocketEndpoint parse() {
			refuseUnreadable();
			if (NUMBER.matcher(this.text).matches()) {
				return endpoint(null, this.text);
			}
			if (this.text.startsWith("[")) {
				return bracketed();
			}
			int colon = this.text.indexOf(':');
			if (colon != this.text.lastIndexOf(':')) {
				return bareIpv6();
			}
			return (colon < 0) ? endpoint(this.text, null)
					: endpoint(this.text.substring(0, colon), this.text.substring(colon + 1));
		}

		private void refuseUnreadable() {
			if (this.text.isBlank()) {
				throw malformed("it is empty");
			}
			if (this.text.chars().anyMatch(Character::isWhitespace)) {
				throw malformed("it has a space in it");
			}
			if (this.text.indexOf(',') >= 0) {
				throw new MalformedException("it is more than one endpoint", "Write an entry for each of them");
			}
			if (this.text.contains("://")) {
				throw new MalformedException("it is a URL", "Write host and port alone, such as \"example.org:80\"");
			}
			String others = this.remote ? LOCAL_PORT.matcher(this.text).replaceFirst("0") : this.text;
			Matcher unresolved = UNRESOLVED.matcher(others);
			if (unresolved.find()) {
				String property = unresolved.group("property");
				throw new MalformedException("the placeholder ${%s} cannot be resolved".formatted(property),
						"Define the property '%s', or write a default after a colon, as in ${%s:value}"
							.formatted(property, property));
			}
			if (PLACEHOLDER.matcher(others.replaceFirst("^\\[[^]]*]", "")).matches()) {
				throw new MalformedException("it has a placeholder in it that nothing has replaced",
						"Define what it stands for, or write the value");
			}
			if (PORT_RANGE.matcher(this.text).matches()) {
				throw new MalformedException("it is a range of ports", "Write an entry for each of them");
			}
		}

		private SocketEndpoint bracketed() {
			Matcher matcher = BRACKETED.matcher(this.text);
			if (!matcher.matches()) {
				throw malformed("the brackets do not enclose an address");
			}
			String host = matcher.group("host");
			if (ipv6(host) == null) {
				throw malformed("'%s' is not an IPv6 address".formatted(host));
			}
			return ipv6Endpoint(host, matcher.group("port"));
		}

		private SocketEndpoint bareIpv6() {
			boolean address = ipv6(this.text) != null;
			if (address && UNAMBIGUOUS_IPV6.matcher(this.text).matches()) {
				return ipv6Endpoint(this.text, null);
			}
			int colon = this.text.lastIndexOf(':');
			String host = (colon != 1) ? this.text.substring(0, colon) : "::";
			if (NUMBER.matcher(this.text.substring(colon + 1)).matches() && ipv6(host) != null) {
				throw new MalformedException("an IPv6 address with a port needs brackets",
						"Write \"[%s]:%s\"".formatted(host, this.text.substring(colon + 1)));
			}
			throw address
					? new MalformedException("an IPv6 address needs brackets", "Write \"[%s]\"".formatted(this.text))
					: malformed("it is neither one host with a port nor an IPv6 address");
		}

		/**
		 * An address with a scope is looked up when the socket is opened, because
		 * interfaces come and go.
		 */
		private SocketEndpoint ipv6Endpoint(String host, @Nullable String port) {
			return withPort(host, (host.indexOf('%') < 0) ? ipv6(host) : null, port);
		}

		private SocketEndpoint endpoint(@Nullable String host, @Nullable String port) {
			if (host == null || host.isEmpty() || (host.equals("*") && !this.remote)) {
				if (this.remote) {
					throw malformed("the host is missing");
				}
				return withPort(null, null, port);
			}
			if (DIGITS_AND_DOTS.matcher(host).matches()) {
				return withPort(host, ipv4(host), port);
			}
			requireName(host);
			return withPort(host, null, port);
		}

		private void requireName(String host) {
			if (!NAME.matcher(host).matches() || host.length() > LONGEST_NAME || host.matches("0[xX][0-9A-Fa-f]*")) {
				throw malformed("'%s' is not a host name".formatted(host));
			}
		}

		private SocketEndpoint withPort(@Nullable String host, @Nullable InetAddress address, @Nullable String port) {
			if (port == null && !this.remote) {
				return new SocketEndpoint(host, address, 0, null, null);
			}
			if (port == null || port.isEmpty()) {
				throw malformed("the port is missing");
			}
			if (NUMBER.matcher(port).matches()) {
				return new SocketEndpoint(host, address, number(port), null, null);
			}
			if (!SERVICE.matcher(port).matches() && !LOCAL_PORT.matcher(port).matches()) {
				throw new MalformedException("'%s' is neither a port number nor a service name".formatted(port),
						"A port is a number from 0 to 65535 or a service name. " + this.forms);
			}
			return new SocketEndpoint(host, address, 0, port, null);
		}

		private static int number(String digits) {
			String plain = digits.replaceFirst("^0+(?=.)", "");
			if (plain.length() > 5 || Integer.parseInt(plain) > MAX_PORT) {
				throw new MalformedException("port %s is larger than %d".formatted(plain, MAX_PORT),
						"Write a port from 0 (a free one) to %d".formatted(MAX_PORT));
			}
			return Integer.parseInt(plain);
		}

		private InetAddress ipv4(String host) {
			int parts = host.split("\\.", -1).length;
			long last = IPV4.matcher(host).matches() ? Long.parseLong(host.substring(host.lastIndexOf('.') + 1)) : -1;
			try {
				if (last >= 0 && last < 1L << 8 * (5 - parts)) {
					return InetAddress.getByName(host);
				}
			}
			catch (UnknownHostException ex) {
				// One of the other parts is too large
			}
			throw malformed("'%s' is not an IPv4 address".formatted(host));
		}

		private MalformedException malformed(String reason) {
			return new MalformedException(reason, this.forms);
		}

	}

	/**
	 * Thrown for a text that is no endpoint.
	 */
	@SuppressWarnings("serial")
	static final class MalformedException extends IllegalArgumentException {

		private final String reason;

		private final String action;

		MalformedException(String reason, String action) {
			super(reason);
			this.reason = reason;
			this.action = action;
		}

		String getReason() {
			return this.reason;
		}

		String getAction() {
			return this.action;
		}

	}

}
