package dev.socketfactory.autoconfigure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketfactory.SocketKind;
import dev.socketfactory.SocketSpecBuilder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.BeanWrapper;
import org.springframework.beans.BeanWrapperImpl;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.core.io.ClassPathResource;
import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.ObjectUtils;
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
		assertThat(properties.values())
			.allSatisfy((property) -> assertThat(property).containsKeys("type", "description").doesNotContainValue(""));
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

	@Test
	void everyKeyHasJavadocForEditors() throws IOException {
		String source = Files
			.readString(Path.of("src/main/java/dev/socketfactory/autoconfigure/SocketFactoryProperties.java"));
		assertThat(Pattern.compile("(?<!\\*/)\n\t+private (?:final )?(?!static)\\S.* (\\w+)(?: = new \\w+\\(\\))?;")
			.matcher(source)
			.results()
			.map((field) -> field.group(1))).containsExactlyInAnyOrder("health", "shutdown", "descriptors",
					"observation", "retry", "ssl", "access", "perSource", "firstByte", "proxyProtocol", "unix");
	}

	@Test
	void keysAreThoseOfTheDocumentation() throws IOException {
		assertThat(PropertyKeys.ofTop()).containsExactlyInAnyOrderElementsOf(documented("All factories").keySet());
		assertThat(PropertyKeys.of(SocketKind.LISTENER))
			.containsExactlyInAnyOrderElementsOf(documented("Listeners", "TLS", "Retries").keySet());
		assertThat(PropertyKeys.of(SocketKind.CLIENT))
			.containsExactlyInAnyOrderElementsOf(documented("Clients", "TLS", "Retries").keySet());
	}

	@Test
	void typesAndDefaultsAreThoseOfTheDocumentation() throws IOException {
		assertDocumented(documented("All factories"), new SocketFactoryProperties());
		assertDocumented(documented("Listeners", "TLS", "Retries"), new SocketFactoryProperties.Listener());
		assertDocumented(documented("Clients", "TLS", "Retries"), new SocketFactoryProperties.Client());
	}

	private static void assertDocumented(Map<String, String[]> rows, Object properties) {
		BeanWrapper wrapper = new BeanWrapperImpl(properties);
		rows.forEach((key, row) -> {
			String path = toCamelCase(key);
			if (!row[2].isEmpty() || !row[3].isEmpty()) {
				assertThat(row[2]).as(key).startsWith(typeOf(wrapper.getPropertyType(path)));
				String value = textOf(wrapper.getPropertyValue(path));
				assertThat(row[3]).as(key)
					.satisfies((text) -> assertThat(text.matches("`[\\w.]+`") ? text.replace("`", "") : null)
						.isEqualToIgnoringCase(value));
			}
		});
	}

	private static String toCamelCase(String key) {
		return Pattern.compile("-(.)").matcher(key).replaceAll((letter) -> letter.group(1).toUpperCase(Locale.ROOT));
	}

	private static String typeOf(@Nullable Class<?> type) {
		assertThat(type).isNotNull();
		if (type.isEnum()) {
			return Arrays.stream(type.getEnumConstants())
				.map(String::valueOf)
				.map((name) -> "`" + (name.contains("_") ? name : name.toLowerCase(Locale.ROOT)) + "`")
				.collect(Collectors.joining(", "));
		}
		if (type == String.class || type == Duration.class || Map.class.isAssignableFrom(type) || type == List.class) {
			return type.getSimpleName().toLowerCase(Locale.ROOT);
		}
		return (ClassUtils.resolvePrimitiveIfNecessary(type) == Boolean.class) ? "boolean" : "number";
	}

	private static @Nullable String textOf(@Nullable Object value) {
		if (value instanceof Duration duration) {
			return DurationFormatterUtils.print(duration, DurationFormat.Style.SIMPLE,
					(duration.toMillis() % 1000 == 0) ? DurationFormat.Unit.SECONDS : DurationFormat.Unit.MILLIS);
		}
		return (value == null || ObjectUtils.isEmpty(value)) ? null : String.valueOf(value).replaceAll("\\.0$", "");
	}

	/**
	 * Read the tables of keys.
	 * @param sections headings of the sections that have them; what one says as a whole
	 * ("retry.*") is in another one
	 * @return the cells of each row by key
	 */
	private static Map<String, String[]> documented(String... sections) throws IOException {
		String document = Files.readString(Path.of("../docs/configuration.md"));
		Map<String, String[]> rows = new TreeMap<>();
		for (String section : sections) {
			String text = document.split("\n## %s\n".formatted(section))[1].split("\n## ")[0];
			for (String line : text.lines().filter((line) -> line.startsWith("| `")).toList()) {
				String[] cells = Arrays.stream(line.split("\\|", -1)).map(String::strip).toArray(String[]::new);
				Arrays.stream(cells[1].replace("`", "").split(", "))
					.filter((key) -> !key.endsWith(".*"))
					.forEach((key) -> rows.put(key, cells));
			}
		}
		return rows;
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
