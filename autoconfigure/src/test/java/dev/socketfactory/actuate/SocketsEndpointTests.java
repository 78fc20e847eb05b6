package dev.socketfactory.actuate;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.PauseReason;
import dev.socketfactory.RetrySettings;
import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketState;
import dev.socketfactory.SocketType;
import dev.socketfactory.actuate.SocketsEndpoint.SocketsDescriptor;
import dev.socketfactory.engine.DefaultSocketFactories;
import dev.socketfactory.engine.EngineSettings;
import dev.socketfactory.engine.ManagedSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SocketsEndpoint} and {@link SocketsEndpointWebExtension}.
 */
class SocketsEndpointTests {

	private static final InetSocketAddress FREE_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

	private final DefaultSocketFactories factories = factories(
			SocketSpec.listener("first").bind(FREE_PORT).listenQueue(16).build(),
			SocketSpec.listener("second").bind(FREE_PORT).autoStartup(false).build());

	private final SocketsEndpoint endpoint = new SocketsEndpoint(this.factories);

	private final SocketsEndpointWebExtension extension = new SocketsEndpointWebExtension(this.endpoint);

	@AfterEach
	void closeFactories() {
		this.factories.close();
	}

	@Test
	void socketsListsFactoriesByKindInOrderOfDeclaration() {
		SocketsDescriptor sockets = this.endpoint.sockets();
		assertThat(sockets.listeners().keySet()).containsExactly("first", "second");
		assertThat(sockets.clients()).isEmpty();
	}

	@Test
	void socketWhenOpenDescribesIt() {
		this.factories.start();
		ManagedSocketFactory factory = find("first");
		SocketDescriptor socket = this.endpoint.socket("first");
		assertThat(socket.name()).isEqualTo("first");
		assertThat(socket.id()).isEqualTo(factory.getId());
		assertThat(socket.kind()).isEqualTo("listener");
		assertThat(socket.domain()).isEqualTo(SocketDomain.AF_INET);
		assertThat(socket.type()).isEqualTo(SocketType.SOCK_STREAM);
		assertThat(socket.protocol()).isEqualTo("tcp");
		assertThat(socket.state()).isEqualTo(SocketState.LISTENING);
		assertThat(socket.localAddress()).isEqualTo("127.0.0.1:" + portOf(factory));
		assertThat(socket.pauseReasons()).isEmpty();
		assertThat(socket.listenQueue()).hasToString("Queue[requested=16, effective=16, depth=0]");
		assertThat(socket.connections())
			.hasToString("Connections[active=0, total=0, unclaimed=0, reset=0, refused=Refused[total=0, byReason={}]]");
		assertThat(socket.failures()).hasToString("Failures[total=0, byOperation={}]");
		assertThat(socket.lastFailure()).isNull();
	}

	@Test
	void socketWhenNeverStartedHasNoAddress() {
		SocketDescriptor socket = this.endpoint.socket("second");
		assertThat(socket.state()).isEqualTo(SocketState.NEW);
		assertThat(socket.localAddress()).isNull();
	}

	@Test
	void socketWhenPausedTellsReasonsAndSinceWhen() {
		this.factories.start();
		find("first").pauseAccept(PauseReason.of("maintenance"));
		SocketDescriptor socket = this.endpoint.control("first", "pause");
		assertThat(socket.pauseReasons()).extracting(SocketDescriptor.Reason::reason)
			.containsExactly("maintenance", "USER");
		assertThat(socket.pauseReasons()).extracting(SocketDescriptor.Reason::since).isSorted().doesNotContainNull();
	}

	@Test
	void socketWhenFailedTellsTheFailure() throws IOException {
		try (ServerSocketChannel other = ServerSocketChannel.open().bind(FREE_PORT)) {
			this.factories.start();
			this.factories.open(SocketSpec.listener("third").bind(other.getLocalAddress()).build());
			SocketDescriptor socket = this.endpoint.socket("third");
			assertThat(socket.state()).isEqualTo(SocketState.FAILED);
			assertThat(socket.failures()).hasToString("Failures[total=1, byOperation={bind=1}]");
			SocketDescriptor.Failure failure = socket.lastFailure();
			assertThat(failure).isNotNull();
			assertThat(failure.operation()).isEqualTo("bind");
			assertThat(failure.errnoName()).isEqualTo("EADDRINUSE");
			assertThat(failure.message()).startsWith(text(other) + ": Address already in use");
			assertThat(failure.time()).isNotNull();
			assertThat(failure.retryIn()).isNull();
		}
	}

