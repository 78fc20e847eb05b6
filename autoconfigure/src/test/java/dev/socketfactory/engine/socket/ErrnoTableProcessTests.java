package dev.socketfactory.engine.socket;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ErrnoTable} in a process of its own, started in a given locale.
 */
@EnabledOnOs(OS.LINUX)
class ErrnoTableProcessTests {

	private static final Path GERMAN_CATALOGUE = Path.of("/usr/share/locale/de/LC_MESSAGES/libc.mo");

	private static final String[] ERRNOS = { "EADDRINUSE|98", "ECONNREFUSED|111", "EADDRNOTAVAIL|99", "ENOENT|2" };

	@Test
	@EnabledIf("isGermanInstalled")
	void whenLocaleIsGermanTextsAreGermanAndErrnosRight() throws Exception {
		List<String> german = results(run(Map.of("LC_ALL", "de_DE.UTF-8")));
		assertThat(german).extracting(ErrnoTableProcessTests::errno).containsExactly(ERRNOS);
		assertThat(german).doesNotContainAnyElementsOf(results(run(Map.of("LC_ALL", "C"))));
	}

	@Test
	void whenLocaleIsPosixErrnosAreRight() throws Exception {
		assertThat(results(run(Map.of("LC_ALL", "C")))).extracting(ErrnoTableProcessTests::errno)
			.containsExactly(ERRNOS);
	}

	@Test
	void whenErrnoIsLookedUpNoClassIsLoadedOrInitialized() throws Exception {
		List<String> lines = run(Map.of("LC_ALL", "C"), "-Xlog:class+load,class+init:stdout");
		assertThat(lines).anyMatch((line) -> line.contains("Initializing") && line.contains("ErrnoTable"));
		int begin = lines.indexOf(ProvokedFailures.LOOKUP_BEGINS);
		assertThat(begin).isNotNegative();
		assertThat(lines.get(begin + 1)).isEqualTo(ProvokedFailures.LOOKUP_ENDS);
	}

	private static String errno(String result) {
		return result.substring(result.indexOf('|') + 1);
	}

	private static List<String> results(List<String> lines) {
		return lines.stream()
			.filter((line) -> line.startsWith("result|"))
			.map((line) -> line.substring("result|".length()))
			.toList();
	}

	private static List<String> run(Map<String, String> environment, String... options) throws Exception {
		List<String> command = new ArrayList<>();
		command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
		command.addAll(List.of(options));
		command.addAll(List.of("-cp", System.getProperty("java.class.path"), ProvokedFailures.class.getName()));
		return output(command, environment);
	}

	static boolean isGermanInstalled() throws Exception {
		try {
			return Files.isRegularFile(GERMAN_CATALOGUE)
					&& output(List.of("locale", "-a"), Collections.emptyMap()).contains("de_DE.utf8");
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static List<String> output(List<String> command, Map<String, String> environment) throws Exception {
		ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
		builder.environment().keySet().removeIf((name) -> name.startsWith("LC_") || name.startsWith("LANG"));
		builder.environment().putAll(environment);
		Path file = Files.createTempFile("errno", ".out");
		try {
			Process process = builder.redirectOutput(file.toFile()).start();
			assertThat(process.waitFor(1, TimeUnit.MINUTES)).as("%s ends", command).isTrue();
			String output = Files.readString(file, StandardCharsets.UTF_8);
			assertThat(process.exitValue()).as(output).isZero();
			return output.lines().toList();
		}
		finally {
			Files.delete(file);
		}
	}

}
