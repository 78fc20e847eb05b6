package dev.socketfactory.autoconfigure;

import java.io.IOException;
import java.net.SocketOption;
import java.nio.channels.NetworkChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketfactory.SocketKind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.ClassPathResource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Tests what a person gets to read who makes a mistake in {@code application.yml}. The
 * mistakes and the texts are in {@code mistakes.txt}.
 */
@ExtendWith(OutputCaptureExtension.class)
class BadConfigurationTests {

	@TempDir
	private Path folder;

	@ParameterizedTest(name = "{0}")
	@MethodSource("mistakes")
	void whenConfigurationIsWrongStartFailsWithAnalysis(Mistake mistake, CapturedOutput output) throws IOException {
		Path file = Files.writeString(this.folder.resolve("application.yml"), mistake.yaml());
		assertThatException().isThrownBy(() -> run(file).close());
		assertThat(analysisIn(output, file)).isEqualTo(withLists(mistake.analysis()));
		SocketThreads.awaitNone();
	}

	@Test
	void mistakesAreOfManyKinds() throws IOException {
		assertThat(mistakes()).hasSizeGreaterThanOrEqualTo(30).doesNotHaveDuplicates();
	}

	@Test
	void whenReuseIsNoKnownWordApplicationStartsWithWarning(CapturedOutput output) throws IOException {
		Path file = Files.writeString(this.folder.resolve("application.yml"), """
				socket-factory:
				  listeners:
				    rot13:
				      bind: "127.0.0.1:0"
				      reuse: maybe
				""");
		run(file).close();
		assertThat(output.getOut().lines().filter((line) -> line.contains(" WARN "))).singleElement()
			.asString()
			.endsWith(": listener 'rot13': 'reuse: maybe' is treated as off: write on or off");
	}

	private static ConfigurableApplicationContext run(Path file) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		return application.run("--spring.config.location=" + file, "--spring.main.banner-mode=off");
	}

	/**
	 * Which options there are depends on the JDK and the system, and the keys are tested
	 * where they are listed.
	 */
	private static String withLists(String text) throws IOException {
		try (ServerSocketChannel listener = ServerSocketChannel.open(); SocketChannel accepted = SocketChannel.open()) {
			return text.replace("<listener-keys>", lines(PropertyKeys.of(SocketKind.LISTENER)))
				.replace("<client-keys>", lines(PropertyKeys.of(SocketKind.CLIENT)))
				.replace("<options>", settable(listener))
				.replace("<accepted-options>", settable(accepted));
		}
	}

	private static String lines(List<String> keys) {
		return keys.stream().map("    %s"::formatted).collect(Collectors.joining("\n"));
	}

	private static String settable(NetworkChannel channel) {
		return channel.supportedOptions()
			.stream()
			.map(SocketOption::name)
			.filter((name) -> !name.equals("SO_REUSEADDR") && !name.equals("SO_INCOMING_NAPI_ID"))
			.sorted()
			.collect(Collectors.joining(", "));
	}

	private static String analysisIn(CapturedOutput output, Path file) {
		String text = output.getOut();
		String marker = "Description:\n\n";
		int begin = text.indexOf(marker);
		return (begin < 0) ? "No analysis in: " + text
				: text.substring(begin + marker.length()).strip().replace(file.toString(), "application.yml");
	}

	static Stream<Mistake> mistakes() throws IOException {
		String text = new ClassPathResource("mistakes.txt", BadConfigurationTests.class)
			.getContentAsString(StandardCharsets.UTF_8);
		return Arrays.stream(text.split("(?m)^=== ")).filter((section) -> !section.isEmpty()).map(Mistake::of);
	}

	/**
	 * A mistake and what is said about it.
	 *
	 * @param name what is wrong
	 * @param yaml the configuration
	 * @param analysis the text that is to be printed
	 */
	record Mistake(String name, String yaml, String analysis) {

		static Mistake of(String section) {
			int end = section.indexOf('\n');
			String[] parts = section.substring(end + 1).split("(?m)^>>>\n", 2);
			return new Mistake(section.substring(0, end), parts[0], parts[1].strip());
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ SocketFactoryAutoConfiguration.class, SslAutoConfiguration.class })
	static class Application {

	}

}
