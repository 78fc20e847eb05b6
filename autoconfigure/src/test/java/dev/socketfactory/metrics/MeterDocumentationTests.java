package dev.socketfactory.metrics;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

import dev.socketfactory.autoconfigure.SocketFactoryAutoConfiguration;
import dev.socketfactory.engine.DefaultSocketFactories;
import dev.socketfactory.testing.ObservabilityTable;
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

	private final Map<String, ObservabilityTable.Row> documented;

	MeterDocumentationTests() throws IOException {
		this.documented = ObservabilityTable.read("counter", "gauge", "timer");
	}

	@Test
	void everyMeterIsDocumentedAsTheEnumHasIt() {
		Map<String, String> expected = Arrays.stream(SocketMeter.values())
			.collect(Collectors.toMap(SocketMeter::getName, (meter) -> typeOf(meter) + ": " + meter.getDescription()));
		Map<String, String> actual = this.documented.values()
			.stream()
			.collect(Collectors.toMap(ObservabilityTable.Row::name, (row) -> row.type() + ": " + row.description()));
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
				new SocketFactoryMeters(factories.find("datagram"), registry).ended("closed");
				for (String name : List.of("listener", "client")) {
					SocketFactoryMeters meters = new SocketFactoryMeters(factories.find(name), registry);
					meters.ended("reset");
					meters.handshaken(1);
				}
				fail(factories, "client", registry);
				fail(factories, "datagram", registry);
				Map<String, ObservabilityTable.Row> registered = registry.getMeters()
					.stream()
					.collect(Collectors.toMap((meter) -> meter.getId().getName(), MeterDocumentationTests::rowOf,
							ObservabilityTable.Row::merge, TreeMap::new));
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

	private static ObservabilityTable.Row rowOf(Meter meter) {
		Meter.Id id = meter.getId();
		Set<String> tags = id.getTags().stream().map(Tag::getKey).collect(Collectors.toCollection(TreeSet::new));
		return new ObservabilityTable.Row(id.getName(), meter.getId().getType().name().toLowerCase(Locale.ROOT),
				(id.getBaseUnit() != null) ? id.getBaseUnit() : "", tags, Set.of(String.valueOf(id.getTag("factory"))),
				String.valueOf(id.getDescription()));
	}

}
