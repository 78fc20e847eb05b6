package dev.socketfactory.engine;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import dev.socketfactory.InvalidSocketSpecException;
import dev.socketfactory.PauseReason;
import dev.socketfactory.RetrySettings;
import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketEndpoint;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketFailure;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketSpecBuilder;
import dev.socketfactory.SocketState;
import dev.socketfactory.engine.socket.ListenQueue;
import dev.socketfactory.event.SocketFailureEvent;
import dev.socketfactory.event.SocketStateEvent;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.LeakCheck;
import dev.socketfactory.testing.Peer;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for the opening of listeners: cases 1 to 17.
 */
@ExtendWith({ OutputCaptureExtension.class, LeakCheck.class })
class ListenerOpeningTests {

	@TempDir
	private Path directory;

	private final SocketFactoryHarness harness = SocketFactoryHarness.inline();

	@AfterEach
	void close() {
		this.harness.close();
	}

	@ParameterizedTest
	@EnumSource(names = { "AF_INET", "AF_INET6" })
	@DisplayName("Case 1: a listener on a free port listens and knows its port")
	void whenPortIsFreeThenListens(SocketDomain domain) {
		ManagedSocketFactory factory = this.harness.listen(SocketFactoryHarness.loopback(domain));
		InetSocketAddress address = SocketFactoryHarness.addressOf(factory);
		assertThat(address.getAddress()).isEqualTo(SocketFactoryHarness.loopbackOf(domain));
		assertThat(address.getPort()).isPositive();
		assertThat(factory.isRunning()).isTrue();
		assertThat(this.harness.getPorts()).containsEntry("test", address);
		awaitStates("NEW>RESOLVING", "RESOLVING>LISTENING");
		SocketStateEvent event = this.harness.getStates().get(1);
		assertThat(event.getSource()).isSameAs(factory);
		assertThat(event.getFactoryId()).isEqualTo(factory.getId());
		assertThat(event.getEventName()).isEqualTo("test.state");
		assertThat(event.getPauseReasons()).isEmpty();
		this.harness.connect(factory);
		this.harness.awaitAccepted(1);
		assertThat(this.harness.getFailures()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "AF_INET, 0.0.0.0", "AF_INET6, ::" })
	@DisplayName("Case 2: without bind all interfaces and a free port, and the address is logged")
	void whenNothingIsSaidThenAllInterfaces(SocketDomain domain, String wildcard, CapturedOutput output) {
		ManagedSocketFactory factory = this.harness.listen(SocketSpec.listener("test").domain(domain));
		InetSocketAddress address = SocketFactoryHarness.addressOf(factory);
		assertThat(SocketEndpoint.of(address).host()).isEqualTo(wildcard);
		String host = wildcard.contains(":") ? "[" + wildcard + "]" : wildcard;
		assertThat(output)
			.contains("listener 'test' listening on %s:%d (listen queue ".formatted(host, address.getPort()));
		this.harness.connect(new InetSocketAddress(SocketFactoryHarness.loopbackOf(domain), address.getPort()));
		this.harness.awaitAccepted(1);
	}

	@ParameterizedTest
	@CsvSource({ "AF_INET, 0.0.0.0", "AF_INET6, ::" })
	@DisplayName("Case 3: with a port alone all interfaces of the domain")
	void whenPortAloneThenAllInterfacesOfTheDomain(SocketDomain domain, String wildcard) throws IOException {
		int port = freePort(domain);
		ManagedSocketFactory factory = this.harness
			.listen(SocketSpec.listener("test").domain(domain).bind(String.valueOf(port)).reuse(true));
		InetSocketAddress address = SocketFactoryHarness.addressOf(factory);
		assertThat(SocketEndpoint.of(address).host()).isEqualTo(wildcard);
		assertThat(address.getPort()).isEqualTo(port);
	}

