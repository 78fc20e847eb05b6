package dev.socketfactory.sample;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.devtools.settings.DevToolsSettings;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Integration tests of the sample with Spring Boot's developer tools.
 */
@Timeout(180)
class DevToolsIT {

	private static final String STARTED = "Started SampleApplication in ";

	@TempDir
	private Path folder;

	@ParameterizedTest
	@ValueSource(strings = { "autoconfigure", "starter", "starter-test" })
	void jarsAreNotLoadedAgainByARestart(String module) throws Exception {
		String name = "socket-factory-spring-boot-%s-0.1.0.jar".formatted(module);
		assertThat(DevToolsSettings.get().isRestartInclude(URI.create("file:/lib/" + name).toURL())).isFalse();
	}

	@Test
	void whenClientStaysConnectedRestartIsNotDelayed() throws Exception {
		try (SampleProcess sample = SampleProcess.startFromClassPath(this.folder, unpack(),
				"--spring.devtools.restart.poll-interval=200ms", "--spring.devtools.restart.quiet-period=100ms",
				"--spring.devtools.livereload.enabled=false",
				"--management.endpoints.web.exposure.include=configprops,sockets",
				"--management.endpoint.configprops.show-values=always");
				Rot13Client idle = new Rot13Client(sample.portOf("rot13"))) {
			assertThat(idle.ask("here")).isEqualTo("urer");
			assertThat(sample.get("/actuator/configprops/socket-factory").body()).contains("\"gracePeriod\":\"PT0S\"");
			long begin = System.nanoTime();
			Files.createFile(this.folder.resolve("BOOT-INF/classes/changed"));
			Awaitility.await()
				.atMost(Duration.ofSeconds(25))
				.until(() -> sample.log().lastIndexOf(STARTED) > sample.log().indexOf(STARTED));
			System.out.printf(
					"drill devtools restart (Java %d): with an idle client the application was up again after %d ms%n",
					Runtime.version().feature(), Duration.ofNanos(System.nanoTime() - begin).toMillis());
			assertThat(idle.endOfInput()).isNull();
			assertThat(sample.log()).contains("[  restartedMain]").doesNotContain("ERROR", "Waiting until");
		}
	}

	/**
	 * Unpack the sample, whose jar has exactly its class path.
	 * @return the class path, with the developer tools
	 */
	private String unpack() throws IOException {
		try (JarFile jar = new JarFile(System.getProperty("sample.jar"))) {
			for (JarEntry entry : Collections.list(jar.entries())) {
				if (entry.getName().startsWith("BOOT-INF/") && !entry.isDirectory()) {
					Path file = this.folder.resolve(entry.getName());
					Files.createDirectories(file.getParent());
					try (InputStream content = jar.getInputStream(entry)) {
						Files.copy(content, file);
					}
				}
			}
		}
		Path devTools = Path
			.of(URI.create(DevToolsSettings.class.getProtectionDomain().getCodeSource().getLocation().toString()));
		return String.join(File.pathSeparator, this.folder.resolve("BOOT-INF/classes").toString(),
				this.folder.resolve("BOOT-INF/lib") + File.separator + "*", devTools.toString());
	}

}
