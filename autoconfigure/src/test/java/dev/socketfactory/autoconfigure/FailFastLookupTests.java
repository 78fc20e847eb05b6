package dev.socketfactory.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@code fail-fast} in a process whose resolver never answers: it reads its
 * hosts from a pipe into which nobody writes.
 */
@EnabledOnOs(OS.LINUX)
class FailFastLookupTests {

	@Test
	void whenLookUpDoesNotEndThenProcessEndsWithAnalysis(@TempDir Path folder) throws Exception {
		Path hosts = folder.resolve("hosts");
		Path output = folder.resolve("output");
		assertThat(new ProcessBuilder("mkfifo", hosts.toString()).start().waitFor()).isZero();
		Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-XX:TieredStopAtLevel=1", "-Djdk.net.hosts.file=" + hosts, "-cp",
				System.getProperty("java.class.path"), Application.class.getName())
			.redirectErrorStream(true)
			.redirectOutput(output.toFile())
			.start();
		boolean ended = process.waitFor(1, TimeUnit.MINUTES);
		process.destroyForcibly().waitFor();
		List<String> lines = Files.readAllLines(output);
		assertThat(ended).as("%s", lines).isTrue();
		assertThat(process.exitValue()).isEqualTo(1);
		assertThat(lines).containsSubsequence("APPLICATION FAILED TO START",
				"listener 'rot13' could not be opened: the lookups of the names in its 'bind' take too long",
				"Check the name service of this machine, such as its DNS servers, or bind to an address."
						+ " To start the application without this listener, set 'socket-factory.listeners.rot13.fail-fast'"
						+ " to false, let it try again by 'retry.max-retries', or handle its SocketFailureEvent.");
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(SocketFactoryAutoConfiguration.class)
	public static class Application {

		public static void main(String[] arguments) {
			SpringApplication.run(Application.class, "--spring.main.web-application-type=none",
					"--socket-factory.fail-fast=true", "--socket-factory.listeners.rot13.bind=a-name.example:0");
		}

	}

}
