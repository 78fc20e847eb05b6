package dev.socketfactory.recipes;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketfactory.SocketFactories;
import dev.socketfactory.SocketFactoryCustomizer;
import dev.socketfactory.autoconfigure.SocketFactoryAutoConfiguration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests that the documents show code that is compiled and configuration that is taken,
 * and that their links lead somewhere.
 */
@ExtendWith(OutputCaptureExtension.class)
@Timeout(60)
class DocumentsTests {

	private static final Path ROOT = Path.of("..");

	private static final Pattern CODE = Pattern.compile("(?s)```(\\w*)\n(.*?)```\n(?=\\s*(```\n(.*?)```)?)");

	private static final Pattern LINK = Pattern.compile("(?:]\\(|src=\")([^)\"#:\\s]*)(?:#([^)\\s]+))?[)\"]");

	private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");

	private static final String FAILED = "APPLICATION FAILED TO START";

	private static final List<Path> SOURCES = List.of(Path.of("src/main/java"), Path.of("src/test/java"),
			Path.of("src/test/resources/recipes"));

	private static final Set<String> KNOWN = readPropertyNames();

	@TempDir
	private Path folder;

	@ParameterizedTest
	@MethodSource
	void everyClassIsFoundInTheSources(Block block) throws IOException {
		assertThat(sources()).contains(block.code);
		assertThat(block.code).containsPattern("\\A([\\w-]+:|import |\t)");
	}

	static List<Block> everyClassIsFoundInTheSources() throws IOException {
		List<Block> blocks = blocks().stream()
			.filter((block) -> block.language.equals("java") || block.isYamlOfRecipe())
			.toList();
		assertThat(blocks).hasSizeGreaterThan(20);
		return blocks;
	}

	@ParameterizedTest
	@MethodSource
	void everyConfigurationIsTakenOrFailsAsItSays(Block block, CapturedOutput output) throws IOException {
		Path file = this.folder.resolve("application." + (block.language.equals("yaml") ? "yml" : "properties"));
		// Not every machine has a user and a group of these names.
		Files.writeString(file, block.code.replaceAll("postgres|wheel", "root"));
		SpringApplicationBuilder application = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.properties("spring.config.location=" + file.toUri());
		if (block.next.contains(FAILED)) {
			assertThatException().isThrownBy(application::run);
			assertThat(output.toString().replace("file:" + file, "file:application.yml")).contains(block.next);
		}
		else {
			try (ConfigurableApplicationContext context = application.run()) {
				assertThat(context.getBean(SocketFactories.class)).isNotNull();
				assertThat(namesIn(context, file)).filteredOn((name) -> !name.startsWith("socket-factory."))
					.allMatch(DocumentsTests::isKnown);
				assertThat(output).doesNotContain(" WARN ");
			}
		}
	}

	static List<Block> everyConfigurationIsTakenOrFailsAsItSays() throws IOException {
		List<Block> blocks = blocks().stream()
			.filter((block) -> block.language.equals("yaml") || block.language.equals("properties"))
			.filter((block) -> !block.isYamlOfRecipe())
			.toList();
		assertThat(blocks).hasSizeGreaterThan(20);
		return blocks;
	}

	@ParameterizedTest
	@MethodSource("documents")
	void everyLinkLeadsSomewhere(Path document) throws IOException {
		String text = CODE.matcher(Files.readString(document)).replaceAll("");
		for (Matcher link = LINK.matcher(text); link.find();) {
			Path target = link.group(1).isEmpty() ? document : document.resolveSibling(link.group(1));
			assertThat(target).exists();
			if (link.group(2) != null) {
				assertThat(anchorsOf(target)).as(target.toString()).contains(link.group(2));
			}
		}
	}

	static List<Path> documents() throws IOException {
		try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
			return Stream
				.concat(Stream.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md").map(ROOT::resolve),
						docs.filter((file) -> file.toString().endsWith(".md")).sorted())
				.toList();
		}
	}

	private static List<Block> blocks() throws IOException {
		List<Block> blocks = new ArrayList<>();
		for (Path document : documents()) {
			String name = document.getFileName().toString();
			CODE.matcher(Files.readString(document).replace("\r", ""))
				.results()
				.map((match) -> new Block(name, match.group(1), match.group(2),
						(match.group(4) != null) ? match.group(4) : ""))
				.forEach(blocks::add);
		}
		return blocks;
	}

	private static Set<String> anchorsOf(Path document) throws IOException {
		String text = CODE.matcher(Files.readString(document)).replaceAll("");
		return HEADING.matcher(text)
			.results()
			.map((heading) -> heading.group(1)
				.toLowerCase(Locale.ROOT)
				.replaceAll("[^a-z0-9 _-]", "")
				.replace(' ', '-'))
			.collect(Collectors.toSet());
	}

	private static String sources() throws IOException {
		StringBuilder sources = new StringBuilder();
		for (Path folder : SOURCES) {
			try (Stream<Path> files = Files.walk(folder)) {
				for (Path file : files.filter(Files::isRegularFile).toList()) {
					sources.append(Files.readString(file).replace("\r", "")).append("\n");
				}
			}
		}
		return sources.toString();
	}

	private static List<String> namesIn(ConfigurableApplicationContext context, Path file) {
		return context.getEnvironment()
			.getPropertySources()
			.stream()
			.filter((source) -> source.getName().contains(file.getFileName().toString()))
			.flatMap(DocumentsTests::namesOf)
			.toList();
	}

	private static Stream<String> namesOf(PropertySource<?> source) {
		return Stream.of(((EnumerablePropertySource<?>) source).getPropertyNames());
	}

	private static boolean isKnown(String property) {
		return KNOWN.stream().anyMatch((known) -> property.equals(known) || property.startsWith(known + "."));
	}

	@SuppressWarnings("unchecked")
	private static Set<String> readPropertyNames() {
		Set<String> names = new HashSet<>();
		try {
			for (URL metadata : Collections.list(DocumentsTests.class.getClassLoader()
				.getResources("META-INF/spring-configuration-metadata.json"))) {
				try (InputStream json = metadata.openStream()) {
					Map<String, Object> map = JsonParserFactory.getJsonParser()
						.parseMap(new String(json.readAllBytes()));
					((List<Map<String, Object>>) map.get("properties"))
						.forEach((property) -> names.add(String.valueOf(property.get("name"))));
				}
			}
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		return names;
	}

	/**
	 * What a reader can copy.
	 *
	 * @param document name of the file
	 * @param language the language it is written in
	 * @param code its text
	 * @param next the text of a block without a language that follows at once, or empty
	 */
	private record Block(String document, String language, String code, String next) {

		boolean isYamlOfRecipe() {
			return this.language.equals("yaml") && this.document.equals("recipes.md");
		}

		@Override
		public String toString() {
			return this.document + ": " + this.code.lines().limit(4).collect(Collectors.joining(" "));
		}

	}

	/**
	 * An application that opens nothing.
	 */
	@SpringBootConfiguration(proxyBeanMethods = false)
	@ImportAutoConfiguration(SocketFactoryAutoConfiguration.class)
	static class Application {

		@Bean
		SocketFactoryCustomizer notStarted() {
			return (spec) -> spec.autoStartup(false);
		}

		@Bean
		SslBundles bundles() {
			SslBundles bundles = mock();
			given(bundles.getBundle(anyString())).willReturn(SslBundle.systemDefault());
			return bundles;
		}

	}

}
