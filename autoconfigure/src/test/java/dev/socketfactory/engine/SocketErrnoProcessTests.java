package dev.socketfactory.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the failures of factories in a process of its own, in a given locale or
 * without descriptors.
 */
@EnabledOnOs(OS.LINUX)
class SocketErrnoProcessTests {

	private static final Path GERMAN_CATALOGUE = Path.of("/usr/share/locale/de/LC_MESSAGES/libc.mo");

	private static final String[] EXPECTED = { "busy|bind|98|EADDRINUSE", "foreign|bind|99|EADDRNOTAVAIL",
			"refused|connect|111|ECONNREFUSED", "unreachable|connect|101|ENETUNREACH",
			"unknown|getaddrinfo|99|EADDRNOTAVAIL", "demand|connect|111|ECONNREFUSED" };

	private static final Map<String, String> FIRST_USES = Map.ofEntries(Map.entry("listener", "LISTENING"),
			Map.entry("named", "LISTENING"), Map.entry("datagram", "OPEN"), Map.entry("unix", "LISTENING"),
			Map.entry("unix-datagram", "OPEN"), Map.entry("client", "CONNECTED"),
			Map.entry("named-client", "CONNECTED"), Map.entry("datagram-client", "CONNECTED"),
			Map.entry("unix-client", "CONNECTED"), Map.entry("demand", "CONNECTED"),
			Map.entry("with-options", "LISTENING"));

	/**
	 * On the command line, because the JDK reads it when it loads its network library.
	 */
	private static final List<String> WITHOUT_IPV6 = List.of("-Djava.net.preferIPv4Stack=true");

	@TempDir
	private Path folder;

	@Test
	@EnabledIf("isGermanInstalled")
	void whenLocaleIsGermanThenErrnosAreRight() throws Exception {
		List<String> output = run("de_DE.UTF-8", "", ProvokedSocketFailures.class);
		assertThat(results(output)).containsExactlyInAnyOrder(EXPECTED);
		assertThat(output).anyMatch((line) -> line.contains("Verbindungsaufbau abgelehnt"));
	}

	@Test
	void whenLocaleIsPosixThenErrnosAreRight() throws Exception {
		assertThat(results(run("C", "", ProvokedSocketFailures.class))).containsExactlyInAnyOrder(EXPECTED);
	}

	@Test
	@DisplayName("Case 3: without IPv6 a socket of that domain fails, with options or without")
	void whenThereIsNoIpv6ThenSocketEafnosupport() throws Exception {
		assertThat(results(runJava("C", "", WITHOUT_IPV6, WithoutIpv6.class))).isNotEmpty()
			.allMatch((line) -> line.endsWith("|socket|97|EAFNOSUPPORT"))
			.hasSize(WithoutIpv6.SPECS.size());
	}

	@Test
	void whenThereAreNoDescriptorsThenSocketEmfile() throws Exception {
		List<String> expected = new ArrayList<>();
		FIRST_USES.forEach((name, state) -> {
			// junixsocket opens no descriptor before it needs one
			String operation = name.equals("unix-datagram") ? "bind" : "socket";
			expected.add("without|%s|%s 24 EMFILE".formatted(name, operation));
			expected.add("with|%s|%s".formatted(name, state));
		});
		assertThat(results(run("C", "ulimit -n 256; ", FirstUseWithoutDescriptors.class, this.folder.toString())))
			.containsExactlyInAnyOrderElementsOf(expected);
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void whenThereAreNoDescriptorsThenVirtualThreadsCanWaitForTheirClients() throws Exception {
		assertThat(results(run("C", "ulimit -n 256; ", ReadingWithoutDescriptors.class))).containsExactly("read|1|x");
	}

	private static List<String> results(List<String> lines) {
		return lines.stream()
			.filter((line) -> line.startsWith("result|"))
			.map((line) -> line.substring("result|".length()))
			.toList();
	}

	private List<String> run(String locale, String before, Class<?> program, String... arguments) throws Exception {
		return runJava(locale, before, Collections.emptyList(), program, arguments);
	}

	private List<String> runJava(String locale, String before, List<String> jvmOptions, Class<?> program,
			String... arguments) throws Exception {
		String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
		List<String> command = new ArrayList<>(List.of("bash", "-c", before + "exec \"$@\"", "bash", java));
		command.addAll(jvmOptions);
		command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
		command.addAll(List.of(arguments));
		return output(this.folder, command, Map.of("LC_ALL", locale));
	}

	static boolean isGermanInstalled() throws Exception {
		Path folder = Files.createTempDirectory("locales");
		try {
			return Files.isRegularFile(GERMAN_CATALOGUE)
					&& output(folder, List.of("locale", "-a"), Collections.emptyMap()).contains("de_DE.utf8");
		}
		catch (IOException ex) {
			return false;
		}
		finally {
			Files.delete(folder);
		}
	}

	private static List<String> output(Path folder, List<String> command, Map<String, String> environment)
			throws Exception {
		ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(command)).redirectErrorStream(true);
		builder.environment().keySet().removeIf((name) -> name.startsWith("LC_") || name.startsWith("LANG"));
		builder.environment().putAll(environment);
		Path file = Files.createTempFile(folder, "errno", ".out");
		Process process = builder.redirectOutput(file.toFile()).start();
		try {
			assertThat(process.waitFor(1, TimeUnit.MINUTES)).as("%s ends", command).isTrue();
			String output = Files.readString(file, StandardCharsets.UTF_8);
			assertThat(process.exitValue()).as(output).isZero();
			return output.lines().toList();
		}
		finally {
			process.destroyForcibly();
			Files.delete(file);
		}
	}

}
