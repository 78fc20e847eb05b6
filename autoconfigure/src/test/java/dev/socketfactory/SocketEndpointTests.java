package dev.socketfactory;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SocketEndpoint}.
 */
class SocketEndpointTests {

	private static final String BIND_FORMS = "Write \"host:port\", \"[address]:port\", \":port\", a port or a host";

	private static final String REMOTE_FORMS = "Write \"host:port\" or \"[address]:port\"";

	@ParameterizedTest
	@CsvSource({ "::, [::]:7", "::1, [::1]:7", "2001:db8::1, [2001:db8::1]:7", "2001:db8::, [2001:db8::]:7",
			"1:0:0:2:0:0:0:3, [1:0:0:2::3]:7", "2001:db8:0:1:1:1:1:1, [2001:db8:0:1:1:1:1:1]:7",
			"10:0:0:100::, [10:0:0:100::]:7", "fe80::1%1, [fe80::1%1]:7", "127.0.0.1, 127.0.0.1:7" })
	void whenAddressThenShortestNotation(String address, String text) throws UnknownHostException {
		InetAddress literal = InetAddress.getByName(address);
		assertThat(SocketEndpoint.of(new InetSocketAddress(literal, 7))).hasToString(text);
	}

	@Test
	void whenNotResolvedThenName() {
		assertThat(SocketEndpoint.of(InetSocketAddress.createUnresolved("example.org", 80)))
			.hasToString("example.org:80");
	}

	@Test
	void whenUnixThenPath() {
		assertThat(SocketEndpoint.of(UnixDomainSocketAddress.of("/run/x.sock"))).hasToString("/run/x.sock");
	}

	@ParameterizedTest
	@CsvSource(nullValues = "-", textBlock = """
			127.0.0.1:12345,             127.0.0.1,         12345, -,          AF_INET,  127.0.0.1:12345
			127.0.0.1:0,                 127.0.0.1,         0,     -,          AF_INET,  127.0.0.1:0
			0.0.0.0:65535,               0.0.0.0,           65535, -,          AF_INET,  0.0.0.0:65535
			127.1:80,                    127.1,             80,    -,          AF_INET,  127.1:80
			10.65535:80,                 10.65535,          80,    -,          AF_INET,  10.65535:80
			localhost:echo,              localhost,         0,     echo,       -,        localhost:echo
			my_host.example.org:http-alt, my_host.example.org, 0,  http-alt,   -,        my_host.example.org:http-alt
			bücher.example:80,           bücher.example,    80,    -,          -,        bücher.example:80
			example.org.:80,             example.org.,      80,    -,          -,        example.org.:80
			[::1]:12345,                 ::1,               12345, -,          AF_INET6, [::1]:12345
			[::1]:echo,                  ::1,               0,     echo,       AF_INET6, [::1]:echo
			[fe80::1%eth0]:7,            fe80::1%eth0,      7,     -,          AF_INET6, [fe80::1%eth0]:7
			[::]:0,                      ::,                0,     -,          AF_INET6, [::]:0
			[::ffff:127.0.0.1]:80,       ::ffff:127.0.0.1,  80,    -,          AF_INET6, [::ffff:127.0.0.1]:80
			[::1],                       ::1,               0,     -,          AF_INET6, [::1]:0
			::1,                         ::1,               0,     -,          AF_INET6, [::1]:0
			::,                          ::,                0,     -,          AF_INET6, [::]:0
			1:2:3:4:5:6:7:8,             1:2:3:4:5:6:7:8,   0,     -,          AF_INET6, [1:2:3:4:5:6:7:8]:0
			:12345,                      -,                 12345, -,          -,        :12345
			*:12345,                     -,                 12345, -,          -,        :12345
			:echo,                       -,                 0,     echo,       -,        :echo
			12345,                       -,                 12345, -,          -,        :12345
			0,                           -,                 0,     -,          -,        :0
			08080,                       -,                 8080,  -,          -,        :8080
			:000000000007,               -,                 7,     -,          -,        :7
			localhost,                   localhost,         0,     -,          -,        localhost:0
			127.0.0.1,                   127.0.0.1,         0,     -,          AF_INET,  127.0.0.1:0
			echo,                        echo,              0,     -,          -,        echo:0
			localhost:3com-tsmux,        localhost,         0,     3com-tsmux, -,        localhost:3com-tsmux
			""")
	void whenWellFormedThenHostPortAndDomain(String text, @Nullable String host, int port, @Nullable String service,
			@Nullable SocketDomain domain, String notation) {
		SocketEndpoint endpoint = SocketEndpoint.parse(text, null, false);
		assertThat(endpoint).returns(host, SocketEndpoint::host)
			.returns(port, SocketEndpoint::port)
			.returns(service, SocketEndpoint::service)
			.returns(domain, SocketEndpoint::domain)
			.hasToString(notation);
		if (host != null && port > 0) {
			assertThat(SocketEndpoint.parse(text, null, true)).isEqualTo(endpoint);
		}
	}

