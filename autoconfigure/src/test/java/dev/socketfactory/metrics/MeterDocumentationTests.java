package dev.socketfactory.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.socketfactory.autoconfigure.SocketFactoryAutoConfiguration;
import dev.socketfactory.engine.DefaultSocketFactories;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the table of meters in {@code docs/operations.md} says what is registered.
 */
class MeterDocumentationTests {

	private static final Pattern ROW = Pattern.compile("\\| `(socket\\.factory\\.[a-z.]+)` \\|(.*)\\|");

	private final Map<String, Row> documented = readTable();

	@Test
	void everyMeterIsDocumentedAsTheEnumHasIt() {
		Map<String, String> expected = Arrays.stream(SocketMeter.values())
			.collect(Collectors.toMap(SocketMeter::getName, (meter) -> typeOf(meter) + ": " + meter.getDescription()));
		Map<String, String> actual = this.documented.values()
			.stream()
			.collect(Collectors.toMap(Row::meter, (row) -> row.type() + ": " + row.description()));
		assertThat(actual).containsExactlyInAnyOrderEntriesOf(expected);
	}

	@Test
	void unitsTypesTagsAndOwnersAreThoseThatAreRegistered() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(SocketFactoryAutoConfiguration.class))
			.withPropertyValues("socket-factory.listeners.listener.bind=127.0.0.1:0",
					"socket-factory.clients.client.remote=127.0.0.1:1",
					"socket-factory.clients.client.auto-startup=false",
					"socket-factory.listeners.datagram.type=SOCK_DGRAM",
					"socket-factory.listeners.datagram.bind=192.0.2.1:0",
					"socket-factory.listeners.datagram.auto-startup=false")
			.run((context) -> {
				SimpleMeterRegistry registry = new SimpleMeterRegistry();
				DefaultSocketFactories factories = context.getBean(DefaultSocketFactories.class);
				new SocketMeterBinder(factories).bindTo(registry);
				new SocketFactoryMeters(factories.find("listener"), registry).refused("first-byte");
				for (String name : List.of("listener", "client")) {
					SocketFactoryMeters meters = new SocketFactoryMeters(factories.find(name), registry);
					meters.ended("reset");
					meters.handshaken(1);
				}
				fail(factories, "client", registry);
				fail(factories, "datagram", registry);
				Map<String, Row> registered = registry.getMeters()
					.stream()
					.collect(Collectors.toMap((meter) -> meter.getId().getName(), Row::of, Row::merge, TreeMap::new));
				assertThat(registered).isEqualTo(this.documented);
			});
	}

	private static void fail(DefaultSocketFactories factories, String name, SimpleMeterRegistry registry) {
		factories.get(name).start();
		Awaitility.await()
			.atMost(Duration.ofSeconds(20))
			.until(() -> registry.find(SocketMeter.FAILURES.getName()).tag("factory", name).counter() != null);
	}

	private static String typeOf(SocketMeter meter) {
		return meter.getType().name().toLowerCase(Locale.ROOT);
	}

	private static Map<String, Row> readTable() {
		try {
			return Files.readAllLines(Path.of("../docs/operations.md"))
				.stream()
				.map(ROW::matcher)
				.filter(Matcher::matches)
				.map((row) -> Row.parse(row.group(1), row.group(2)))
				.collect(Collectors.toMap(Row::meter, Function.identity(), Row::never, TreeMap::new));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private record Row(String meter, String type, String unit, Set<String> tags, Set<String> owners,
			String description) {

		static Row parse(String meter, String rest) {
			List<String> cells = Arrays.stream(rest.split("\\|")).map(String::strip).toList();
			assertThat(cells).as(meter).hasSize(5);
			return new Row(meter, cells.get(0), cells.get(1), words(cells.get(2)), words(cells.get(3)), cells.get(4));
		}

		static Row of(Meter meter) {
			Meter.Id id = meter.getId();
			String unit = (id.getBaseUnit() != null) ? id.getBaseUnit() : "";
			Set<String> tags = id.getTags().stream().map(Tag::getKey).collect(Collectors.toCollection(TreeSet::new));
			return new Row(id.getName(), id.getType().name().toLowerCase(Locale.ROOT), unit, tags,
					Set.of(String.valueOf(id.getTag("factory"))), String.valueOf(id.getDescription()));
		}

		Row merge(Row other) {
			assertThat(other.tags).as(this.meter).isEqualTo(this.tags);
			Set<String> all = new TreeSet<>(this.owners);
			all.addAll(other.owners);
			return new Row(this.meter, this.type, this.unit, this.tags, all, this.description);
		}

		Row never(Row other) {
			throw new IllegalStateException(this.meter + " is documented twice");
		}

		private static Set<String> words(String cell) {
			return Arrays.stream(cell.replace("`", "").split(",\\s*")).collect(Collectors.toCollection(TreeSet::new));
		}

	}

}
