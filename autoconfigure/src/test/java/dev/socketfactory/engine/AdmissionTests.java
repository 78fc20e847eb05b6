package dev.socketfactory.engine;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

import dev.socketfactory.AccessSettings;
import dev.socketfactory.DispatchMode;
import dev.socketfactory.FirstByteSettings;
import dev.socketfactory.InvalidSocketSpecException;
import dev.socketfactory.PerSourceSettings;
import dev.socketfactory.ProxyProtocolSettings;
import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketSpecBuilder;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.LeakCheck;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for what a connection passes before its event: who may connect, from where, and
 * through which proxies.
 */
@ExtendWith({ LeakCheck.class, OutputCaptureExtension.class })
@Timeout(60)
class AdmissionTests {

	private static final Duration SHORT = Duration.ofMillis(200);

	private static final Duration LONG = Duration.ofSeconds(40);

	private static final ProxyProtocolSettings LOCAL_PROXY = ProxyProtocolSettings.of(List.of("127.0.0.1"));

	private final List<Socket> clients = new ArrayList<>();

	@TempDir
	private Path folder;

	@AfterEach
	void close() throws IOException {
		for (Socket client : this.clients) {
			client.close();
		}
	}

	@ParameterizedTest
	@EnumSource(DispatchMode.class)
	void whoIsNotAllowedIsClosedWithoutAnEvent(DispatchMode dispatch) throws Exception {
		try (SocketFactoryHarness harness = SocketFactoryHarness.of(dispatch)) {
			ManagedSocketFactory listener = harness
				.listen(everywhere().access(AccessSettings.of(List.of("127.0.0.0/8"), List.of("127.0.0.2"))));
			assertClosed(connect(listener, "127.0.0.2"));
			connect(listener, "127.0.0.3");
			assertThat(harness.awaitAccepted(1)).singleElement()
				.satisfies((event) -> assertThat(addressOf(event)).isEqualTo("127.0.0.3"));
			assertThat(refused(listener)).isEqualTo("denied=1");
			assertThat(listener.getConnections().total()).isOne();
		}
	}

