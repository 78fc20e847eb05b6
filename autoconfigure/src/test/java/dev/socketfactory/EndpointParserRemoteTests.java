package dev.socketfactory;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link EndpointParser}: the remote end of a client.
 */
class EndpointParserRemoteTests {

	@ParameterizedTest
	@CsvSource(textBlock = """
			example.org:https,     example.org,  https, example.org:https
			127.0.0.1:12345,       127.0.0.1,    12345, 127.0.0.1:12345
			127.0.0.1:0,           127.0.0.1,    0,     127.0.0.1:0
			localhost:00080,       localhost,    80,    localhost:80
			[::1]:65535,           ::1,          65535, [::1]:65535
			[fe80::1%eth0]:echo,   fe80::1%eth0, echo,  [fe80::1%eth0]:echo
			""")
	void whenRemoteIsWellFormedThenHostAndPort(String text, String host, String port, String notation) {
		assertThat(EndpointParser.forRemote().parse(text)).isEqualTo(new SocketEndpoint(host, port, null))
			.hasToString(notation);
	}

	@ParameterizedTest
	@CsvSource(quoteCharacter = '"', textBlock = """
			"",              it is empty
			" ",             it is empty
			80,              the host is missing
			:80,             the host is missing
			:https,          the host is missing
			:,               the host is missing
			example.org,     the port is missing
			127.0.0.1,       the port is missing
			example.org:,    the port is missing
			[::1],           the port is missing
			[::1]:,          the port is missing
			::1,             the port is missing
			fe80::1:80,      the port is missing
			[::1,            the brackets do not enclose an address
			[localhost]:80,  'localhost' is not an IPv6 address
			user@host:80,    'user@host' is not a host name
			" localhost:80", ' localhost' is not a host name
			""")
	void whenRemoteIsIncompleteThenRefused(String text, String reason) {
		assertThatExceptionOfType(BadValueException.class).isThrownBy(() -> EndpointParser.forRemote().parse(text))
			.withMessage(reason)
			.returns("Write \"host:port\" or \"[address]:port\"", BadValueException::getAction);
	}

	@ParameterizedTest
	@CsvSource(quoteCharacter = '"',
			value = { "example.org:70000, port 70000 is larger than 65535",
					"example.org:0x50, '0x50' is neither a port number nor a service name",
					"example.org:-1, '-1' is neither a port number nor a service name" })
	void whenRemotePortIsNoPortThenRefused(String text, String reason) {
		assertThatExceptionOfType(BadValueException.class).isThrownBy(() -> EndpointParser.forRemote().parse(text))
			.withMessage(reason);
	}

}
