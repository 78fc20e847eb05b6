package dev.socketfactory;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.socketfactory.autoconfigure.SocketFactoryAutoConfiguration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.io.ClassPathResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that configurations come out as the table {@code conformance.txt} says, against
 * real sockets. What a factory does once it is open is no row of it; those cases are in
 * the names of tests, most of them in {@code engine}.
 */
@EnabledOnOs(OS.LINUX)
class ConformanceTests {

	private static final Pattern NAMED_CASE = Pattern.compile("^Cases? (\\d+(?:(?:, | and )\\d+)*):");

	/**
	 * Listeners, accepted connections, clients, datagram sockets, UNIX sockets.
	 */
	private static final Set<Integer> CASES = Stream
		.of(IntStream.rangeClosed(1, 17), IntStream.rangeClosed(20, 33), IntStream.rangeClosed(40, 49),
				IntStream.rangeClosed(60, 63), IntStream.rangeClosed(70, 78))
		.flatMap(IntStream::boxed)
		.collect(Collectors.toSet());

	@TempDir
	private Path folder;

	private final Map<String, String> values = new LinkedHashMap<>();

	private ServerSocketChannel inet;

	private ServerSocketChannel unix;

	@BeforeEach
	void open() throws IOException {
		this.inet = ServerSocketChannel.open().bind(loopback());
		this.unix = ServerSocketChannel.open(StandardProtocolFamily.UNIX)
			.bind(UnixDomainSocketAddress.of(this.folder.resolve("live.sock")));
		Path stale = this.folder.resolve("stale.sock");
		ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(stale)).close();
		this.values.put("used", port(this.inet));
		this.values.put("closed", closedPort());
		this.values.put("folder", this.folder.toString());
		this.values.put("file", Files.createFile(this.folder.resolve("file")).toString());
		this.values.put("live", this.folder.resolve("live.sock").toString());
		this.values.put("stale", stale.toString());
		this.values.put("long", "x".repeat(200));
	}

	@AfterEach
	void close() throws IOException {
		this.inet.close();
		this.unix.close();
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("rows")
	void comesOutAsTheTableSays(Row row) {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(SocketFactoryAutoConfiguration.class))
			.withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=100ms", "socket-factory.fail-fast=false")
			.withPropertyValues(row.properties(this.values))
			.run((context) -> assertOutcome(context, row.outcome().split(" ")));
	}

	@Test
	void everyCaseHasARowOrATest() throws IOException {
		JavaClasses tests = new ClassFileImporter().withImportOption(new ImportOption.OnlyIncludeTests())
			.importPackagesOf(ConformanceTests.class);
		Stream<String> named = tests.stream()
			.flatMap((type) -> type.getMethods().stream())
			.flatMap((method) -> method.tryGetAnnotationOfType(DisplayName.class).stream())
			.flatMap((name) -> NAMED_CASE.matcher(name.value()).results())
			.flatMap((match) -> Arrays.stream(match.group(1).split(", | and ")));
		assertThat(Stream.concat(named, rows().map(Row::number)).map(Integer::valueOf).collect(Collectors.toSet()))
			.containsExactlyInAnyOrderElementsOf(CASES);
	}

	private static void assertOutcome(AssertableApplicationContext context, String[] outcome) {
		if (outcome[0].equals("wrong")) {
			assertThat(context).hasFailed();
			Throwable cause = NestedExceptionUtils.getMostSpecificCause(context.getStartupFailure());
			assertThat(cause).isInstanceOfSatisfying(InvalidSocketSpecException.class,
					(ex) -> assertThat(ex.getKey()).isEqualTo(outcome[1]));
			return;
		}
		SocketFactory factory = context.getBean(SocketFactories.class).get("it");
		boolean fails = Character.isLowerCase(outcome[0].charAt(0));
		SocketState expected = fails ? SocketState.FAILED : SocketState.valueOf(outcome[0]);
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.untilAsserted(() -> assertThat(factory.getState()).isEqualTo(expected));
		SocketFailure failure = factory.getLastFailure();
		if (!fails) {
			assertThat(failure).isNull();
			return;
		}
		assertThat(failure).isNotNull();
		assertThat(failure.operation()).isEqualTo(outcome[0]);
		if (outcome.length > 1) {
			assertThat(failure.errnoName()).isEqualTo(outcome[1]);
			assertThat(failure.errno()).isPositive();
		}
	}

	private static InetSocketAddress loopback() throws IOException {
		return new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0);
	}

	private static String port(ServerSocketChannel server) throws IOException {
		return String.valueOf(((InetSocketAddress) server.getLocalAddress()).getPort());
	}

	private static String closedPort() throws IOException {
		try (ServerSocketChannel server = ServerSocketChannel.open().bind(loopback())) {
			return port(server);
		}
	}

	static Stream<Row> rows() throws IOException {
		return new ClassPathResource("conformance.txt", ConformanceTests.class)
			.getContentAsString(StandardCharsets.UTF_8)
			.lines()
			.filter((line) -> !line.isBlank() && !line.startsWith("#"))
			.map(Row::of);
	}

	/**
	 * A row of the table.
	 *
	 * @param number number of the case
	 * @param kind kind of the factory
	 * @param properties its properties
	 * @param outcome what comes out
	 */
	record Row(String number, String kind, String properties, String outcome) {

		static Row of(String line) {
			String[] columns = Arrays.stream(line.split("\\|", -1)).map(String::strip).toArray(String[]::new);
			return new Row(columns[0], columns[1], columns[2], columns[3]);
		}

		String[] properties(Map<String, String> values) {
			String prefix = "socket-factory.%ss.it".formatted(this.kind);
			if (this.properties.isEmpty()) {
				return new String[] { prefix + "=" };
			}
			return Arrays.stream(this.properties.split(" +")).map((property) -> {
				String resolved = property;
				for (Map.Entry<String, String> value : values.entrySet()) {
					resolved = resolved.replace("${" + value.getKey() + "}", value.getValue());
				}
				return prefix + "." + resolved;
			}).toArray(String[]::new);
		}

		@Override
		public String toString() {
			return "case %s: %s %s: %s".formatted(this.number, this.kind, this.properties, this.outcome);
		}

	}

}
