package dev.socketfactory.actuate;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Objects;

import dev.socketfactory.engine.DefaultSocketFactories;
import dev.socketfactory.engine.ManagedSocketFactory;
import dev.socketfactory.engine.SocketFactoryStatus;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.test.annotation.DirtiesContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the limit of {@link SocketsEndpoint} over HTTP.
 */
@DirtiesContext
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT,
		properties = { "server.address=127.0.0.1", "management.endpoints.web.exposure.include=sockets",
				"socket-factory.listeners.limited.bind=127.0.0.1:0", "socket-factory.listeners.limited.listen-queue=16",
				"socket-factory.listeners.log.type=SOCK_DGRAM", "socket-factory.listeners.log.bind=127.0.0.1:0",
				"socket-factory.clients.upstream.remote=127.0.0.1:1",
				"socket-factory.clients.upstream.auto-startup=false" })
class SocketLimitWebIntegrationTests {

	private final HttpClient http = HttpClient.newHttpClient();

	@Autowired
	private Environment environment;

	@Autowired
	private DefaultSocketFactories factories;

	@BeforeEach
	void limit() {
		limited().setLimit(10, 5);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', value = { "{\"maxConnections\": 500}|500|5",
			"{\"maxConnections\": 4}|4|", "{\"lowWater\": 7}|10|7", "{\"maxConnections\": 20, \"lowWater\": 0}|20|0",
			"{\"maxConnections\": -1}||", "{\"maxConnections\": 0}|0|", "{\"maxConnections\": \"30\"}|30|5",
			"{\"lowWater\": -1}|10|", "{\"lowWater\": \"-1\"}|10|", "{\"maxConnections\": 20, \"lowWater\": -1}|20|",
			"{\"maxConnections\": -1, \"lowWater\": -1}||", "{\"maxConnections\": null, \"lowWater\": 1}|10|1" })
	void limitIsChanged(String body, Integer max, Integer low) throws Exception {
		HttpResponse<String> response = post("limited", body);
		assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
		assertThat(limited().getStatus().limit()).isEqualTo(new SocketFactoryStatus.Limit(max, low));
		assertNumber(response.body(), "maxConnections", max);
		assertNumber(response.body(), "lowWater", low);
		assertThat(response.body()).contains("\"listenQueue\":{\"requested\":16,\"effective\":16,\"depth\":0}",
				"\"connections\":{\"active\":0,\"total\":0,\"unclaimed\":0,\"reset\":0,\"refused\":{\"total\":0,\"byReason\":{}}}");
		assertThat(response.body().contains("\"reason\":\"MAX_CONNECTIONS\"")).isEqualTo(max != null && max == 0);
	}

	@ParameterizedTest
	@ValueSource(strings = { "-2", "2.5", "2.0", "1e3", "99999999999", "-99999999999", "true", "\"many\"", "\"2.5\"",
			"\"\"", "\" \"", "\"null\"", "\"0x10\"" })
	void maxConnectionsThatIsNoNumberIsRefused(String value) throws Exception {
		assertRefused(post("limited", "{\"maxConnections\": %s, \"lowWater\": 3}".formatted(value)), 400,
				"'maxConnections' must be -1 (any number) or a whole number from 0 to 2147483647, not '%s'"
					.formatted(value.replace("\"", "")));
		assertThat(limited().getStatus().limit()).isEqualTo(new SocketFactoryStatus.Limit(10, 5));
	}

	@ParameterizedTest
	@ValueSource(strings = { "10", "-2", "2.5", "99999999999", "false", "\"few\"", "\"\"" })
	void lowWaterThatIsNoNumberBelowTheLimitIsRefused(String value) throws Exception {
		assertRefused(post("limited", "{\"lowWater\": %s}".formatted(value)), 400,
				"'lowWater' must be -1 (one less than maxConnections) or a whole number from 0 to 9, not '%s'"
					.formatted(value.replace("\"", "")));
		assertThat(limited().getStatus().limit()).isEqualTo(new SocketFactoryStatus.Limit(10, 5));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`', value = {
			"{\"maxConnections\": 3, \"lowWater\": 3}|'lowWater' must be -1 (one less than maxConnections) or a whole number from 0 to 2, not '3'",
			"{\"maxConnections\": -1, \"lowWater\": 3}|'lowWater' must be -1 (none) while maxConnections is -1 (any number), not '3'",
			"{\"maxConnections\": 0, \"lowWater\": 0}|'lowWater' must be -1 (none) while maxConnections is 0, not '0'",
			"{\"maxConnections\": 0, \"lowWater\": \"few\"}|'lowWater' must be -1 (none) while maxConnections is 0, not 'few'",
			"{}|There is nothing to change: give maxConnections, lowWater or both",
			"{\"maxConnections\": null}|There is nothing to change: give maxConnections, lowWater or both",
			"{\"max\": 3}|There is nothing to change: give maxConnections, lowWater or both" })
	void numbersThatDoNotFitAreRefused(String body, String message) throws Exception {
		assertRefused(post("limited", body), 400, message);
		assertThat(limited().getStatus().limit()).isEqualTo(new SocketFactoryStatus.Limit(10, 5));
	}

	@Test
	void valueGivenTwiceIsRefused() throws Exception {
		assertRefused(post("limited?maxConnections=3&maxConnections=4", "{}"), 400,
				"'maxConnections' must be -1 (any number) or a whole number from 0 to 2147483647, not '3,4'");
		assertThat(limited().getStatus().limit()).isEqualTo(new SocketFactoryStatus.Limit(10, 5));
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"maxConnections\": [1]}", "{\"maxConnections\"", "[]", "5" })
	void bodyThatIsNoObjectOfValuesIsBadRequest(String body) throws Exception {
		assertThat(post("limited", body).statusCode()).isEqualTo(400);
		assertThat(limited().getStatus().limit()).isEqualTo(new SocketFactoryStatus.Limit(10, 5));
	}

	@Test
	void unknownNameIsNotFound() throws Exception {
		assertRefused(post("nobody", "{\"maxConnections\": 1}"), 404,
				"There is no socket factory 'nobody'; there is limited, log, upstream");
	}

	@ParameterizedTest
	@ValueSource(strings = { "log", "upstream" })
	void whatDoesNotAcceptHasNoLimitAndNoPause(String name) throws Exception {
		assertRefused(post(name, "{\"maxConnections\": 1}"), 409,
				"'%s' has no limit: it is not a listener that accepts connections".formatted(name));
		assertRefused(post(name + "/pause", ""), 409,
				"'%s' cannot pause: it is not a listener that accepts connections".formatted(name));
		assertRefused(post(name + "/resume", ""), 409,
				"'%s' cannot resume: it is not a listener that accepts connections".formatted(name));
	}

	private ManagedSocketFactory limited() {
		return Objects.requireNonNull(this.factories.find("limited"));
	}

	private HttpResponse<String> post(String path, String body) throws Exception {
		return this.http.send(HttpRequest
			.newBuilder(URI.create("http://127.0.0.1:%s/actuator/sockets/%s"
				.formatted(this.environment.getProperty("local.server.port"), path)))
			.timeout(Duration.ofSeconds(10))
			.header("Content-Type", "application/json")
			.POST(BodyPublishers.ofString(body))
			.build(), BodyHandlers.ofString());
	}

	private static void assertNumber(String body, String key, Integer value) {
		if (value == null) {
			assertThat(body).doesNotContain(key);
		}
		else {
			assertThat(body).contains("\"%s\":%d,".formatted(key, value));
		}
	}

	private static void assertRefused(HttpResponse<String> response, int status, String message) {
		assertThat(response.statusCode()).isEqualTo(status);
		assertThat(response.body()).isEqualTo("{\"status\":%d,\"message\":\"%s\"}".formatted(status, message));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class TestApplication {

	}

}