	@Test
	void accessIsChangedForConnectionsFromThenOn() throws Exception {
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor()) {
			ManagedSocketFactory listener = harness.listen(everywhere());
			connect(listener, "127.0.0.2");
			harness.awaitAccepted(1);
			listener.setAccess(AccessSettings.of(Collections.emptyList(), List.of("127.0.0.2")));
			assertClosed(connect(listener, "127.0.0.2"));
			assertThat(listener.getAccess().deny()).containsExactly("127.0.0.2");
			assertThat(listener.getConnections().active()).isOne();
			assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(
					() -> listener.setAccess(AccessSettings.of(List.of("10.0.0.1/8"), Collections.emptyList())));
			assertThat(listener.getAccess().allow()).isEmpty();
			listener.setAccess(AccessSettings.EVERYBODY);
			connect(listener, "127.0.0.2");
			harness.awaitAccepted(2);
		}
	}

	@Test
	void aSourceHasAsManyConnectionsAsItMayAndOthersHaveTheirs() throws Exception {
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor().handle((event) -> {
		})) {
			ManagedSocketFactory listener = harness.listen(everywhere().perSource(PerSourceSettings.of(2)));
			Socket first = connect(listener, "127.0.0.2");
			connect(listener, "127.0.0.2");
			harness.awaitAccepted(2);
			assertClosed(connect(listener, "127.0.0.2"));
			connect(listener, "127.0.0.3");
			List<ConnectionAcceptedEvent> accepted = harness.awaitAccepted(3);
			assertThat(refused(listener)).isEqualTo("source-limit=1");
			accepted.get(0).claimBlockingChannel().close();
			first.close();
			// That a bare channel is closed is noticed a moment later
			Await.await().until(() -> connect(listener, "127.0.0.2") != null && harness.getAccepted().size() == 4);
			listener.setPerSource(PerSourceSettings.of(3));
			connect(listener, "127.0.0.2");
			harness.awaitAccepted(5);
			Await.during(20, () -> assertThat(harness.getAccepted()).hasSize(5));
			assertClosed(connect(listener, "127.0.0.2"));
		}
	}

	@Test
	void whoSaysNothingIsRefusedAndHoldsNoThread() throws Exception {
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor().handle((event) -> {
		})) {
			ManagedSocketFactory listener = harness.listen(everywhere().firstByte(new FirstByteSettings(SHORT, 2)));
			Socket silent = connect(listener, "127.0.0.1");
			assertClosed(silent);
			assertThat(refused(listener)).isEqualTo("first-byte=1");
			Socket speaking = connect(listener, "127.0.0.1");
			speaking.getOutputStream().write('x');
			try (SocketChannel channel = harness.awaitAccepted(1).get(0).claimBlockingChannel()) {
				ByteBuffer read = ByteBuffer.allocate(2);
				channel.read(read);
				assertThat(read.flip()).isEqualTo(ByteBuffer.wrap(new byte[] { 'x' }));
			}
		}
	}

	@Test
	void whenTooManyWaitThenTheOldestGoes() throws Exception {
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor()) {
			ManagedSocketFactory listener = harness
				.listen(everywhere().firstByte(new FirstByteSettings(Duration.ofSeconds(50), 2)));
			Socket oldest = connect(listener, "127.0.0.1");
			Await.await().until(() -> listener.getConnections().active() == 1);
			connect(listener, "127.0.0.1");
			Socket newest = connect(listener, "127.0.0.1");
			assertClosed(oldest);
			newest.getOutputStream().write('x');
			harness.awaitAccepted(1);
			assertThat(refused(listener)).isEqualTo("first-byte=1");
		}
	}

	@ParameterizedTest
	@EnumSource(DispatchMode.class)
	void aTrustedProxyNamesTheClient(DispatchMode dispatch) throws Exception {
		try (SocketFactoryHarness harness = SocketFactoryHarness.of(dispatch).handle((event) -> {
		})) {
			ManagedSocketFactory listener = harness.listen(everywhere().proxyProtocol(LOCAL_PROXY));
			Socket proxy = connect(listener, "127.0.0.1");
			for (byte each : ascii("PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\n")) {
				proxy.getOutputStream().write(each);
			}
			proxy.getOutputStream().write(ascii("hello"));
			ConnectionAcceptedEvent event = harness.awaitAccepted(1).get(0);
			assertThat(event.getRemoteAddress()).isEqualTo(new InetSocketAddress("192.0.2.7", 56324));
			assertThat(event.getPeerAddress()).isEqualTo(proxy.getLocalSocketAddress());
			assertThat(event.getProxyHeader()).satisfies((header) -> {
				assertThat(header.getVersion()).isOne();
				assertThat(header.getDestination()).isEqualTo(new InetSocketAddress("198.51.100.1", 443));
			});
			assertThat(event.getConnectionId()).isPositive();
			assertThat(read(event, 5)).isEqualTo("hello");
		}
	}

	@Test
	void whoIsNoTrustedProxyIsRefusedWhateverItSays() throws Exception {
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor()) {
			ManagedSocketFactory listener = harness.listen(everywhere().proxyProtocol(LOCAL_PROXY));
			Socket stranger = connect(listener, "127.0.0.2");
			assertClosed(stranger);
			assertThat(refused(listener)).isEqualTo("proxy=1");
			assertThat(harness.getAccepted()).isEmpty();
		}
	}

	@Test
	void accessAndLimitAreThoseOfTheClientThatTheProxyNames() throws Exception {
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor()) {
			ManagedSocketFactory listener = harness.listen(everywhere().proxyProtocol(LOCAL_PROXY)
				.perSource(PerSourceSettings.of(1))
				.access(AccessSettings.of(List.of("192.0.2.0/24"), Collections.emptyList())));
			proxied(listener, "192.0.2.7");
			harness.awaitAccepted(1);
			assertClosed(proxied(listener, "192.0.2.7"));
			assertClosed(proxied(listener, "192.0.3.7"));
			proxied(listener, "192.0.2.8");
			harness.awaitAccepted(2);
			assertThat(refused(listener)).isEqualTo("denied=1, source-limit=1");
		}
	}

	@Test
	void aMalformedHeaderAndOneThatIsLateAreFailures() throws Exception {
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor()) {
			ManagedSocketFactory listener = harness
				.listen(everywhere().proxyProtocol(new ProxyProtocolSettings(List.of("127.0.0.1"), SHORT)));
			Socket wrong = connect(listener, "127.0.0.1");
			wrong.getOutputStream().write(ascii("GET / HTTP/1.1\r\n"));
			assertClosed(wrong);
			Await.await().until(() -> listener.getLastFailure() != null);
			assertThat(Objects.requireNonNull(listener.getLastFailure())).satisfies((failure) -> {
				assertThat(failure.operation()).isEqualTo("proxy");
				assertThat(failure.message()).endsWith(": it does not begin with a PROXY header");
			});
			Socket late = connect(listener, "127.0.0.1");
			late.getOutputStream().write(ascii("PROXY TCP4 1"));
			assertClosed(late);
			Await.await()
				.untilAsserted(() -> assertThat(Objects.requireNonNull(listener.getLastFailure()).message())
					.endsWith(": no PROXY header has come within 200ms"));
			assertThat(refused(listener)).isEqualTo("proxy=2");
			assertThat(listener.getStatus().failures()).containsEntry("proxy", 2L);
			assertThat(harness.getAccepted()).isEmpty();
		}
	}

	@Test
	void whoResetsBeforeTheHeaderIsCountedAndNoFailure() throws Exception {
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor()) {
			ManagedSocketFactory listener = harness.listen(everywhere().proxyProtocol(LOCAL_PROXY));
			Socket check = connect(listener, "127.0.0.1");
			Await.await().until(() -> listener.getConnections().active() == 1);
			check.setSoLinger(true, 0);
			check.close();
			Await.await().untilAsserted(() -> assertThat(refused(listener)).isEqualTo("proxy=1"));
			assertThat(listener.getStatus().failures()).isEmpty();
		}
	}

	@Test
	void whoWaitsAndIsClosedByAnOperatorIsNotRefused() throws Exception {
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor()) {
			ManagedSocketFactory listener = harness
				.listen(everywhere().proxyProtocol(new ProxyProtocolSettings(List.of("127.0.0.1"), SHORT)));
			Socket waiting = connect(listener, "127.0.0.1");
			Await.await().until(() -> listener.getConnections().active() == 1);
			assertThat(listener.disconnect(listener.getOpenSockets(1).get(0).id())).isTrue();
			assertClosed(waiting);
			Socket late = connect(listener, "127.0.0.1");
			assertClosed(late);
			Await.await().untilAsserted(() -> assertThat(refused(listener)).isEqualTo("proxy=1"));
			assertThat(listener.getConnections().active()).isZero();
		}
	}

	@Test
	void whoHasSaidNothingWhenTheApplicationEndsIsNotWaitedFor() throws Exception {
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor()) {
			ManagedSocketFactory first = harness.listen(everywhere().firstByte(FirstByteSettings.of(LONG)));
			ManagedSocketFactory second = harness.listen(SocketSpec.listener("second")
				.bind("127.0.0.1:0")
				.proxyProtocol(new ProxyProtocolSettings(List.of("127.0.0.1"), LONG)));
			Socket silent = connect(first, "127.0.0.1");
			Socket slow = connect(second, "127.0.0.1");
			slow.getOutputStream().write(ascii("PROXY TCP4 1"));
			Await.await().until(() -> first.getConnections().active() + second.getConnections().active() == 2);
			long begin = System.nanoTime();
			harness.getFactories().stop(LONG, null, null);
			assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(LONG.dividedBy(2));
			assertClosed(silent);
			assertClosed(slow);
			assertThat(refused(first) + refused(second)).isEmpty();
		}
	}

	@Test
	void aLongListIsCutInTheLog(CapturedOutput output) throws Exception {
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor()) {
			ManagedSocketFactory listener = harness.listen(everywhere());
			List<String> many = IntStream.range(0, 10_000)
				.mapToObj((i) -> "10.0.%d.%d".formatted(i / 256, i % 256))
				.toList();
			listener.setAccess(AccessSettings.of(Collections.emptyList(), many));
			assertThat(output.toString().lines()).filteredOn((line) -> line.contains("'access' was changed"))
				.singleElement()
				.satisfies((line) -> assertThat(line).contains("deny=[10.0.0.0, 10.0.0.1").hasSizeLessThan(700));
		}
	}

	@Test
	void thePathOfAPeerIsNoLineOfTheLog() throws Exception {
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor();
				SocketChannel peer = SocketChannel.open(StandardProtocolFamily.UNIX)) {
			ManagedSocketFactory listener = harness
				.listen(unix("d").proxyProtocol(ProxyProtocolSettings.of(Collections.emptyList())));
			peer.bind(UnixDomainSocketAddress.of(this.folder.resolve("p\nERROR forged")));
			peer.connect(Objects.requireNonNull(listener.getLocalAddress()));
			peer.write(ByteBuffer.wrap(ascii("GET / HTTP/1.1\r\n")));
			Await.await()
				.untilAsserted(() -> assertThat(String.valueOf(listener.getLastFailure()))
					.contains("p?ERROR forged: it does not begin with a PROXY header"));
		}
	}

	@Test
	void aHealthCheckOfTheProxyKeepsItsRealEnds() throws Exception {
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor()) {
			ManagedSocketFactory listener = harness.listen(everywhere().proxyProtocol(LOCAL_PROXY));
			Socket check = connect(listener, "127.0.0.1");
			check.getOutputStream()
				.write(new byte[] { 0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a, 0x20, 0x00,
						0x00, 0x00 });
			ConnectionAcceptedEvent event = harness.awaitAccepted(1).get(0);
			assertThat(event.getRemoteAddress()).isEqualTo(check.getLocalSocketAddress());
			assertThat(Objects.requireNonNull(event.getProxyHeader()).isLocal()).isTrue();
		}
	}

	@Test
	void aHeaderThatNamesNobodyDoesNotHideAClientFromAccess() throws Exception {
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor()) {
			ManagedSocketFactory listener = harness.listen(everywhere().proxyProtocol(LOCAL_PROXY)
				.perSource(PerSourceSettings.of(1))
				.access(AccessSettings.of(List.of("192.0.2.0/24"), Collections.emptyList())));
			assertClosed(proxiedUnknown(listener));
			assertThat(refused(listener)).isEqualTo("denied=1");
			listener.setAccess(AccessSettings.of(List.of("192.0.2.0/24", "127.0.0.1"), Collections.emptyList()));
			proxiedUnknown(listener);
			proxiedUnknown(listener);
			harness.awaitAccepted(2);
			assertThat(refused(listener)).isEqualTo("denied=1");
		}
	}

	private Socket proxiedUnknown(ManagedSocketFactory listener) throws IOException {
		Socket proxy = connect(listener, "127.0.0.1");
		proxy.getOutputStream().write(ascii("PROXY UNKNOWN\r\n"));
		return proxy;
	}

	@Test
	void peersOfAUnixSocketAreToldApartByTheirUser() throws Exception {
		String user = System.getProperty("user.name");
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor()) {
			ManagedSocketFactory listener = harness.listen(unix("a").access(users(List.of(user))));
			ManagedSocketFactory other = harness.listen(unix("b").access(users(List.of("54321"))));
			try (SocketChannel allowed = SocketChannel.open(Objects.requireNonNull(listener.getLocalAddress()));
					SocketChannel denied = SocketChannel.open(Objects.requireNonNull(other.getLocalAddress()))) {
				harness.awaitAccepted(1);
				assertThat(denied.read(ByteBuffer.allocate(1))).isEqualTo(-1);
				assertThat(refused(other)).isEqualTo("denied=1");
				assertThat(allowed.isConnected()).isTrue();
			}
		}
	}

	@Test
	void whatIsNotAnAddressOrAUserStopsTheStart() {
		assertWrong(everywhere().access(AccessSettings.of(List.of("10.0.0.1/8"), Collections.emptyList())),
				"access.allow[0]", "10.0.0.1/8", "bits are set beyond its prefix");
		assertWrong(everywhere().access(AccessSettings.of(Collections.emptyList(), List.of("example.org"))),
				"access.deny[0]", "example.org", "it is not an address");
		assertWrong(everywhere().access(AccessSettings.of(List.of("a': b. c"), Collections.emptyList())),
				"access.allow[0]", "a': b. c", "that is not an IPv6 address");
		assertWrong(unix("c").access(users(List.of("no-such-user"))), "access.users[0]", "no-such-user",
				"the system knows none of that name");
		assertWrong(everywhere().proxyProtocol(ProxyProtocolSettings.of(List.of("::1/129"))),
				"proxy-protocol.trusted[0]", "::1/129", "the prefix is not a number");
	}

	private static void assertWrong(SocketSpecBuilder spec, String key, String value, String reason) {
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor()) {
			assertThatExceptionOfType(InvalidSocketSpecException.class).isThrownBy(() -> harness.listen(spec))
				.satisfies((failure) -> {
					assertThat(failure.getKey()).isEqualTo(key);
					assertThat(failure.getValue()).isEqualTo(value);
					assertThat(failure.getReason()).startsWith(reason);
				});
		}
	}

	private static AccessSettings users(List<String> users) {
		return new AccessSettings(Collections.emptyList(), Collections.emptyList(), users, Collections.emptyList());
	}

	private SocketSpecBuilder unix(String name) {
		return SocketSpec.listener(name).domain(SocketDomain.AF_UNIX).bind(this.folder.resolve(name).toString());
	}

	private static SocketSpecBuilder everywhere() {
		return SocketSpec.listener("test").bind("127.0.0.1:0");
	}

	private Socket proxied(ManagedSocketFactory listener, String client) throws IOException {
		Socket proxy = connect(listener, "127.0.0.1");
		proxy.getOutputStream().write(ascii("PROXY TCP4 %s 198.51.100.1 56324 443\r\n".formatted(client)));
		return proxy;
	}

	private Socket connect(ManagedSocketFactory listener, String from) throws IOException {
		InetSocketAddress address = SocketFactoryHarness.addressOf(listener);
		Socket client = new Socket(address.getAddress(), address.getPort(), InetAddress.getByName(from), 0);
		client.setSoTimeout(20_000);
		this.clients.add(client);
		return client;
	}

	private static void assertClosed(Socket client) {
		int end;
		try {
			end = client.getInputStream().read();
		}
		catch (IOException ex) {
			end = -1;
			assertThat(ex).hasMessageContaining("reset");
		}
		assertThat(end).isEqualTo(-1);
	}

	private static String addressOf(ConnectionAcceptedEvent event) {
		return ((InetSocketAddress) Objects.requireNonNull(event.getRemoteAddress())).getAddress().getHostAddress();
	}

	private static String refused(ManagedSocketFactory listener) {
		String refused = listener.getCounters().getRefused().toString();
		return refused.substring(1, refused.length() - 1);
	}

	private static String read(ConnectionAcceptedEvent event, int count) throws IOException {
		try (SocketChannel channel = event.claimBlockingChannel()) {
			ByteBuffer read = ByteBuffer.allocate(count);
			while (read.hasRemaining() && channel.read(read) >= 0) {
				continue;
			}
			return StandardCharsets.US_ASCII.decode(read.flip()).toString();
		}
	}

	private static byte[] ascii(String text) {
		return text.getBytes(StandardCharsets.US_ASCII);
	}

}
