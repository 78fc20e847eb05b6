package dev.socketfactory.autoconfigure;

import java.beans.PropertyDescriptor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketfactory.SocketKind;
import dev.socketfactory.SocketSpecBuilder;
import org.junit.jupiter.api.Test;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.beans.BeanUtils;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.core.io.ClassPathResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what editors and the strict binding know about the properties.
 */
class ConfigurationMetadataTests {

	@Test
	void everyTopLevelPropertyIsDescribed() throws IOException {
		Map<String, Map<String, Object>> properties = properties();
		assertThat(properties.keySet()).filteredOn((name) -> name.startsWith("socket-factory."))
			.containsExactlyInAnyOrderElementsOf(
					EntryKeys.TOP.stream().map((key) -> EntryKeys.PREFIX + "." + key).toList());
		assertThat(properties.get("socket-factory.enabled")).containsEntry("type", "java.lang.Boolean")
			.containsEntry("description", "Whether to create the declared sockets.")
			.containsEntry("defaultValue", true);
		assertThat(properties.get("socket-factory.dispatch")).containsEntry("type", "dev.socketfactory.DispatchMode")
			.containsEntry("description", "Where success events are published, unless an entry says otherwise.")
			.containsEntry("defaultValue", "executor");
		assertThat(properties.get("socket-factory.listeners"))
			.containsEntry("type",
					"java.util.Map<java.lang.String,"
							+ "dev.socketfactory.autoconfigure.SocketFactoryProperties$Listener>")
			.containsEntry("description", "Listeners by name.");
	}

	@Test
	void whatActuatorReadsIsDescribed() throws IOException {
		assertThat(properties()).containsKeys("management.endpoint.sockets.access",
				"management.health.sockets.enabled");
	}

	@Test
	void statusOfPausedListenersHasHints() throws IOException {
		assertThat(metadata("hints")).singleElement()
			.satisfies((hint) -> assertThat(hint).containsEntry("name", "socket-factory.health.paused-status")
				.hasEntrySatisfying("values",
						(values) -> assertThat(values).asString().contains("UP", "OUT_OF_SERVICE")));
	}

	@Test
	void keysAreProperties() {
		assertThat(EntryKeys.of(SocketKind.LISTENER))
			.containsExactlyInAnyOrderElementsOf(propertiesOf(SocketFactoryProperties.Listener.class));
		assertThat(EntryKeys.of(SocketKind.CLIENT))
			.containsExactlyInAnyOrderElementsOf(propertiesOf(SocketFactoryProperties.Client.class));
	}

	@Test
	void keysAreMethodsOfTheBuilder() {
		List<String> methods = Arrays.stream(SocketSpecBuilder.class.getMethods())
			.map((method) -> dashed(method.getName()))
			.toList();
		assertThat(Stream.of(SocketKind.values())
			.flatMap((kind) -> EntryKeys.of(kind).stream())
			.map((key) -> key.startsWith("retry.") ? "retry" : key.replace('.', '-'))).isSubsetOf(methods);
	}

	@Test
	void topLevelKeysAreProperties() {
		assertThat(EntryKeys.TOP).containsExactlyInAnyOrderElementsOf(propertiesOf(SocketFactoryProperties.class));
	}

	@Test
	void propertiesCanBeBoundInANativeImage() {
		RuntimeHints hints = new RuntimeHints();
		new SocketFactoryRuntimeHints().registerHints(hints, getClass().getClassLoader());
		for (Class<?> type : List.of(SocketFactoryProperties.class, SocketFactoryProperties.Listener.class)) {
			for (PropertyDescriptor property : BeanUtils.getPropertyDescriptors(type)) {
				if (property.getWriteMethod() != null) {
					assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(property.getWriteMethod()))
						.accepts(hints);
				}
			}
		}
	}

	private static List<String> propertiesOf(Class<?> type) {
		return Arrays.stream(BeanUtils.getPropertyDescriptors(type))
			.filter((property) -> !property.getName().equals("class"))
			.flatMap(ConfigurationMetadataTests::keysOf)
			.toList();
	}

	private static Stream<String> keysOf(PropertyDescriptor property) {
		String key = dashed(property.getName());
		Class<?> type = property.getPropertyType();
		if (type != RetryProperties.class && type != SocketFactoryProperties.Unix.class
				&& type != SocketFactoryProperties.Health.class) {
			return Stream.of(key);
		}
		return propertiesOf(type).stream().map((nested) -> key + "." + nested);
	}

	private static String dashed(String name) {
		return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
	}

	private static Map<String, Map<String, Object>> properties() throws IOException {
		return metadata("properties").stream()
			.collect(Collectors.toMap((property) -> String.valueOf(property.get("name")), Function.identity()));
	}

	@SuppressWarnings("unchecked")
	private static List<Map<String, Object>> metadata(String section) throws IOException {
		String json = new ClassPathResource("META-INF/spring-configuration-metadata.json")
			.getContentAsString(StandardCharsets.UTF_8);
		return (List<Map<String, Object>>) JsonParserFactory.getJsonParser().parseMap(json).get(section);
	}

}
