package dev.socketfactory;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Reads the one-string notation of an internet endpoint. Only what the text alone shows
 * to be wrong is refused: whether names exist is seen when the socket is opened.
 */
final class EndpointParser {

	private static final Pattern BRACKETED = Pattern.compile("\\[(?<host>[^\\[\\]]*)](:(?<port>.*))?");

	/**
	 * A host never begins with a hyphen, and {@code 0x50} is meant as a port.
	 */
	private static final Pattern HOST = Pattern.compile("(?!-|0[xX][0-9A-Fa-f]*$)[^\\s:/?#@\\[\\]]+");

	private static final Pattern NUMBER = Pattern.compile("[0-9]+");

	/**
	 * RFC 6335 has letters, digits and hyphens with at least one letter; the services
	 * file knows names with other punctuation too.
	 */
	private static final Pattern SERVICE = Pattern.compile("(?=.*[A-Za-z])(?!0[xX])[A-Za-z0-9][A-Za-z0-9_.+*/-]*");

	private static final int MAX_PORT = 65535;

	private final String forms;

	private final boolean portRequired;

	private EndpointParser(String forms, boolean portRequired) {
		this.forms = forms;
		this.portRequired = portRequired;
	}

	static EndpointParser forBind() {
		return new EndpointParser("Write \"host:port\", \"[address]:port\", \":port\", a port or a host", false);
	}

	static EndpointParser forRemote() {
		return new EndpointParser("Write \"host:port\" or \"[address]:port\"", true);
	}

	SocketEndpoint parse(String text) {
		if (text.isBlank()) {
			throw new BadValueException("it is empty", this.forms);
		}
		if (NUMBER.matcher(text).matches()) {
			return new SocketEndpoint(noHost(), port(text), null);
		}
		if (text.startsWith("[")) {
			return bracketed(text);
		}
		if (text.indexOf(':') != text.lastIndexOf(':')) {
			return new SocketEndpoint(bareIpv6(text), port(null), null);
		}
		int colon = text.indexOf(':');
		String host = (colon >= 0) ? text.substring(0, colon) : text;
		return new SocketEndpoint(host.isEmpty() ? noHost() : host(host),
				port((colon >= 0) ? text.substring(colon + 1) : null), null);
	}

	private SocketEndpoint bracketed(String text) {
		Matcher matcher = BRACKETED.matcher(text);
		if (!matcher.matches()) {
			throw new BadValueException("the brackets do not enclose an address", this.forms);
		}
		return new SocketEndpoint(ipv6(matcher.group("host")), port(matcher.group("port")), null);
	}

	private String bareIpv6(String text) {
		if (!AddressText.isIpv6(text)) {
			throw new BadValueException("it is neither one host with a port nor an IPv6 address", this.forms);
		}
		return text;
	}

	private String ipv6(String host) {
		if (!AddressText.isIpv6(host)) {
			throw new BadValueException("'%s' is not an IPv6 address".formatted(host), this.forms);
		}
		return host;
	}

	private @Nullable String noHost() {
		if (this.portRequired) {
			throw new BadValueException("the host is missing", this.forms);
		}
		return null;
	}

	private String host(String host) {
		if (!HOST.matcher(host).matches()) {
			throw new BadValueException("'%s' is not a host name".formatted(host), this.forms);
		}
		return host;
	}

	private String port(@Nullable String port) {
		if (port == null && !this.portRequired) {
			return "0";
		}
		if (port == null || port.isEmpty()) {
			throw new BadValueException("the port is missing", this.forms);
		}
		if (NUMBER.matcher(port).matches()) {
			return number(port);
		}
		if (!SERVICE.matcher(port).matches()) {
			throw new BadValueException("'%s' is neither a port number nor a service name".formatted(port),
					"A port is a number from 0 to 65535 or a service name. " + this.forms);
		}
		return port;
	}

	private static String number(String digits) {
		String plain = digits.replaceFirst("^0+(?=.)", "");
		if (plain.length() > 5 || Integer.parseInt(plain) > MAX_PORT) {
			throw new BadValueException("port %s is larger than %d".formatted(plain, MAX_PORT),
					"Write a port from 0 (a free one) to %d".formatted(MAX_PORT));
		}
		return plain;
	}

}
