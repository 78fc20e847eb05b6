package dev.socketfactory.test;

import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import dev.socketfactory.SocketConnection;
import dev.socketfactory.SocketFactories;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketState;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link TestSockets} and {@link AutoConfigureTestSockets}.
 */
@SpringBootTest
@AutoConfigureTestSockets
class TestSocketsTests {

	@Autowired
	private TestSockets sockets;

	@Autowired
	private SocketFactories factories;

	@Autowired
	private TestedApplication application;

	@Value("${local.socket.lines.port}")
	private int port;

	@Test
	void everyListenerIsOnLoopbackInItsDomainOnPortOfItsOwn() {
		assertThat(this.factories.get("lines").getLocalAddress())
			.isEqualTo(new InetSocketAddress("127.0.0.1", this.port));
		assertThat(this.factories.get("lines-v6").getLocalAddress()).isInstanceOfSatisfying(InetSocketAddress.class,
				(address) -> assertThat(address.getAddress().getHostAddress()).isEqualTo("0:0:0:0:0:0:0:1"));
		assertThat(this.factories.get("echo").getLocalAddress()).isInstanceOfSatisfying(InetSocketAddress.class,
				(address) -> assertThat(address.getAddress().getHostAddress()).isEqualTo("127.0.0.1"));
	}

	@Test
	void everyUnixSocketIsInOneTemporaryDirectory() {
		Path file = path("lines-unix");
		assertThat(file.getFileName()).hasToString("lines-unix.sock");
		assertThat(file.getParent().getParent()).isEqualTo(Path.of(System.getProperty("java.io.tmpdir")));
		Path shortened = path(
				"a-name-that-leaves-no-room-for-itself-in-the-path-of-a-unix-socket-which-has-a-hundred-and-eight-bytes-at-most");
		assertThat(shortened).exists().hasParent(file.getParent());
	}

	@ParameterizedTest
	@ValueSource(strings = { "lines", "lines-v6", "lines-unix" })
	void testTalksToListener(String listener) {
		try (TestConnection client = this.sockets.connect(listener)) {
			client.sendLine("Hello")
				.expectLine("HELLO")
				.expectNothingFor(Duration.ofMillis(50))
				.send("wor")
				.send("ld\n")
				.expectBytes("WORLD\n".getBytes())
				.closeOutput()
				.expectEnd();
		}
	}

	@Test
	void clientsAreNotStartedWithTheApplication() {
		assertThat(this.factories.get("silent").getState()).isEqualTo(SocketState.NEW);
		assertThat(this.factories.get("on-demand").getState()).isEqualTo(SocketState.NEW);
	}

	@ParameterizedTest
	@ValueSource(strings = { "upstream", "upstream-unix" })
	void testIsTheServerOfClientAsOftenAsItAsks(String client) throws InterruptedException {
		for (String answer : new String[] { "pong", "pong again" }) {
			try (TestConnection peer = this.sockets.peer(client)) {
				peer.expectLine("ping").sendLine(answer).expectEnd();
			}
			assertThat(answer()).isEqualTo(answer);
		}
	}

	@Test
	void connectionsOnDemandReachTheTestAndDoNotStartTheClient() throws Exception {
		SocketFactory onDemand = this.factories.get("on-demand");
		try (SocketConnection first = onDemand.connect().get(10, TimeUnit.SECONDS);
				TestConnection peer = this.sockets.peer("on-demand");
				SocketConnection second = onDemand.connect().get(10, TimeUnit.SECONDS);
				TestConnection secondPeer = this.sockets.peer("on-demand")) {
			peer.sendLine("one");
			secondPeer.sendLine("two");
			assertThat(first.reader().readLine()).isEqualTo("one");
			assertThat(second.reader().readLine()).isEqualTo("two");
		}
		assertThat(onDemand.getState()).isEqualTo(SocketState.NEW);
	}

