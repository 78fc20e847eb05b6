package dev.socketfactory.autoconfigure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketfactory.SocketKind;
import dev.socketfactory.SocketSpecBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.core.io.ClassPathResource;
import org.springframework.util.StringUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what editors and the strict binding know about the properties.
 */
class ConfigurationMetadataTests {

	@Test
	void everyTopLevelPropertyIsDescribed() throws IOException {
		Map<String, Map<String, Object>> properties = properties();
		assertThat(properties.keySet()).filteredOn((name) -> name.startsWith("socket-factory."))
			.containsExactlyInAnyOrder("socket-factory.enabled", "socket-factory.fail-fast", "socket-factory.dispatch",
					"socket-factory.descriptors.reserve", "socket-factory.health.paused-status",
					"socket-factory.observation.enabled", "socket-factory.shutdown.grace-period",
					"socket-factory.listeners", "socket-factory.clients");
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
	void keysAreMethodsOfTheBuilder() {
		List<String> methods = Arrays.stream(SocketSpecBuilder.class.getMethods())
			.map((method) -> DataObjectPropertyName.toDashedForm(method.getName()))
			.toList();
		assertThat(Stream.of(SocketKind.values())
			.flatMap((kind) -> PropertyKeys.of(kind).stream())
			.map((key) -> key.equals("unix.mode") ? "unix-mode" : key.replaceFirst("\\..*", ""))).isSubsetOf(methods);
	}

	/**
	 * What a new key costs: the properties, the builder, the specification, and what uses
	 * it.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "autoStartup", "startPaused", "followReadiness", "unclaimedTimeout", "connectTimeout",
			"reconnect", "unixMode" })
	void aKeyIsInFourFilesAtMost(String key) throws IOException {
		Pattern name = Pattern.compile("\\b%s\\b|[a-z]%s\\b".formatted(key, StringUtils.capitalize(key)));
		List<String> found = new ArrayList<>();
		try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
			for (Path file : files.filter(Files::isRegularFile).toList()) {
				if (name.matcher(Files.readString(file)).find()) {
					found.add(file.getFileName().toString());
				}
			}
		}
		assertThat(found).hasSizeLessThanOrEqualTo(4)
			.contains("SocketFactoryProperties.java", "SocketSpecBuilder.java", "SocketSpec.java");
	}

	@ParameterizedTest
	@EnumSource
	void keysAreThoseOfTheDocumentation(SocketKind kind) throws IOException {
		String documentation = Files.readString(Path.of("../docs/configuration.md"));
		assertThat(PropertyKeys.of(kind)).allSatisfy((key) -> assertThat(documentation).contains("`" + key + "`"));
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
