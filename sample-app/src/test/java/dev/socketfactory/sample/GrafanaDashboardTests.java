package dev.socketfactory.sample;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.socketfactory.AccessSettings;
import dev.socketfactory.PauseReason;
import dev.socketfactory.SocketFactory;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.util.TestSocketUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the panels of {@code docs/grafana-dashboard.json} name metrics and labels
 * that a scrape of the sample has.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "ECHO_PORT=0", "management.prometheus.metrics.export.enabled=true" })
@DirtiesContext
class GrafanaDashboardTests {

	private static final Pattern SAMPLE = Pattern.compile("(?m)^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? \\S+$");

	private static final Pattern SELECTOR = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)\\{([^}]*)}");

	private static final Pattern MATCHER = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)\\s*(?:=~|!~|!=|=)\\s*\"[^\"]*\"");

	private static final Pattern GROUPING = Pattern.compile("\\b(?:by|on|without|ignoring)\\s*\\(([^)]*)\\)");

	private static final Pattern LEGEND = Pattern.compile("\\{\\{([^}]*)}}");

	private static final Pattern VARIABLE_QUERY = Pattern.compile("label_values\\((\\w+)(?:\\{(.*)})?, (\\w+)\\)");

	private static final Pattern WORD = Pattern.compile("[a-zA-Z_:$][a-zA-Z0-9_:]*");

	private static final String SELECTED = "application=~\"$application\", instance=~\"$instance\", factory=~\"$factory\"";

	private static final Set<String> FUNCTIONS = Set.of("sum", "max", "min", "rate", "increase", "or", "unless",
			"offset", "bool", "clamp_max");

	@TempDir
	private static Path folder;

	@Value("${local.server.port}")
	private int webPort;

	@Value("${local.socket.rot13.port}")
	private int port;

	@Autowired
	private SocketFactory rot13SocketFactory;

	@Autowired
	private SocketFactory greeterSocketFactory;

	private Map<String, Set<String>> scraped = new HashMap<>();

	private JsonNode dashboard;

	@DynamicPropertySource
	static void ports(DynamicPropertyRegistry registry) {
		int port = TestSocketUtils.findAvailableTcpPort();
		registry.add("ROT13_PORT", () -> port);
		registry.add("SAMPLE_FOLDER", () -> folder.toString());
	}

	@BeforeEach
	void readDashboardAndScrape() throws Exception {
		this.dashboard = new JsonMapper().readTree(Files.readString(Path.of("../docs/grafana-dashboard.json")));
		makeTraffic();
		this.scraped = scrape();
	}

	@AfterEach
	void resume() {
		this.rot13SocketFactory.resumeAccept(PauseReason.of("maintenance"));
		this.rot13SocketFactory.setAccess(AccessSettings.EVERYBODY);
	}

	@Test
	void everyExpressionNamesMetricsAndLabelsThatExist() {
		List<JsonNode> targets = targets();
		assertThat(targets).hasSizeGreaterThan(8);
		assertThat(targets).allSatisfy((target) -> {
			String expression = target.get("expr").stringValue();
			Set<String> labels = new TreeSet<>(find(LEGEND, target.get("legendFormat").stringValue()));
			find(GROUPING, expression).forEach((group) -> labels.addAll(List.of(group.split("\\s*,\\s*"))));
			check(expression, labels);
		});
	}

	@Test
	void everyMetricOfTheStarterIsShown() {
		String expressions = targets().stream().map((target) -> target.get("expr").stringValue()).toList().toString();
		assertThat(this.scraped.keySet().stream().filter((name) -> name.startsWith("socket_factory_"))).isNotEmpty()
			.allSatisfy((name) -> assertThat(expressions).contains(name + "{"));
	}

	@Test
	void variablesListWhatAScrapeHas() {
		List<String> names = new ArrayList<>();
		this.dashboard.at("/templating/list").forEach((variable) -> names.add(variable.get("name").stringValue()));
		assertThat(names).containsExactly("datasource", "application", "instance", "factory");
		for (int i = 1; i < names.size(); i++) {
			MatchResult query = VARIABLE_QUERY
				.matcher(this.dashboard.at("/templating/list/%d/query/query".formatted(i)).stringValue())
				.results()
				.findFirst()
				.orElseThrow();
			assertThat(query.group(3)).isEqualTo(names.get(i));
			assertThat((query.group(2) != null) ? query.group(2) : "")
				.isEqualTo(String.join(", ", names.subList(1, i).stream().map("%1$s=~\"$%1$s\""::formatted).toList()));
			assertThat(this.scraped.get(query.group(1))).contains(query.group(3));
		}
	}

	@Test
	void everyQueryUsesEveryVariable() {
		assertThat(targets()).allSatisfy((target) -> {
			assertThat(target.at("/datasource/uid").stringValue()).isEqualTo("${datasource}");
			assertThat(SELECTOR.matcher(target.get("expr").stringValue()).results().map((match) -> match.group(2)))
				.isNotEmpty()
				.containsOnly(SELECTED);
		});
	}

	@Test
	void firstPanelShowsStatesAndPauseReasons() {
		JsonNode panel = this.dashboard.at("/panels/0");
		assertThat(panel.get("type").stringValue()).isEqualTo("state-timeline");
		assertThat(panel.at("/fieldConfig/defaults/mappings/0/options").valueStream())
			.extracting((state) -> state.get("text").stringValue())
			.containsExactly("not open", "open", "paused");
		assertThat(panel.get("targets").toString()).contains("socket_factory_listen_queue_depth_connections",
				"{{reason}}", "socket_factory_connections_active_connections");
	}

	@Test
	void dashboardCanBeImported() {
		assertThat(this.dashboard.get("schemaVersion").intValue()).isPositive();
		assertThat(this.dashboard.get("id").isNull()).isTrue();
		assertThat(this.dashboard.get("title").stringValue()).isNotEmpty();
		List<Integer> ids = new ArrayList<>();
		this.dashboard.get("panels").forEach((panel) -> {
			ids.add(panel.get("id").intValue());
			assertThat(panel.at("/gridPos/x").intValue() + panel.at("/gridPos/w").intValue()).isBetween(1, 24);
		});
		assertThat(ids).doesNotHaveDuplicates().isNotEmpty();
	}

	private void check(String expression, Set<String> labels) {
		List<MatchResult> selectors = SELECTOR.matcher(expression).results().toList();
		assertThat(selectors).as(expression).isNotEmpty();
		for (MatchResult selector : selectors) {
			String metric = selector.group(1);
			assertThat(this.scraped).as(expression).containsKey(metric);
			assertThat(this.scraped.get(metric)).as(metric).containsAll(labels);
			assertThat(this.scraped.get(metric)).as(metric).containsAll(find(MATCHER, selector.group(2)));
		}
		String rest = GROUPING.matcher(SELECTOR.matcher(expression).replaceAll("")).replaceAll("");
		assertThat(WORD.matcher(rest.replace("$__rate_interval", "")).results().map(MatchResult::group))
			.as("what is left of " + expression)
			.isSubsetOf(FUNCTIONS);
	}

	private List<JsonNode> targets() {
		List<JsonNode> targets = new ArrayList<>();
		this.dashboard.get("panels").forEach((panel) -> panel.get("targets").forEach(targets::add));
		return targets;
	}

	private void makeTraffic() throws IOException {
		try (Rot13Client client = new Rot13Client(this.port)) {
			assertThat(client.ask("Hello")).isEqualTo("Uryyb");
		}
		beRefused();
		this.rot13SocketFactory.pauseAccept(PauseReason.of("maintenance"));
		this.greeterSocketFactory.start();
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.untilAsserted(() -> assertThat(scrape()).containsKeys("socket_factory_connects_connections_total",
					"socket_factory_failures_total", "socket_factory_refused_connections_total"));
	}

	private void beRefused() throws IOException {
		this.rot13SocketFactory.setAccess(AccessSettings.of(Collections.emptyList(), List.of("127.0.0.2")));
		try (Socket client = new Socket(InetAddress.getByName("127.0.0.1"), this.port,
				InetAddress.getByName("127.0.0.2"), 0)) {
			assertThat(client.getInputStream().read()).isEqualTo(-1);
		}
	}

	private Map<String, Set<String>> scrape() throws IOException, InterruptedException {
		URI uri = URI.create("http://127.0.0.1:%d/actuator/prometheus".formatted(this.webPort));
		HttpResponse<String> response = HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(20)).build(),
					HttpResponse.BodyHandlers.ofString());
		assertThat(response.statusCode()).isEqualTo(200);
		return SAMPLE.matcher(response.body())
			.results()
			.collect(Collectors.toMap((sample) -> sample.group(1), GrafanaDashboardTests::labelsOf,
					GrafanaDashboardTests::common));
	}

	private static Set<String> labelsOf(MatchResult sample) {
		String labels = sample.group(2);
		Set<String> names = new TreeSet<>((labels != null) ? find(MATCHER, labels) : Collections.emptyList());
		// Prometheus gives it to whatever it scrapes.
		names.add("instance");
		return names;
	}

	private static Set<String> common(Set<String> one, Set<String> other) {
		return one.stream().filter(other::contains).collect(Collectors.toCollection(TreeSet::new));
	}

	private static List<String> find(Pattern pattern, String text) {
		return pattern.matcher(text).results().map((result) -> result.group(1)).toList();
	}

}
