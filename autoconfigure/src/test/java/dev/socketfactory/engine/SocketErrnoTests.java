package dev.socketfactory.engine;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.SocketEndpoint;
import dev.socketfactory.SocketFailure;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketSpecBuilder;
import dev.socketfactory.SocketState;
import dev.socketfactory.testing.LeakCheck;
import dev.socketfactory.testing.Peer;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the parts of the failures that can be provoked without privileges, as Linux
 * numbers them.
 */
@ExtendWith(LeakCheck.class)
@EnabledOnOs(OS.LINUX)
class SocketErrnoTests {

	// TEST-NET-3 is no address of any machine
	private static final String FOREIGN = "203.0.113.1";

	static final List<Row> rows = List.of(
			row("bind", 98, "EADDRINUSE", "127.0.0.1:{busy}", (ports) -> listener().bind(ports.at("{busy}"))),
			row("bind", 98, "EADDRINUSE", "127.0.0.1:{busy}",
					(ports) -> client(ports.at("{free}")).bind(ports.at("{busy}"))),
			row("bind", 99, "EADDRNOTAVAIL", FOREIGN + ":0", (ports) -> listener().bind(FOREIGN)),
			row("bind", 99, "EADDRNOTAVAIL", FOREIGN + ":0", (ports) -> client(ports.at("{free}")).bind(FOREIGN)),
			row("bind", 99, "EADDRNOTAVAIL", text("2001:db8::1", "0"),
					(ports) -> listener().domain("inet6").bind("[2001:db8::1]")),
			row("connect", 111, "ECONNREFUSED", "127.0.0.1:{free}", (ports) -> client(ports.at("{free}"))),
			row("connect", 111, "ECONNREFUSED", text("::1", "{free}"),
					(ports) -> client(ports.fill("[::1]:{free}")).domain("inet6")),
			row("connect", 101, "ENETUNREACH", "255.255.255.255:80", (ports) -> client("255.255.255.255:80")),
			row("connect", 110, "ETIMEDOUT", "127.0.0.1:{silent}",
					(ports) -> client(ports.at("{silent}")).connectTimeout(Duration.ofMillis(100))),
			row("connect", 22, "EINVAL", text("fe80::1", "80"),
					(ports) -> client("[fe80::1]:80").domain("inet6").connectTimeout(Duration.ofSeconds(2))),
			row("getaddrinfo", 99, "EADDRNOTAVAIL", "no-such-host.invalid:80",
					(ports) -> client("no-such-host.invalid:80")),
			row("getaddrinfo", 99, "EADDRNOTAVAIL", "no-such-host.invalid:0",
					(ports) -> listener().bind("no-such-host.invalid")),
			row("getservbyname", 99, "EADDRNOTAVAIL", "127.0.0.1:no-such-service",
					(ports) -> client("127.0.0.1:no-such-service")),
			row("getservbyname", 99, "EADDRNOTAVAIL", "127.0.0.1:no-such-service",
					(ports) -> listener().bind("127.0.0.1:no-such-service")));

	@ParameterizedTest
	@FieldSource("rows")
	void whenItFailsThenOperationErrnoNameAndEndpoint(Row row) {
		try (Peer busy = Peer.listening();
				Peer silent = Peer.silent();
				ClientHarness harness = ClientHarness.of(DispatchMode.EXECUTOR)) {
			Ports ports = new Ports(busy.port(), Peer.nobody().getPort(), silent.port());
			SocketSpec spec = row.spec().apply(ports).build();
			ManagedSocketFactory factory = harness.startAny(spec);
			SocketFailure failure = harness.awaitFailure(1);
			assertThat(failure.operation()).isEqualTo(row.operation());
			assertThat(failure.errno()).isEqualTo(row.errno());
			assertThat(failure.errnoName()).isEqualTo(row.errnoName());
			assertThat(failure.message()).startsWith(ports.fill(row.endpoint()) + ": ");
			assertThat(failure.cause()).isNotNull();
			ClientHarness.awaitState(factory, SocketState.FAILED);
			assertThat(factory.getStatus().failures()).containsOnlyKeys(row.operation());
			harness.assertEvents(0, 1);
		}
	}

	private static String text(String ipv6, String port) {
		String text = SocketEndpoint.of(new InetSocketAddress(ipv6, 1)).toString();
		return text.substring(0, text.length() - 1) + port;
	}

	private static SocketSpecBuilder listener() {
		return SocketSpec.listener("test");
	}

	private static SocketSpecBuilder client(String remote) {
		return SocketSpec.client("test").remote(remote);
	}

	private static Row row(String operation, int errno, String errnoName, String endpoint,
			Function<Ports, SocketSpecBuilder> spec) {
		return new Row(operation, errno, errnoName, endpoint, spec);
	}

	record Row(String operation, int errno, String errnoName, String endpoint,
			Function<Ports, SocketSpecBuilder> spec) {

		@Override
		public String toString() {
			return "%s %s at %s".formatted(this.operation, this.errnoName, this.endpoint);
		}

	}

	record Ports(int busy, int free, int silent) {

		String at(String port) {
			return fill("127.0.0.1:" + port);
		}

		String fill(String text) {
			return text.replace("{busy}", String.valueOf(this.busy))
				.replace("{free}", String.valueOf(this.free))
				.replace("{silent}", String.valueOf(this.silent));
		}

	}

}