	@ParameterizedTest
	@CsvSource({ "127.0.0.1, 127.0.0.1", "127.1, 127.0.0.1", "1.2.772, 1.2.3.4", "[::ffff:10.0.0.1], 10.0.0.1",
			"[2001:DB8::a], 2001:db8:0:0:0:0:0:a" })
	void whenLiteralThenAddress(String host, String address) {
		assertThat(SocketEndpoint.parse(host + ":1", null, true).address()).isNotNull()
			.returns(address, InetAddress::getHostAddress);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/run/s", "./s", "../run/s", "/", "/a:b" })
	void whenItBeginsLikeAPathThenPath(String text) {
		assertThat(SocketEndpoint.parse(text, null, false)).returns(text, SocketEndpoint::path)
			.returns(SocketDomain.AF_UNIX, SocketEndpoint::domain)
			.hasToString(text);
	}

	@ParameterizedTest
	@ValueSource(strings = { "s", "127.0.0.1:80", "a b", "./@name" })
	void whenDomainIsUnixThenAnyTextIsAPath(String text) {
		assertThat(SocketEndpoint.parse(text, SocketDomain.AF_UNIX, true).path()).isEqualTo(text);
	}

	@ParameterizedTest
	@CsvSource(quoteCharacter = '"', emptyValue = "", textBlock = """
			"",                       it is empty
			" ",                      it is empty
			"localhost: 80",          it has a space in it
			"localhost:80 ",          it has a space in it
			"local host",             it has a space in it
			localhost:,               the port is missing
			:,                        the port is missing
			[::1]:,                   the port is missing
			[::1,                     the brackets do not enclose an address
			[::1]80,                  the brackets do not enclose an address
			[::1]]:80,                the brackets do not enclose an address
			[[::1]]:80,               the brackets do not enclose an address
			[]:80,                    '' is not an IPv6 address
			[localhost]:80,           'localhost' is not an IPv6 address
			[127.0.0.1]:80,           '127.0.0.1' is not an IPv6 address
			[::1%]:80,                '::1%' is not an IPv6 address
			[::1::2]:80,              '::1::2' is not an IPv6 address
			[1:2:3]:80,               '1:2:3' is not an IPv6 address
			[::127.0.0.256]:80,       '::127.0.0.256' is not an IPv6 address
			256.1.1.1:80,             '256.1.1.1' is not an IPv4 address
			300.1.1.1:0,              '300.1.1.1' is not an IPv4 address
			1.2.3.4.5:80,             '1.2.3.4.5' is not an IPv4 address
			1.2.3.:80,                '1.2.3.' is not an IPv4 address
			127.0.0.01:80,            '127.0.0.01' is not an IPv4 address
			0177.1:80,                '0177.1' is not an IPv4 address
			127.16777216:80,          '127.16777216' is not an IPv4 address
			a..b:80,                  'a..b' is not a host name
			.a:80,                    '.a' is not a host name
			-a:80,                    '-a' is not a host name
			a.1:80,                   'a.1' is not a host name
			0x7f000001:80,            '0x7f000001' is not a host name
			user@host:80,             'user@host' is not a host name
			a?b:80,                   'a?b' is not a host name
			localhost:80:80,          it is neither one host with a port nor an IPv6 address
			::1]:80,                  it is neither one host with a port nor an IPv6 address
			:::,                      it is neither one host with a port nor an IPv6 address
			:80:80,                   it is neither one host with a port nor an IPv6 address
			""")
	void whenMalformedThenRefused(String text, String reason) {
		assertRefused(text, false, reason, BIND_FORMS);
		if (!text.equals(":")) {
			assertRefused(text, true, reason, REMOTE_FORMS);

		}
	}

	@ParameterizedTest
	@CsvSource(
			textBlock = """
									7000-7010,        it is a range of ports, Write an entry for each of them
									'127.0.0.1,127.0.0.2:80', it is more than one endpoint, Write an entry for each of them
									{{host}}:80,      it has a placeholder in it that nothing has replaced, 'Define what it stands for, or write the value'
									$HOST:80,         it has a placeholder in it that nothing has replaced, 'Define what it stands for, or write the value'
									${HOST}:80,       the placeholder ${HOST} cannot be resolved, 'Define the property ''HOST'', or write a default after a colon, as in ${HOST:value}'
					tcp://localhost:80, it is a URL, 'Write host and port alone, such as "example.org:80"'
									<host>:80,        it has a placeholder in it that nothing has replaced, 'Define what it stands for, or write the value'
									::1:7000,         an IPv6 address with a port needs brackets, 'Write "[::1]:7000"'
									::7000,           an IPv6 address with a port needs brackets, 'Write "[::]:7000"'
									fe80::1:8080,     an IPv6 address with a port needs brackets, 'Write "[fe80::1]:8080"'
									fe80::1%eth0:80,  an IPv6 address with a port needs brackets, 'Write "[fe80::1%eth0]:80"'
							2001:db8::a,      an IPv6 address needs brackets, 'Write "[2001:db8::a]"'
									70000,            port 70000 is larger than 65535, Write a port from 0 (a free one) to 65535
									:65536,           port 65536 is larger than 65535, Write a port from 0 (a free one) to 65535
									[::1]:99999,      port 99999 is larger than 65535, Write a port from 0 (a free one) to 65535
									localhost:0065536, port 65536 is larger than 65535, Write a port from 0 (a free one) to 65535
									99999999999999999999, port 99999999999999999999 is larger than 65535, Write a port from 0 (a free one) to 65535
									""")
	void whenItIsPlainWhatWasMeantThenRefusedWithThat(String text, String reason, String action) {
		assertRefused(text, false, reason, action);
	}

	@ParameterizedTest
	@CsvSource({ "127.0.0.1:0x50, 0x50", ":0X50, 0X50", "localhost:-1, -1", ":+80, +80", ":٤٢, ٤٢", "[::1]:1:2, 1:2",
			":*, *", ":80.5, 80.5" })
	void whenPortIsNoPortThenRefused(String text, String port) {
		assertRefused(text, false, "'%s' is neither a port number nor a service name".formatted(port),
				"A port is a number from 0 to 65535 or a service name. " + BIND_FORMS);
	}

	@ParameterizedTest
	@CsvSource({ "80, the host is missing", ":80, the host is missing", ":https, the host is missing",
			"*:80, '''*'' is not a host name'", "example.org, the port is missing", "127.0.0.1, the port is missing",
			"[::1], the port is missing", "::1, the port is missing" })
	void whenRemoteIsIncompleteThenRefused(String text, String reason) {
		assertRefused(text, true, reason, REMOTE_FORMS);
	}

	@Test
	void whenNameIsTooLongThenRefused() {
		String label = "a".repeat(63);
		assertThat(SocketEndpoint.parse(label + ":80", null, true).host()).isEqualTo(label);
		assertRefused(label + "a:80", true, "'%sa' is not a host name".formatted(label), REMOTE_FORMS);
		String name = "a.".repeat(127);
		assertRefused(name + ":80", true, "'%s' is not a host name".formatted(name), REMOTE_FORMS);
	}

	@Test
	void whenPathIsNoneThenRefused() {
		assertRefusedPath("", "it is empty", "Write the path of a socket file");
		assertRefusedPath("@name", "the JDK has no abstract names",
				"Write \"./@name\" for a file of that name, or another path");
		assertRefusedPath("a\0b", "it is not a path: Nul character not allowed", "Write the path of a socket file");
	}

	@Test
	void whenPathButAnotherDomainThenRefused() {
		assertThatExceptionOfType(SocketEndpoint.MalformedException.class)
			.isThrownBy(() -> SocketEndpoint.parse("/run/s", SocketDomain.AF_INET, false))
			.withMessage("it is a path");
	}

	private static void assertRefusedPath(String text, String reason, String action) {
		assertThatExceptionOfType(SocketEndpoint.MalformedException.class)
			.isThrownBy(() -> SocketEndpoint.parse(text, SocketDomain.AF_UNIX, false))
			.returns(reason, SocketEndpoint.MalformedException::getReason)
			.returns(action, SocketEndpoint.MalformedException::getAction);
	}

	private static void assertRefused(String text, boolean remote, String reason, String action) {
		assertThatExceptionOfType(SocketEndpoint.MalformedException.class)
			.isThrownBy(() -> SocketEndpoint.parse(text, null, remote))
			.returns(reason, SocketEndpoint.MalformedException::getReason)
			.returns(action, SocketEndpoint.MalformedException::getAction);
	}

}
