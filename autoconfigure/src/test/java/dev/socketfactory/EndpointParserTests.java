package dev.socketfactory;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link EndpointParser}.
 */
class EndpointParserTests {

	private static final String FORMS = "Write \"host:port\", \"[address]:port\", \":port\", a port or a host";

	private static final String PORTS = "A port is a number from 0 to 65535 or a service name. " + FORMS;

	@ParameterizedTest
	@CsvSource(nullValues = "-", textBlock = """
			127.0.0.1:12345,             127.0.0.1,         12345,      127.0.0.1:12345
			127.0.0.1:0,                 127.0.0.1,         0,          127.0.0.1:0
			0.0.0.0:65535,               0.0.0.0,           65535,      0.0.0.0:65535
			localhost:echo,              localhost,         echo,       localhost:echo
			my_host.example.org:http-alt, my_host.example.org, http-alt, my_host.example.org:http-alt
			bücher.example:80,           bücher.example,    80,         bücher.example:80
			[::1]:12345,                 ::1,               12345,      [::1]:12345
			[::1]:echo,                  ::1,               echo,       [::1]:echo
			[fe80::1%eth0]:7,            fe80::1%eth0,      7,          [fe80::1%eth0]:7
			[::]:0,                      ::,                0,          [::]:0
			[::ffff:127.0.0.1]:80,       ::ffff:127.0.0.1,  80,         [::ffff:127.0.0.1]:80
			[::1],                       ::1,               0,          [::1]:0
			::1,                         ::1,               0,          [::1]:0
			::,                          ::,                0,          [::]:0
			:12345,                      -,                 12345,      :12345
			:0,                          -,                 0,          :0
			:echo,                       -,                 echo,       :echo
			12345,                       -,                 12345,      :12345
			0,                           -,                 0,          :0
			08080,                       -,                 8080,       :8080
			:000000000007,               -,                 7,          :7
			localhost,                   localhost,         0,          localhost:0
			127.0.0.1,                   127.0.0.1,         0,          127.0.0.1:0
			echo,                        echo,              0,          echo:0
			127.1:80,                    127.1,             80,         127.1:80
			localhost:3com-tsmux,        localhost,         3com-tsmux, localhost:3com-tsmux
			""")
	void whenWellFormedThenHostAndPort(String text, @Nullable String host, String port, String notation) {
		assertThat(EndpointParser.forBind().parse(text)).isEqualTo(new SocketEndpoint(host, port, null))
			.hasToString(notation);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "\t" })
	void whenEmptyThenRefused(String text) {
		assertRefused(text, "it is empty", FORMS);
	}

	@ParameterizedTest
	@CsvSource({ "70000, 70000", "65536, 65536", ":65536, 65536", "127.0.0.1:70000, 70000", "[::1]:99999, 99999",
			"99999999999999999999, 99999999999999999999", "localhost:0065536, 65536" })
	void whenPortIsTooLargeThenRefused(String text, String port) {
		assertRefused(text, "port " + port + " is larger than 65535", "Write a port from 0 (a free one) to 65535");
	}

	@ParameterizedTest
	@CsvSource(quoteCharacter = '"',
			value = { "127.0.0.1:0x50, 0x50", ":0X50, 0X50", "localhost:-1, -1", ":-1, -1",
					"\"localhost: 80\", \" 80\"", "\"localhost:8 0\", \"8 0\"", "\"localhost:80 \", \"80 \"",
					":+80, +80", ":٤٢, ٤٢", "[::1]:1:2, 1:2", ":*, *", ":80.5, 80.5" })
	void whenPortIsNoPortThenRefused(String text, String port) {
		assertRefused(text, "'%s' is neither a port number nor a service name".formatted(port), PORTS);
	}

	@ParameterizedTest
	@ValueSource(strings = { "localhost:", ":", "[::1]:" })
	void whenPortIsMissingAfterColonThenRefused(String text) {
		assertRefused(text, "the port is missing", FORMS);
	}

	@ParameterizedTest
	@ValueSource(strings = { "[::1", "[::1]80", "[::1]]:80", "[[::1]]:80", "[::1] :80" })
	void whenBracketsDoNotEncloseThenRefused(String text) {
		assertRefused(text, "the brackets do not enclose an address", FORMS);
	}

	@ParameterizedTest
	@CsvSource(quoteCharacter = '"', emptyValue = "",
			value = { "[]:80, \"\"", "[localhost]:80, localhost", "[127.0.0.1]:80, 127.0.0.1", "[::1%]:80, ::1%",
					"[::1::2]:80, ::1::2", "[1:2:3]:80, 1:2:3", "[::127.0.0.256]:80, ::127.0.0.256" })
	void whenHostIsNoIpv6AddressThenRefused(String text, String host) {
		assertRefused(text, "'%s' is not an IPv6 address".formatted(host), FORMS);
	}

	@ParameterizedTest
	@CsvSource(quoteCharacter = '"', value = { "\" localhost:80\", \" localhost\"", "\"local host\", \"local host\"",
			"\"localhost \", \"localhost \"", "/run/socket, /run/socket", "user@host:80, user@host", "a?b:80, a?b" })
	void whenHostIsNoHostNameThenRefused(String text, String host) {
		assertRefused(text, "'%s' is not a host name".formatted(host), FORMS);
	}

	@ParameterizedTest
	@ValueSource(strings = { "localhost:80:80", "::1 ", "tcp://localhost:80", "::1]:80", "::1:12345", ":::", ":80:80",
			"fe80::1%eth0:80" })
	void whenSeveralColonsButNoAddressThenRefused(String text) {
		assertRefused(text, "it is neither one host with a port nor an IPv6 address", FORMS);
	}

	private static void assertRefused(String text, String reason, String action) {
		assertThatExceptionOfType(BadValueException.class).isThrownBy(() -> EndpointParser.forBind().parse(text))
			.withMessage(reason)
			.returns(reason, BadValueException::getReason)
			.returns(action, BadValueException::getAction);
	}

}
