package dev.socketfactory.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the messages in {@code docs/troubleshooting.md} are those of the code.
 */
class TroubleshootingDocumentTests {

	private static final Pattern ROW = Pattern.compile("\\| (?:[A-Z]+ \\| )?`([^`]+ [^`]+)`.*");

	private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"(\\s*\\+\\s*(?=\"))?");

	private static final Pattern VARIABLE = Pattern.compile("%[a-z]|…");

	/**
	 * What the code takes from the system, or from Spring Boot.
	 */
	private static final Pattern SYSTEM = Pattern.compile(
			"Permission denied|No such file or directory|\\(E[A-Z]+\\)|getaddrinfo|accept|handshake|\\bbind\\b|Invalid value.*property");

	@ParameterizedTest
	@MethodSource
	void everyMessageIsOneOfTheCode(String message) throws IOException {
		String code = literals();
		String[] parts = VARIABLE.split(SYSTEM.matcher(message).replaceAll("…"));
		assertThat(Stream.of(parts).map(TroubleshootingDocumentTests::plain))
			.allSatisfy((part) -> assertThat(code).contains(part));
	}

	static List<String> everyMessageIsOneOfTheCode() throws IOException {
		List<String> messages = Files.readAllLines(Path.of("../docs/troubleshooting.md"))
			.stream()
			.map(ROW::matcher)
			.filter(Matcher::matches)
			.map((row) -> row.group(1))
			.toList();
		assertThat(messages).hasSizeGreaterThan(30);
		return messages;
	}

	private static String literals() throws IOException {
		try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
			return files.filter(Files::isRegularFile)
				.map(TroubleshootingDocumentTests::read)
				.flatMap((source) -> LITERAL.matcher(source).results())
				.map(TroubleshootingDocumentTests::text)
				.collect(Collectors.joining());
		}
	}

	private static String text(MatchResult literal) {
		String text = VARIABLE.matcher(literal.group(1)).replaceAll("…");
		return (literal.group(2) != null) ? text : text + "\n";
	}

	private static String plain(String part) {
		return part.replaceAll("^[':; ]+|[':;, ]+$", "");
	}

	private static String read(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