	@ParameterizedTest
	@ValueSource(strings = { "own", "own-unix" })
	void clientOfOwnListenerGoesOnWorking(String client) throws InterruptedException {
		this.factories.get(client).start();
		assertThat(answer()).isEqualTo("PING");
		assertThatIllegalArgumentException().isThrownBy(() -> this.sockets.peer(client))
			.withMessageStartingWith("client '%s' connects to '".formatted(client))
			.withMessageEndingWith("', for which a test cannot stand");
		Awaitility.await().until(() -> !this.factories.get(client).isRunning());
	}

	@Test
	void testExchangesDatagrams() throws InterruptedException {
		try (TestDatagramSocket socket = this.sockets.datagram("echo")) {
			socket.send("Hello").expect("Hello").send("").expect("").expectNothingFor(Duration.ofMillis(50));
		}
		try (TestDatagramSocket socket = this.sockets.datagram("news")) {
			socket.expect("subscribe").send("nothing new");
		}
		assertThat(answer()).isEqualTo("nothing new");
	}

	@Test
	void datagramsThatAreNotAsExpectedAreTold() throws InterruptedException {
		try (TestDatagramSocket socket = this.sockets.datagram("echo").withTimeout(Duration.ofMillis(50))) {
			assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> socket.expect("Hello"))
				.withMessageMatching("Expected the datagram \"Hello\" from listener 'echo' \\(127\\.0\\.0\\.1:\\d+\\), "
						+ "but nothing came within 50ms");
			socket.withTimeout(Duration.ofSeconds(5)).send("Hello");
			assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> socket.expect("Hi"))
				.withMessageEndingWith(", but \"Hello\" came");
		}
		try (TestDatagramSocket socket = this.sockets.datagram("news")) {
			assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> socket.send("Hello"))
				.withMessage("Nothing has come from client 'news', so it cannot be answered");
			socket.expect("subscribe").send("bye");
		}
		assertThat(answer()).isEqualTo("bye");
	}

	@Test
	void whatHasNoOtherEndIsTold() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.sockets.connect("upstream"))
			.withMessageStartingWith(
					"'upstream' is not a stream listener; the application has [listener 'lines', listener 'lines-v6', ");
		assertThatIllegalArgumentException().isThrownBy(() -> this.sockets.peer("nobody"))
			.withMessageStartingWith("'nobody' is not a stream client; the application has [");
		assertThatIllegalArgumentException().isThrownBy(() -> this.sockets.datagram("lines"))
			.withMessageStartingWith("'lines' is not a datagram socket; ");
	}

	@Test
	void listenerThatIsNotOpenIsTold() {
		SocketFactory listener = this.factories.open(SocketSpec.listener("made-in-code").autoStartup(false).build());
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> this.sockets.connect("made-in-code"))
			.withMessage("listener 'made-in-code' is not open: it is NEW");
		listener.start();
		this.sockets.connect("made-in-code").close();
		this.factories.close("made-in-code");
	}

	@Test
	void clientThatDoesNotConnectIsTold() {
		assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> this.sockets.peer("on-demand"))
			.withMessage("client 'on-demand' has not connected within 5s: it is NEW. It has auto-startup: false, "
					+ "so the application has to start it, or to call its connect()");
		try (TestConnection first = this.sockets.peer("upstream")) {
			assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> this.sockets.peer("upstream"))
				.withMessage("client 'upstream' has not connected within 5s: it is CONNECTED. It is connected already: "
						+ "close what an earlier call of peer(..) has returned");
		}
	}

	private String answer() throws InterruptedException {
		return this.application.answers.poll(10, TimeUnit.SECONDS);
	}

	private Path path(String listener) {
		UnixDomainSocketAddress address = (UnixDomainSocketAddress) this.factories.get(listener).getLocalAddress();
		assertThat(address).isNotNull();
		return address.getPath();
	}

	@Nested
	class NestedTests {

		@Autowired
		private TestSockets nested;

		@Test
		void theContextIsTheSame() {
			assertThat(this.nested).isSameAs(TestSocketsTests.this.sockets);
			try (TestConnection client = this.nested.connect("lines")) {
				client.sendLine("Hello").expectLine("HELLO");
			}
		}

	}

}