	@Test
	@DisplayName("Case 3: AF_INET is IPv4 only")
	void whenInetThenIpv6IsRefused() {
		ManagedSocketFactory factory = this.harness.listen(SocketSpec.listener("test"));
		InetSocketAddress ipv6 = new InetSocketAddress(SocketFactoryHarness.loopbackOf(SocketDomain.AF_INET6),
				SocketFactoryHarness.addressOf(factory).getPort());
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> SocketChannel.open(ipv6).close());
	}

	@Test
	@DisplayName("Case 3: AF_INET6 on :: takes IPv4 peers too")
	void whenInet6OnWildcardThenIpv4PeersTooAndPortIsTaken() {
		ManagedSocketFactory factory = this.harness.listen(SocketSpec.listener("six").domain(SocketDomain.AF_INET6));
		int port = SocketFactoryHarness.addressOf(factory).getPort();
		this.harness.connect(new InetSocketAddress(SocketFactoryHarness.loopbackOf(SocketDomain.AF_INET), port));
		assertThat(this.harness.awaitAccepted(1).get(0).getRemoteAddress()).asString().startsWith("/127.0.0.1:");
		SocketFactory four = this.harness.open(SocketSpec.listener("four").bind("0.0.0.0:" + port));
		assertFailed(four, "bind", "EADDRINUSE",
				"0.0.0.0:%d: Address already in use; another listener holds the port".formatted(port));
	}

	@ParameterizedTest
	@CsvSource({ "AF_INET, false", "AF_INET, true", "AF_INET6, false", "AF_INET6, true" })
	@DisplayName("Case 4: the port is in use by another listener")
	void whenPortIsInUseThenFailsAlone(SocketDomain domain, boolean reuse) throws IOException {
		try (ServerSocketChannel other = ServerSocketChannel.open(SocketFactoryHarness.familyOf(domain))) {
			other.bind(new InetSocketAddress(SocketFactoryHarness.loopbackOf(domain), 0));
			ManagedSocketFactory factory = this.harness
				.open(SocketFactoryHarness.loopback(domain).bind(other.getLocalAddress()).reuse(reuse));
			assertFailed(factory, "bind", "EADDRINUSE",
					factory.getSpec().getBind() + ": Address already in use; another listener holds the port");
			try (SocketChannel client = SocketChannel.open(other.getLocalAddress());
					SocketChannel accepted = other.accept()) {
				assertThat(accepted.getRemoteAddress()).isEqualTo(client.getLocalAddress());
			}
		}
	}

	@ParameterizedTest
	@CsvSource({ "AF_INET, 192.0.2.1:0", "AF_INET6, [2001:db8::1]:0" })
	@DisplayName("Case 5: the address is not local")
	void whenAddressIsNotLocalThenFails(SocketDomain domain, String bind) {
		SocketFactory factory = this.harness.open(SocketSpec.listener("test").domain(domain).bind(bind));
		assertFailed(factory, "bind", "EADDRNOTAVAIL", bind + ": Cannot assign requested address");
	}

	@ParameterizedTest
	@ValueSource(strings = { "127.0.0.1:70000", "127.0.0.1:0x50", "127.0.0.1:-1", "127.0.0.1:8 0" })
	@DisplayName("Case 10: a port that cannot be one is a configuration error")
	void whenPortIsMalformedThenNoSpec(String bind) {
		assertThatExceptionOfType(InvalidSocketSpecException.class)
			.isThrownBy(() -> this.harness.open(SocketSpec.listener("test").bind(bind)));
		assertThat(this.harness.getFactories().getNames()).isEmpty();
	}

	@Test
	@DisplayName("Case 12: a failed factory can be asked, paused, stopped and started again")
	void whenFailedThenNothingThrowsAndStartTriesAgain() throws IOException {
		long sockets = LeakCheck.countSockets();
		SocketFactory factory;
		InetSocketAddress address;
		try (ServerSocketChannel other = ServerSocketChannel.open()) {
			other.bind(new InetSocketAddress(SocketFactoryHarness.loopbackOf(SocketDomain.AF_INET), 0));
			address = (InetSocketAddress) other.getLocalAddress();
			factory = this.harness.open(SocketSpec.listener("test").bind(address).reuse(true));
			assertThat(factory.getState()).isEqualTo(SocketState.FAILED);
			assertThat(LeakCheck.countSockets()).isEqualTo(sockets + ((sockets > 0) ? 1 : 0));
			assertThat(factory.getLocalAddress()).isNull();
			assertThat(factory.isRunning()).isFalse();
			assertThat(factory.pauseAccept()).isTrue();
			assertThat(factory.getPauseReasons()).containsExactly(PauseReason.USER);
			assertThat(factory.resumeAccept()).isTrue();
			factory.start();
			assertThat(factory.getState()).isEqualTo(SocketState.FAILED);
			factory.stop();
			assertThat(factory.getState()).isEqualTo(SocketState.STOPPED);
			factory.stop();
		}
		factory.start();
		assertThat(factory.getState()).isEqualTo(SocketState.LISTENING);
		assertThat(factory.getLocalAddress()).isEqualTo(address);
		awaitStates("NEW>RESOLVING", "RESOLVING>FAILED", "FAILED>FAILED", "FAILED>FAILED", "FAILED>RESOLVING",
				"RESOLVING>FAILED", "FAILED>STOPPED", "STOPPED>RESOLVING", "RESOLVING>LISTENING");
		assertThat(this.harness.getFailures()).hasSize(2);
	}

	@Test
	@DisplayName("Case 13: one of several factories fails, the others work")
	void whenOneFailsThenTheOthersWork() throws IOException {
		ManagedSocketFactory first = this.harness.listen(SocketSpec.listener("first").bind("127.0.0.1"));
		SocketFactory second = this.harness.open(SocketSpec.listener("second").bind("192.0.2.1"));
		ManagedSocketFactory third = this.harness.listen(SocketSpec.listener("third").bind("127.0.0.1"));
		assertFailed(second, "bind", "EADDRNOTAVAIL", "192.0.2.1:0: Cannot assign requested address");
		assertThat(List.of(first.getId(), second.getId(), third.getId())).isSorted().doesNotHaveDuplicates();
		this.harness.connect(first);
		this.harness.awaitAccepted(1);
		this.harness.connect(third);
		assertThat(this.harness.awaitAccepted(2)).extracting((event) -> event.getFactoryId())
			.containsExactly(first.getId(), third.getId());
	}

	@ParameterizedTest
	@CsvSource({ "AF_INET, yes, true", "AF_INET, -1, true", "AF_INET, off, false", "AF_INET, '', false",
			"AF_INET6, on, true", "AF_INET6, 0, false" })
	@DisplayName("Case 15: SO_REUSEADDR is what the configuration says")
	void whenReuseIsSetThenOptionIs(SocketDomain domain, String word, boolean reuse) {
		ManagedSocketFactory factory = this.harness.listen(SocketFactoryHarness.loopback(domain).reuse(word));
		assertThat(reuseOf(factory)).isEqualTo(reuse);
		assertThat(factory.getSpec().getWarnings()).isEmpty();
	}

	@Test
	@DisplayName("Case 15: off by default, unlike the JDK; another word is off with a warning")
	void whenReuseIsUnknownThenOffWithAWarning(CapturedOutput output) {
		assertThat(reuseOf(this.harness.listen(SocketFactoryHarness.loopback()))).isFalse();
		assertThat(output).doesNotContain("WARN");
		assertThat(reuseOf(this.harness.listen(SocketSpec.listener("other").bind("127.0.0.1").reuse("enabled"))))
			.isFalse();
		assertThat(output).contains("listener 'other': 'reuse: enabled' is treated as off: write on or off");
	}

	@ParameterizedTest
	@CsvSource({ "AF_INET, true", "AF_INET, false", "AF_INET6, true", "AF_INET6, false" })
	@DisplayName("Case 16: connections of an earlier listener hold the port, alive or in TIME_WAIT")
	@EnabledOnOs(OS.LINUX)
	void whenConnectionsAreLeftOverThenOnlyReuseBinds(SocketDomain domain, boolean alive) throws IOException {
		SocketSpecBuilder spec = SocketFactoryHarness.loopback(domain).reuse(true);
		ManagedSocketFactory earlier = this.harness.listen(spec);
		InetSocketAddress address = SocketFactoryHarness.addressOf(earlier);
		leaveConnection(earlier, alive);
		earlier.stop();
		SocketFactory without = this.harness
			.open(SocketSpec.listener("without").domain(domain).bind(address).reuse(false));
		assertFailed(without, "bind", "EADDRINUSE",
				"%s: Address already in use; nothing listens on the port, but connections of an earlier listener hold it:"
					.formatted(((ManagedSocketFactory) without).getSpec().getBind())
						+ " 'reuse: on', there and here, would help");
		ManagedSocketFactory with = this.harness
			.listen(SocketSpec.listener("with").domain(domain).bind(address).reuse(true));
		this.harness.connect(with);
		this.harness.awaitAccepted(2);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@DisplayName("Case 16: reuse does not help when the earlier listener had it not")
	@EnabledOnOs(OS.LINUX)
	void whenEarlierListenerHadNoReuseThenFails(boolean reuse) throws IOException {
		ManagedSocketFactory earlier = this.harness.listen(SocketFactoryHarness.loopback());
		InetSocketAddress address = SocketFactoryHarness.addressOf(earlier);
		leaveConnection(earlier, true);
		earlier.stop();
		SocketFactory factory = this.harness.open(SocketSpec.listener("later").bind(address).reuse(reuse));
		assertFailed(factory, "bind", "EADDRINUSE", "127.0.0.1:%d: Address already in use; nothing listens on the port,"
			.formatted(address.getPort())
				+ (reuse ? " but connections of an earlier listener that had no 'reuse: on' hold it"
						: " but connections of an earlier listener hold it: 'reuse: on', there and here, would help"));
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	@DisplayName("What holds a port is looked up beside the event loop, which other listeners wait for")
	void whenAddressIsInUseAgainAndAgainThenNoFileIsReadOnTheEventLoop() throws Exception {
		RetrySettings retry = new RetrySettings(-1, Duration.ofMillis(20), 1, Duration.ofMillis(20), Duration.ZERO);
		try (Peer peer = Peer.listening(); Recording recording = new Recording()) {
			recording.enable("jdk.FileRead").withoutThreshold();
			recording.start();
			this.harness.open(SocketSpec.listener("test").bind(peer.address()).retry(retry));
			Await.await().untilAsserted(() -> assertThat(this.harness.getFailures()).hasSizeGreaterThan(3));
			recording.stop();
			Path file = this.directory.resolve("recording.jfr");
			recording.dump(file);
			assertThat(RecordingFile.readAllEvents(file))
				.filteredOn((event) -> String.valueOf(event.getString("path")).startsWith("/proc/net/tcp"))
				.isNotEmpty()
				.extracting((event) -> event.getThread().getJavaName())
				.doesNotContain("socket-loop");
		}
	}

	@Test
	@DisplayName("Case 17: the listen queue is as long as the system allows, or as asked for")
	void whenListenQueueIsMissingThenMaximumOfTheSystem(CapturedOutput output) {
		int maximum = ListenQueue.of(0).effective();
		assertThat(queueOf(SocketSpec.listener("missing"))).isEqualTo(new ListenQueue(maximum, maximum));
		assertThat(queueOf(SocketSpec.listener("zero").listenQueue(0))).isEqualTo(new ListenQueue(maximum, maximum));
		assertThat(queueOf(SocketSpec.listener("few").listenQueue(5))).isEqualTo(new ListenQueue(5, 5));
		assertThat(output).doesNotContain("clipped");
		assertThat(queueOf(SocketSpec.listener("many").listenQueue(maximum + 1)))
			.isEqualTo(new ListenQueue(maximum + 1, maximum));
		assertThat(output).containsOnlyOnce(
				"listener 'many': listen-queue %d is clipped to %d by the system".formatted(maximum + 1, maximum));
	}

	private void awaitStates(String... moves) {
		Await.await()
			.untilAsserted(() -> assertThat(this.harness.getStates())
				.extracting((event) -> event.getPreviousState() + ">" + event.getState())
				.containsExactly(moves));
	}

	private void leaveConnection(ManagedSocketFactory factory, boolean alive) throws IOException {
		SocketChannel client = this.harness.connect(factory);
		this.harness.awaitAccepted(1);
		if (!alive) {
			// The end that closes first keeps the port in TIME_WAIT
			Await.await().until(() -> factory.getStatus().connections().active() == 1);
			this.harness.closeAccepted();
			assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(-1);
			client.close();
		}
	}

	private @Nullable ListenQueue queueOf(SocketSpecBuilder spec) {
		return this.harness.listen(spec.bind("127.0.0.1")).getStatus().listenQueue();
	}

	private static boolean reuseOf(ManagedSocketFactory factory) {
		Object open = ReflectionTestUtils.getField(factory, "open");
		ServerSocketChannel server = (ServerSocketChannel) ReflectionTestUtils
			.getField(ReflectionTestUtils.getField(open, "socket"), "channel");
		try {
			return server.getOption(StandardSocketOptions.SO_REUSEADDR);
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	private static int freePort(SocketDomain domain) throws IOException {
		try (ServerSocketChannel probe = ServerSocketChannel.open(SocketFactoryHarness.familyOf(domain))) {
			probe.bind(null);
			return ((InetSocketAddress) probe.getLocalAddress()).getPort();
		}
	}

	private void assertFailed(SocketFactory factory, String operation, String errnoName, String message) {
		assertThat(factory.getState()).isEqualTo(SocketState.FAILED);
		assertThat(factory.getLocalAddress()).isNull();
		SocketFailure failure = factory.getLastFailure();
		assertThat(failure).isNotNull();
		assertThat(failure.operation()).isEqualTo(operation);
		assertThat(failure.errnoName()).isEqualTo(errnoName);
		assertThat(failure.errno()).isPositive();
		assertThat(failure.message()).isEqualTo(message);
		assertThat(failure.retryIn()).isNull();
		Await.await()
			.during(Duration.ofMillis(20))
			.untilAsserted(() -> assertThat(this.harness.getFailures()).singleElement()
				.returns(factory.getId(), SocketFailureEvent::getFactoryId)
				.returns(factory.getName() + ".failure", SocketFailureEvent::getEventName)
				.returns(failure, SocketFailureEvent::getFailure));
		assertThat(((ManagedSocketFactory) factory).getStatus().failures()).containsOnlyKeys(operation);
	}

}