	@Test
	void socketWhenItIsTriedAgainTellsWhenUntilItIs() throws IOException {
		this.factories.start();
		ServerSocketChannel other = ServerSocketChannel.open().bind(FREE_PORT);
		RetrySettings retry = RetrySettings.NONE.withMaxRetries(1).withDelay(Duration.ofSeconds(20));
		SocketFactory factory = this.factories
			.open(SocketSpec.listener("third").bind(other.getLocalAddress()).retry(retry).build());
		assertThat(this.endpoint.socket("third").lastFailure()).isNotNull()
			.satisfies((failure) -> assertThat(failure.retryIn()).isNotNull());
		other.close();
		factory.start();
		assertThat(this.endpoint.socket("third").state()).isEqualTo(SocketState.LISTENING);
		assertThat(this.endpoint.socket("third").lastFailure()).isNotNull()
			.satisfies((failure) -> assertThat(failure.retryIn()).isNull());
	}

	@Test
	void socketWhenNameIsUnknownIsRefused() {
		assertThatExceptionOfType(InvalidEndpointRequestException.class).isThrownBy(() -> this.endpoint.socket("third"))
			.withMessage("There is no socket factory 'third'; there is first, second")
			.satisfies((ex) -> assertThat(ex.getReason()).isEqualTo(ex.getMessage()));
		assertRefused(this.extension.socket("third"), 404,
				"There is no socket factory 'third'; there is first, second");
	}

	@Test
	void socketWhenNothingIsDeclaredIsRefused() {
		try (DefaultSocketFactories none = factories()) {
			assertThatExceptionOfType(InvalidEndpointRequestException.class)
				.isThrownBy(() -> new SocketsEndpoint(none).socket("first"))
				.withMessage("There is no socket factory 'first'; there are none");
		}
	}

	@Test
	void getsocknameWhenOpenIsTheLocalAddress() {
		this.factories.start();
		assertThat(this.endpoint.view("first", "getsockname"))
			.isEqualTo(new LocalAddressDescriptor(SocketDomain.AF_INET, "127.0.0.1", portOf(find("first")), null));
	}

	@Test
	void getsocknameWhenNotOpenIsTheDomainAlone() {
		assertThat(this.endpoint.view("second", "getsockname"))
			.isEqualTo(new LocalAddressDescriptor(SocketDomain.AF_INET, null, null, null));
	}

	@Test
	void getsocknameOfUnixSocketIsItsPath(@TempDir Path directory) {
		Path file = directory.resolve("app.sock");
		this.factories.start();
		this.factories.open(SocketSpec.listener("app").bind(UnixDomainSocketAddress.of(file)).build());
		assertThat(this.endpoint.view("app", "getsockname"))
			.isEqualTo(new LocalAddressDescriptor(SocketDomain.AF_UNIX, null, null, file.toString()));
	}

	@Test
	void viewWhenUnknownIsRefused() {
		assertRefused(this.extension.view("first", "getpeername"), 404,
				"There is nothing called 'getpeername' to read; there is getsockname, connections");
	}

	@Test
	void viewWhenNameIsUnknownIsRefused() {
		assertRefused(this.extension.view("third", "getsockname"), 404,
				"There is no socket factory 'third'; there is first, second");
	}

	@ParameterizedTest
	@ValueSource(strings = { "pause", "PAUSE" })
	void viewWhenItIsAnActionIsRefused(String action) {
		this.factories.start();
		assertRefused(this.extension.view("first", action), 405,
				"'pause' is an action: it is not read with GET but carried out with POST");
		assertThat(find("first").getPauseReasons()).isEmpty();
	}

	@Test
	void controlPausesAndResumes() {
		this.factories.start();
		assertThat(this.endpoint.control("first", "pause").pauseReasons()).hasSize(1);
		assertThat(find("first").getPauseReasons()).containsExactly(PauseReason.USER);
		assertThat(this.endpoint.control("first", "resume").pauseReasons()).isEmpty();
		assertThat(find("first").getPauseReasons()).isEmpty();
	}

