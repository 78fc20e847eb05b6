package dev.socketfactory.recipes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the documents show the code that is compiled and tried.
 */
class RecipesDocumentTests {

	private static final Pattern BLOCK = Pattern.compile("(?s)```(?:java|yaml)\n(.*?)```\n");

	private static final Pattern JAVA_BLOCK = Pattern.compile("(?s)```java\n(.*?)```\n");

	private static final List<Path> SOURCES = List.of(Path.of("src/main/java"), Path.of("src/test/java"),
			Path.of("src/test/resources/recipes"));

	@ParameterizedTest
	@MethodSource
	void everyBlockIsFoundInTheSources(String block) throws IOException {
		StringBuilder sources = new StringBuilder();
		for (Path folder : SOURCES) {
			try (Stream<Path> files = Files.walk(folder)) {
				for (Path file : files.filter(Files::isRegularFile).toList()) {
					sources.append(Files.readString(file).replace("\r", "")).append("\n");
				}
			}
		}
		assertThat(sources.toString()).contains(block);
	}

	static List<String> everyBlockIsFoundInTheSources() throws IOException {
		List<String> blocks = blocksOf(BLOCK, "recipes.md");
		assertThat(blocks).hasSizeGreaterThan(10);
		blocks.addAll(blocksOf(BLOCK, "testing.md"));
		blocks.addAll(blocksOf(JAVA_BLOCK, "operations.md"));
		List<String> handlers = blocksOf(JAVA_BLOCK, "../README.md");
		assertThat(handlers).hasSize(1);
		blocks.addAll(handlers);
		return blocks;
	}

	private static List<String> blocksOf(Pattern block, String document) throws IOException {
		String text = Files.readString(Path.of("../docs", document)).replace("\r", "");
		return block.matcher(text).results().map((match) -> match.group(1)).collect(Collectors.toList());
	}

}
