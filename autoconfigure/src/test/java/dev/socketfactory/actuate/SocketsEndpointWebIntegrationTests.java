package dev.socketfactory.actuate;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Principal;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.socketfactory.PauseReason;
import dev.socketfactory.SocketFactories;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketState;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.event.SocketEventListener;
import dev.socketfactory.testing.Await;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.test.annotation.DirtiesContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Tests for {@link SocketsEndpoint} over HTTP, with real sockets.
 */
@DirtiesContext
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "server.address=127.0.0.1", "management.endpoints.web.exposure.include=sockets",
				"socket-factory.listeners.echo.bind=127.0.0.1:0", "socket-factory.listeners.echo.reuse=on",
				"socket-factory.listeners.idle.bind=127.0.0.1:0", "socket-factory.listeners.idle.listen-queue=16",
				"socket-factory.listeners.stuck.bind=127.0.0.1:0",
				"socket-factory.listeners.stuck-inline.bind=127.0.0.1:0",
				"socket-factory.listeners.stuck-inline.dispatch=inline" })
class SocketsEndpointWebIntegrationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final Pattern SINCE = Pattern.compile("\"since\":\"([^\"]+)\"");

	private final HttpClient http = HttpClient.newHttpClient();

	@Autowired
	private Environment environment;

	@Autowired
	private SocketFactories factories;

	@Autowired
	private SocketFactory echoSocketFactory;

	@Autowired
	private SocketFactory idleSocketFactory;

	@Autowired
	private Handlers handlers;

	@AfterEach
	void restore() {
		this.handlers.release.countDown();
		this.factories.forEach((factory) -> {
			factory.resumeAccept();
			factory.start();
		});
	}

	@Test
	void listHasAllFactoriesByKind() throws Exception {
		try (ConfigurableApplicationContext context = run("--management.endpoints.web.exposure.include=sockets")) {
			String base = base(context.getEnvironment());
			HttpResponse<String> response = send(HttpRequest.newBuilder(URI.create(base + "/sockets")).build());
			assertThat(response.statusCode()).isEqualTo(200);
			assertThat(response.body()).isEqualTo("{\"listeners\":{\"idle\":%s},\"clients\":{}}"
				.formatted(idle(context.getEnvironment(), context.getBean(SocketFactory.class), "LISTENING", "[]")));
		}
	}

	@Test
	void listHasTheFactoriesInOrderOfDeclaration() throws Exception {
		assertThat(get("/sockets").body()).containsSubsequence("\"echo\":{", "\"idle\":{", "\"stuck\":{",
				"\"stuck-inline\":{", "\"clients\":{}");
	}

	@Test
	void oneHasTheWholeShape() throws Exception {
		HttpResponse<String> response = get("/sockets/idle");
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.headers().firstValue("Content-Type"))
			.hasValueSatisfying((type) -> assertThat(type).startsWith("application/vnd.spring-boot.actuator.v3+json"));
		assertThat(response.body()).isEqualTo(idle("LISTENING", "[]"));
	}

	@Test
	void oneWhenStoppedHasNoAddress() throws Exception {
		String stopped = post("/sockets/idle/stop").body();
		assertThat(stopped).isEqualTo(idle("STOPPED", "[]"));
		assertThat(get("/sockets/idle").body()).isEqualTo(stopped);
	}

	@Test
	void oneWhenPausedHasTheReason() throws Exception {
		String paused = post("/sockets/idle/pause").body();
		assertThat(withoutTimes(paused)).isEqualTo(idle("LISTENING", "[{\"reason\":\"USER\",\"since\":\"Z\"}]"));
		assertThat(since(paused)).isBetween(Instant.now().minus(PATIENCE), Instant.now());
		assertThat(get("/sockets/idle").body()).isEqualTo(paused);
	}

	@Test
	void oneWhenPausedByAKnownUserSaysWho() throws Exception {
		String paused = send(
				request("/sockets/idle/pause").header("X-User", "alice").POST(BodyPublishers.noBody()).build())
			.body();
		assertThat(withoutTimes(paused))
			.isEqualTo(idle("LISTENING", "[{\"reason\":\"USER\",\"since\":\"Z\",\"by\":\"alice\"}]"));
	}

	@Test
	void connectionsAreListedAndCanBeClosed() throws Exception {
		try (Socket first = connect("echo"); Socket second = connect("echo")) {
			send(first, "one");
			assertThat(receive(first)).isEqualTo("one");
			send(second, "two");
			assertThat(receive(second)).isEqualTo("two");
			String list = get("/sockets/echo/connections").body();
			assertThat(number(list, "total")).isEqualTo(2);
			assertThat(list).contains("\"remoteAddress\":\"127.0.0.1:%d\"".formatted(first.getLocalPort()),
					"\"claimed\":true");
			long id = number(list, "id");
			assertThat(disconnect("echo", "{\"connection\":%d}".formatted(id)).statusCode()).isEqualTo(200);
			assertThat(first.getInputStream().read()).isEqualTo(-1);
			send(second, "still");
			assertThat(receive(second)).isEqualTo("still");
			assertRefused(disconnect("echo", "{\"connection\":%d}".formatted(id)), 404,
					"'echo' has no open connection %d".formatted(id));
			assertThat(disconnect("echo", "{\"connection\":\"x\"}").statusCode()).isEqualTo(400);
			assertThat(disconnect("echo", "{}").statusCode()).isEqualTo(400);
			assertThat(post("/sockets/echo/disconnect").statusCode()).isEqualTo(400);
			assertThat(disconnect("nobody", "{\"connection\":1}").statusCode()).isEqualTo(404);
		}
	}

	private HttpResponse<String> disconnect(String name, String body) throws Exception {
		return send(request("/sockets/%s/disconnect".formatted(name)).header("Content-Type", "application/json")
			.POST(BodyPublishers.ofString(body))
			.build());
	}

	@Test
	void oneWhenFailedHasTheFailure() throws Exception {
		try (ServerSocketChannel other = ServerSocketChannel.open()
			.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
			SocketFactory factory = this.factories
				.open(SocketSpec.listener("taken").bind(other.getLocalAddress()).listenQueue(16).build());
			try {
				String body = get("/sockets/taken").body().replaceAll("\"time\":\"[^\"]+Z\"", "\"time\":\"Z\"");
				assertThat(body).isEqualTo(
						"""
								{"name":"taken","id":%d,"kind":"listener","domain":"AF_INET","type":"SOCK_STREAM","protocol":"tcp",\
								"state":"FAILED","pauseReasons":[],"listenQueue":{"requested":16,"effective":16},\
								"connections":{"active":0,"total":0,"unclaimed":0,"reset":0,"refused":{"total":0,"byReason":{}}},\
								"failures":{"total":1,"byOperation":{"bind":1}},\
								"lastFailure":{"operation":"bind","errno":%d,"errnoName":"EADDRINUSE","message":"%s","time":"Z"}}"""
							.formatted(factory.getId(), factory.getLastFailure().errno(),
									factory.getLastFailure().message()));
				assertThat(get("/sockets/taken/getsockname").body()).isEqualTo("{\"domain\":\"AF_INET\"}");
			}
			finally {
				this.factories.close("taken");
			}
		}
	}

	@Test
	void getsocknameWhenOpenHasAddressAndPort() throws Exception {
		HttpResponse<String> response = get("/sockets/echo/getsockname");
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body())
			.isEqualTo("{\"domain\":\"AF_INET\",\"address\":\"127.0.0.1\",\"port\":%d}".formatted(port("echo")));
	}

	@Test
	void getsocknameWhenStoppedHasTheDomainAlone() throws Exception {
		post("/sockets/echo/stop");
		assertThat(get("/sockets/echo/getsockname").body()).isEqualTo("{\"domain\":\"AF_INET\"}");
	}

	@Test
	void pauseKeepsClientsWaitingUntilResume() throws Exception {
		HttpResponse<String> paused = post("/sockets/echo/pause");
		assertThat(paused.statusCode()).isEqualTo(200);
		try (Socket client = connect("echo")) {
			send(client, "hello");
			client.setSoTimeout(300);
			assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> receive(client));
			HttpResponse<String> resumed = post("/sockets/echo/resume");
			assertThat(resumed.statusCode()).isEqualTo(200);
			assertThat(resumed.body()).contains("\"pauseReasons\":[]");
			client.setSoTimeout((int) PATIENCE.toMillis());
			assertThat(receive(client)).isEqualTo("hello");
		}
	}

	@Test
	void resumeClearsTheOperatorsReasonOnly() throws Exception {
		PauseReason reason = PauseReason.of("maintenance");
		this.echoSocketFactory.pauseAccept(reason);
		try {
			post("/sockets/echo/pause");
			assertThat(withoutTimes(post("/sockets/echo/resume").body()))
				.contains("\"pauseReasons\":[{\"reason\":\"maintenance\",\"since\":\"Z\"}]");
		}
		finally {
			this.echoSocketFactory.resumeAccept(reason);
		}
	}

	@Test
	void stopFreesThePortAndStartServesAgain() throws Exception {
		InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port("echo"));
		HttpResponse<String> stopped = post("/sockets/echo/stop");
		assertThat(stopped.statusCode()).isEqualTo(200);
		assertThat(stopped.body()).contains("\"state\":\"STOPPED\"");
		ServerSocketChannel.open().bind(address).close();
		HttpResponse<String> started = post("/sockets/echo/start");
		assertThat(started.statusCode()).isEqualTo(200);
		assertThat(started.body()).contains("\"state\":\"LISTENING\"");
		try (Socket client = connect("echo")) {
			send(client, "again");
			assertThat(receive(client)).isEqualTo("again");
		}
	}

	@Test
	void connectionsAreCounted() throws Exception {
		long before = number(get("/sockets/echo").body(), "total");
		try (Socket client = connect("echo")) {
			send(client, "one");
			receive(client);
			String body = get("/sockets/echo").body();
			assertThat(number(body, "active")).isPositive();
			assertThat(number(body, "total")).isEqualTo(before + 1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "pause", "resume", "start", "stop" })
	void actionNeedsNoBodyAndNoContentType(String action) throws Exception {
		HttpResponse<String> response = post("/sockets/echo/" + action);
		assertThat(response.statusCode()).isEqualTo(200);
		assertThat(response.body()).startsWith("{\"name\":\"echo\"");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			application/json                               |
			application/json                               | {}
			application/json                               | {"some": "thing"}
			application/vnd.spring-boot.actuator.v3+json   | {}
			""")
	void actionTakesBodyAndContentType(String contentType, String body) throws Exception {
		HttpRequest request = request("/sockets/echo/pause").header("Content-Type", contentType)
			.POST((body != null) ? BodyPublishers.ofString(body) : BodyPublishers.noBody())
			.build();
		assertThat(send(request).statusCode()).isEqualTo(200);
		assertThat(this.echoSocketFactory.getPauseReasons()).containsExactly(PauseReason.USER);
	}

	@Test
	void actionTakesCurl() throws Exception {
		assumeThat(isInstalled("curl")).isTrue();
		assertThat(curl("-X", "POST", url("/sockets/echo/pause"))).startsWith("200 {\"name\":\"echo\"");
		assertThat(this.echoSocketFactory.getPauseReasons()).containsExactly(PauseReason.USER);
		assertThat(curl("-X", "POST", "-H", "Content-Type: application/json", "-d", "{}", url("/sockets/echo/resume")))
			.startsWith("200 {\"name\":\"echo\"");
		assertThat(this.echoSocketFactory.getPauseReasons()).isEmpty();
		assertThat(curl(url("/sockets/echo/getsockname"))).startsWith("200 {\"domain\":\"AF_INET\"");
		assertThat(curl("-X", "POST", url("/sockets/nobody/pause"))).startsWith("404 {\"status\":404");
	}

	@ParameterizedTest
	@ValueSource(strings = { "pause", "PAUSE", "Pause" })
	void actionIgnoresCase(String action) throws Exception {
		assertThat(post("/sockets/echo/" + action).statusCode()).isEqualTo(200);
		assertThat(this.echoSocketFactory.getPauseReasons()).containsExactly(PauseReason.USER);
	}

	@ParameterizedTest
	@CsvSource({ "GET, /sockets/nobody", "GET, /sockets/nobody/getsockname", "GET, /sockets/nobody/pause",
			"POST, /sockets/nobody/pause", "POST, /sockets/nobody/dance" })
	void unknownNameIsNotFound(String method, String path) throws Exception {
		assertRefused(call(method, path), 404,
				"There is no socket factory 'nobody'; there is echo, idle, stuck, stuck-inline");
	}

	@Test
	void unknownViewIsNotFound() throws Exception {
		assertRefused(get("/sockets/echo/getpeername"), 404,
				"There is nothing called 'getpeername' to read; there is getsockname, connections");
	}

	@Test
	void unknownActionIsBadRequest() throws Exception {
		assertRefused(post("/sockets/echo/dance"), 400,
				"There is no action 'dance'; there is pause, resume, start, stop, disconnect");
	}

	@ParameterizedTest
	@ValueSource(strings = { "pause", "PAUSE" })
	void gettingAnActionIsNotAllowedAndDoesNothing(String action) throws Exception {
		assertRefused(get("/sockets/echo/" + action), 405,
				"'pause' is an action: it is not read with GET but carried out with POST");
		assertThat(this.echoSocketFactory.getPauseReasons()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "POST, /sockets", "PUT, /sockets/echo/pause", "DELETE, /sockets/echo" })
	void otherMethodsAreNotAllowed(String method, String path) throws Exception {
		assertThat(call(method, path).statusCode()).isEqualTo(405);
	}

	@ParameterizedTest
	@ValueSource(strings = { "stuck", "stuck-inline" })
	void actionsDoNotWaitForABlockedHandler(String name) throws Exception {
		this.handlers.reset();
		try (Socket client = connect(name)) {
			assertThat(this.handlers.entered.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
			assertThat(post("/sockets/%s/pause".formatted(name)).body()).contains("\"reason\":\"USER\"");
			assertThat(post("/sockets/%s/resume".formatted(name)).body()).contains("\"pauseReasons\":[]");
			assertThat(post("/sockets/%s/stop".formatted(name)).body()).contains("\"state\":\"STOPPED\"");
			assertThat(post("/sockets/%s/start".formatted(name)).body()).contains("\"state\":\"LISTENING\"");
			assertThat(this.handlers.release.getCount()).as("handler is blocked").isOne();
			assertThat(client.isConnected()).isTrue();
		}
	}

	@Test
	void whenAccessIsReadOnlyThereAreNoActions() throws Exception {
		try (ConfigurableApplicationContext context = run("--management.endpoints.web.exposure.include=sockets",
				"--management.endpoint.sockets.access=read-only")) {
			String base = base(context.getEnvironment());
			assertThat(send(HttpRequest.newBuilder(URI.create(base + "/sockets/idle")).build()).statusCode())
				.isEqualTo(200);
			assertThat(
					send(HttpRequest.newBuilder(URI.create(base + "/sockets/idle/getsockname")).build()).statusCode())
				.isEqualTo(200);
			HttpRequest pause = HttpRequest.newBuilder(URI.create(base + "/sockets/idle/pause"))
				.POST(BodyPublishers.noBody())
				.build();
			assertThat(send(pause).statusCode()).isEqualTo(405);
			assertConnectionsAreOnlyShown(base, context.getEnvironment());
			SocketFactory idle = context.getBean(SocketFactory.class);
			assertThat(idle.getPauseReasons()).isEmpty();
			assertThat(idle.getState()).isEqualTo(SocketState.LISTENING);
		}
	}

	private void assertConnectionsAreOnlyShown(String base, Environment environment) throws Exception {
		try (Socket client = new Socket(InetAddress.getLoopbackAddress(),
				environment.getRequiredProperty("local.socket.idle.port", Integer.class))) {
			client.setSoTimeout((int) PATIENCE.toMillis());
			HttpRequest connections = HttpRequest.newBuilder(URI.create(base + "/sockets/idle/connections")).build();
			Await.await().until(() -> number(send(connections).body(), "total") == 1);
			long id = number(send(connections).body(), "id");
			HttpRequest disconnect = HttpRequest.newBuilder(URI.create(base + "/sockets/idle/disconnect"))
				.header("Content-Type", "application/json")
				.POST(BodyPublishers.ofString("{\"connection\":%d}".formatted(id)))
				.build();
			assertThat(send(disconnect).statusCode()).isEqualTo(405);
			assertThat(number(send(connections).body(), "id")).isEqualTo(id);
		}
	}

	@Test
	void whenNotExposedThereIsNothing() throws Exception {
		try (ConfigurableApplicationContext context = run()) {
			String base = base(context.getEnvironment());
			for (String path : Set.of("/sockets", "/sockets/idle", "/sockets/idle/getsockname")) {
				assertThat(send(HttpRequest.newBuilder(URI.create(base + path)).build()).statusCode()).isEqualTo(404);
			}
			HttpRequest pause = HttpRequest.newBuilder(URI.create(base + "/sockets/idle/pause"))
				.POST(BodyPublishers.noBody())
				.build();
			assertThat(send(pause).statusCode()).isEqualTo(404);
			assertThat(context.getBean(SocketFactory.class).getPauseReasons()).isEmpty();
		}
	}

	private String idle(String state, String reasons) {
		return idle(this.environment, this.idleSocketFactory, state, reasons);
	}

	private static String idle(Environment environment, SocketFactory factory, String state, String reasons) {
		String address = factory.isRunning()
				? "\"localAddress\":\"127.0.0.1:%s\",".formatted(environment.getProperty("local.socket.idle.port"))
				: "";
		return """
				{"name":"idle","id":%d,"kind":"listener","domain":"AF_INET","type":"SOCK_STREAM","protocol":"tcp",\
				"state":"%s",%s"pauseReasons":%s,"listenQueue":{"requested":16,"effective":16%s},\
				"connections":{"active":0,"total":0,"unclaimed":0,"reset":0,"refused":{"total":0,"byReason":{}}},"failures":{"total":0,"byOperation":{}}}"""
			.formatted(factory.getId(), state, address, reasons, factory.isRunning() ? ",\"depth\":0" : "");
	}

	private HttpResponse<String> get(String path) throws Exception {
		return call("GET", path);
	}

	private HttpResponse<String> post(String path) throws Exception {
		return call("POST", path);
	}

	private HttpResponse<String> call(String method, String path) throws Exception {
		return send(request(path).method(method, BodyPublishers.noBody()).build());
	}

	private HttpResponse<String> send(HttpRequest request) throws Exception {
		return this.http.send(request, BodyHandlers.ofString());
	}

	private HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create(url(path))).timeout(PATIENCE);
	}

	private String url(String path) {
		return base(this.environment) + path;
	}

	private static String base(Environment environment) {
		return "http://127.0.0.1:%s/actuator".formatted(environment.getProperty("local.server.port"));
	}

	private int port(String name) {
		return this.environment.getRequiredProperty("local.socket.%s.port".formatted(name), Integer.class);
	}

	private Socket connect(String name) throws IOException {
		Socket socket = new Socket(InetAddress.getLoopbackAddress(), port(name));
		socket.setSoTimeout((int) PATIENCE.toMillis());
		return socket;
	}

	private static void send(Socket socket, String line) throws IOException {
		socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
	}

	private static String receive(Socket socket) throws IOException {
		return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)).readLine();
	}

	private static void assertRefused(HttpResponse<String> response, int status, String message) {
		assertThat(response.statusCode()).isEqualTo(status);
		assertThat(response.body()).isEqualTo("{\"status\":%d,\"message\":\"%s\"}".formatted(status, message));
	}

	private static String withoutTimes(String body) {
		return SINCE.matcher(body).replaceAll("\"since\":\"Z\"");
	}

	private static Instant since(String body) {
		Matcher matcher = SINCE.matcher(body);
		assertThat(matcher.find()).isTrue();
		return Instant.parse(matcher.group(1));
	}

	private static long number(String body, String key) {
		Matcher matcher = Pattern.compile("\"%s\":([0-9]+)".formatted(key)).matcher(body);
		assertThat(matcher.find()).isTrue();
		return Long.parseLong(matcher.group(1));
	}

	private static boolean isInstalled(String command) {
		return Stream.of(System.getenv("PATH").split(":"))
			.anyMatch((folder) -> Files.isExecutable(Path.of(folder, command)));
	}

	private static String curl(String... arguments) throws Exception {
		Stream<String> command = Stream.concat(Stream.of("curl", "-s", "-w", "%{stderr}%{http_code}"),
				Stream.of(arguments));
		Process process = new ProcessBuilder(command.toList()).start();
		String body = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		String status = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor()).isZero();
		return status + " " + body;
	}

	private static ConfigurableApplicationContext run(String... arguments) {
		return new SpringApplicationBuilder(TestApplication.class).web(WebApplicationType.SERVLET)
			.properties("server.port=0", "server.address=127.0.0.1", "socket-factory.listeners.idle.bind=127.0.0.1:0",
					"socket-factory.listeners.idle.listen-queue=16")
			.run(arguments);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class TestApplication {

		@Bean
		Handlers handlers() {
			return new Handlers();
		}

		/**
		 * Takes the word of the client for who it is, in place of a login.
		 */
		@Bean
		Filter userFilter() {
			return (request, response, chain) -> {
				String user = ((HttpServletRequest) request).getHeader("X-User");
				chain.doFilter(new HttpServletRequestWrapper((HttpServletRequest) request) {

					@Override
					public Principal getUserPrincipal() {
						return (user != null) ? () -> user : null;
					}

				}, response);
			};
		}

	}

	static class Handlers {

		volatile CountDownLatch entered = new CountDownLatch(1);

		volatile CountDownLatch release = new CountDownLatch(1);

		void reset() {
			this.entered = new CountDownLatch(1);
			this.release = new CountDownLatch(1);
		}

		@SocketEventListener(factory = "echo")
		void echo(ConnectionAcceptedEvent event) throws IOException {
			try (SocketChannel channel = event.claimBlockingChannel()) {
				channel.socket().getInputStream().transferTo(channel.socket().getOutputStream());
			}
		}

		@SocketEventListener(factory = { "stuck", "stuck-inline" })
		void block(ConnectionAcceptedEvent event) throws Exception {
			try (SocketChannel channel = event.claimBlockingChannel()) {
				this.entered.countDown();
				assertThat(this.release.await(PATIENCE.toSeconds() * 2, TimeUnit.SECONDS)).isTrue();
				assertThat(channel.isOpen()).isTrue();
			}
		}

	}

}