	@Test
	void controlStopsAndStarts() {
		this.factories.start();
		assertThat(this.endpoint.control("first", "stop").state()).isEqualTo(SocketState.STOPPED);
		assertThat(find("first").isRunning()).isFalse();
		assertThat(this.endpoint.control("first", "start").state()).isEqualTo(SocketState.LISTENING);
		assertThat(find("first").getLocalAddress()).isNotNull();
	}

	@ParameterizedTest
	@EnumSource(SocketAction.class)
	void controlTwiceIsNoError(SocketAction action) {
		this.factories.start();
		SocketDescriptor once = this.endpoint.control("first", action.toString());
		assertThat(this.endpoint.control("first", action.toString())).isEqualTo(once);
	}

	@ParameterizedTest
	@ValueSource(strings = { "pause", "PAUSE", "Pause" })
	void controlIgnoresCaseOfAction(String action) {
		assertThat(this.endpoint.control("first", action).pauseReasons()).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "dance", "getsockname", "p-ause" })
	void controlWhenActionIsUnknownIsRefused(String action) {
		assertRefused(this.extension.control("first", action), 400,
				"There is no action '%s'; there is pause, resume, start, stop, disconnect".formatted(action));
	}

	@Test
	void controlWhenNameIsUnknownIsRefusedAndCreatesNothing() {
		assertRefused(this.extension.control("third", "start"), 404,
				"There is no socket factory 'third'; there is first, second");
		assertThat(this.factories.getNames()).containsExactly("first", "second");
	}

	@ParameterizedTest
	@ValueSource(strings = { "pause", "resume" })
	void controlWhenKindHasNoSuchActionIsRefused(String action) {
		this.factories.open(SocketSpec.client("upstream").remote("127.0.0.1:1").autoStartup(false).build());
		assertRefused(this.extension.control("upstream", action), 409,
				"'upstream' cannot %s: it is not a listener that accepts connections".formatted(action));
	}

	@Test
	void limitIsReadFromText() {
		assertThat(this.endpoint.limit("first", "10", "5")).returns(10, SocketDescriptor::maxConnections)
			.returns(5, SocketDescriptor::lowWater);
		assertThat(this.endpoint.limit("first", null, "-1")).returns(10, SocketDescriptor::maxConnections)
			.returns(null, SocketDescriptor::lowWater);
		assertThat(this.endpoint.limit("first", "-1", null)).returns(null, SocketDescriptor::maxConnections);
	}

	@Test
	void limitWhenNumberIsWrongIsRefused() {
		assertThatExceptionOfType(InvalidEndpointRequestException.class)
			.isThrownBy(() -> this.endpoint.limit("first", "2.5", null))
			.withMessage("'maxConnections' must be -1 (any number) or a whole number from 0 to 2147483647, not '2.5'");
	}

	private static DefaultSocketFactories factories(SocketSpec... specs) {
		EngineSettings settings = new EngineSettings(Runnable::run, Integer.MAX_VALUE, DispatchMode.EXECUTOR,
				(name, address) -> {
				});
		return new DefaultSocketFactories((event) -> {
		}, settings, Collections.emptyList(), List.of(specs));
	}

	private ManagedSocketFactory find(String name) {
		ManagedSocketFactory factory = this.factories.find(name);
		assertThat(factory).isNotNull();
		return factory;
	}

	private static void assertRefused(WebEndpointResponse<Object> response, int status, String message) {
		assertThat(response.getStatus()).isEqualTo(status);
		assertThat(response.getBody()).isEqualTo(new RefusalDescriptor(status, message));
	}

	private static int portOf(ManagedSocketFactory factory) {
		assertThat(factory.getLocalAddress()).isInstanceOf(InetSocketAddress.class);
		return ((InetSocketAddress) factory.getLocalAddress()).getPort();
	}

	private static String text(ServerSocketChannel server) throws IOException {
		return "127.0.0.1:" + ((InetSocketAddress) server.getLocalAddress()).getPort();
	}

}
