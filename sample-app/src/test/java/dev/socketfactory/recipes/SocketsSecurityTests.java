package dev.socketfactory.recipes;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;

import dev.socketfactory.PauseReason;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.sample.SampleApplication;
import dev.socketfactory.test.AutoConfigureTestSockets;
import dev.socketfactory.test.TestConnection;
import dev.socketfactory.test.TestSockets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetails;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SocketsSecurity} in the sample.
 */
@SpringBootTest(classes = SampleApplication.class, webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = "spring.autoconfigure.exclude=")
@AutoConfigureTestSockets
@Import({ SocketsSecurity.class, SocketsSecurityTests.Users.class })
@ExtendWith(OutputCaptureExtension.class)
@Timeout(60)
class SocketsSecurityTests {

	private static final String SOCKETS = "/actuator/sockets";

	private static final String PAUSE = "/actuator/sockets/rot13/pause";

	private static final String DISCONNECT = "/actuator/sockets/rot13/disconnect";

	private final HttpClient http = HttpClient.newHttpClient();

	@LocalServerPort
	private int port;

	@Autowired
	private SocketFactory rot13SocketFactory;

	@Autowired
	private TestSockets sockets;

	@AfterEach
	void resume() {
		this.rot13SocketFactory.resumeAccept();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/", "/page.js", "/nowhere", "/actuator", "/actuator/health", "/actuator/prometheus",
			SOCKETS, SOCKETS + "/rot13", SOCKETS + "/rot13/connections" })
	void whenAnonymousNothingIsOpen(String path) throws Exception {
		assertThat(send(HttpMethod.GET, path, null).statusCode()).isEqualTo(401);
		assertThat(send(HttpMethod.POST, path, null).statusCode()).isIn(401, 403);
	}

	@Test
	void whenAnonymousNothingIsDone() throws Exception {
		assertThat(send(HttpMethod.POST, PAUSE, null).statusCode()).isEqualTo(401);
		assertThat(send(HttpMethod.POST, DISCONNECT, null).statusCode()).isEqualTo(401);
		assertThat(this.rot13SocketFactory.getPauseReasons()).isEmpty();
	}

	@Test
	void readerLooksAtTheSocketsOnly() throws Exception {
		assertThat(send(HttpMethod.GET, SOCKETS, "reader").statusCode()).isEqualTo(200);
		assertThat(send(HttpMethod.GET, SOCKETS + "/rot13/connections", "reader").statusCode()).isEqualTo(200);
		assertThat(send(HttpMethod.POST, PAUSE, "reader").statusCode()).isEqualTo(403);
		assertThat(send(HttpMethod.POST, DISCONNECT, "reader").statusCode()).isEqualTo(403);
		assertThat(send(HttpMethod.POST, SOCKETS + "/rot13", "reader").statusCode()).isEqualTo(403);
		assertThat(send(HttpMethod.GET, "/actuator/prometheus", "reader").statusCode()).isEqualTo(403);
		assertThat(this.rot13SocketFactory.getPauseReasons()).isEmpty();
	}

	@Test
	void operatorPausesAndIsNamed(CapturedOutput output) throws Exception {
		HttpResponse<String> paused = send(HttpMethod.POST, PAUSE, "operator");
		assertThat(paused.statusCode()).isEqualTo(200);
		assertThat(paused.body()).contains("\"by\":\"operator\"");
		assertThat(this.rot13SocketFactory.getPauseReasons()).containsExactly(PauseReason.USER);
		assertThat(output).contains("listener 'rot13': pause by 'operator'");
		assertThat(send(HttpMethod.GET, SOCKETS + "/rot13", "reader").body()).contains("\"by\":\"operator\"");
	}

	@Test
	void operatorDisconnects() throws Exception {
		try (TestConnection client = this.sockets.connect("rot13")) {
			client.sendLine("Hello").expectLine("Uryyb");
			String connections = send(HttpMethod.GET, SOCKETS + "/rot13/connections", "operator").body();
			String id = connections.replaceFirst(".*?\"id\":(\\d+).*", "$1");
			assertThat(send(HttpMethod.POST, DISCONNECT, "operator", "{\"connection\":%s}".formatted(id)).statusCode())
				.isEqualTo(200);
			client.expectEnd();
		}
	}

	@Test
	void userHasTheApplicationButNotActuator() throws Exception {
		assertThat(send(HttpMethod.GET, "/", "user").statusCode()).isEqualTo(200);
		assertThat(send(HttpMethod.GET, "/actuator", "user").statusCode()).isEqualTo(403);
		assertThat(send(HttpMethod.GET, SOCKETS, "user").statusCode()).isEqualTo(403);
		assertThat(send(HttpMethod.POST, PAUSE, "user").statusCode()).isEqualTo(403);
	}

	private HttpResponse<String> send(HttpMethod method, String path, String user)
			throws IOException, InterruptedException {
		return send(method, path, user, "");
	}

	private HttpResponse<String> send(HttpMethod method, String path, String user, String body)
			throws IOException, InterruptedException {
		HttpRequest.Builder request = HttpRequest
			.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(this.port, path)))
			.timeout(Duration.ofSeconds(20))
			.method(method.name(),
					body.isEmpty() ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
		if (!body.isEmpty()) {
			request.header(HttpHeaders.CONTENT_TYPE, "application/json");
		}
		if (user != null) {
			request.header(HttpHeaders.AUTHORIZATION, "Basic "
					+ Base64.getEncoder().encodeToString("%s:secret".formatted(user).getBytes(StandardCharsets.UTF_8)));
		}
		return this.http.send(request.build(), HttpResponse.BodyHandlers.ofString());
	}

	@TestConfiguration(proxyBeanMethods = false)
	static class Users {

		@Bean
		InMemoryUserDetailsManager userDetailsManager() {
			return new InMemoryUserDetailsManager(user("user", "USER"), user("reader", "READER"),
					user("operator", "OPERATOR"));
		}

		private static UserDetails user(String name, String role) {
			return User.withUsername(name).password("{noop}secret").roles(role).build();
		}

	}

}
