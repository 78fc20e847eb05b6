package dev.socketfactory.sample;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Integration tests of the packaged sample, started as a user starts it.
 */
@Timeout(180)
class SampleApplicationIT {

	private static final List<String> AOT = List.of("-Dspring.aot.enabled=true");

	@TempDir
	private Path folder;

	@Test
	void manyClientsAreServedAndTermEndsItInTimeWithoutErrors() throws Exception {
		try (SampleProcess sample = SampleProcess.start(this.folder, Collections.emptyList())) {
			int port = sample.portOf("rot13");
			assertThat(sample.get("/actuator/sockets/rot13/getsockname").body())
				.isEqualTo("{\"domain\":\"AF_INET\",\"address\":\"127.0.0.1\",\"port\":%d}".formatted(port));
			serveManyClients(port);
			try (Rot13Client connected = new Rot13Client(port)) {
				assertThat(connected.ask("bye")).isEqualTo("olr");
				connected.endOfInput();
				assertThat(sample.terminate(Duration.ofSeconds(30))).isEqualTo(143);
			}
			assertThat(sample.log()).contains("listener 'rot13' stopped").doesNotContain("ERROR", "\tat ");
			assertThat(this.folder.resolve("rot13.sock")).doesNotExist();
			assertThat(this.folder.resolve("sample-log.sock")).doesNotExist();
			assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> new Rot13Client(port));
		}
	}

	@Test
	void whenClientStaysConnectedTermEndsItAtOnce() throws Exception {
		try (SampleProcess sample = SampleProcess.start(this.folder, Collections.emptyList())) {
			try (Rot13Client idle = new Rot13Client(sample.portOf("rot13"))) {
				assertThat(idle.ask("here")).isEqualTo("urer");
				Awaitility.await()
					.atMost(Duration.ofSeconds(10))
					.until(() -> sample.get("/actuator/health/readiness").statusCode() == 200);
				assertThat(sample.terminate(Duration.ofSeconds(15))).isEqualTo(143);
				assertThat(idle.endOfInput()).isNull();
			}
			assertThat(sample.log()).doesNotContain("ERROR", "Closed what was still open", "Shutdown phase");
		}
	}

	@Test
	void whenProcessedAheadOfTimeEntryKnownOnlyAtRunTimeIsOpened() throws Exception {
		try (SampleProcess sample = SampleProcess.start(this.folder, AOT,
				"--socket-factory.listeners.extra.bind=127.0.0.1:0")) {
			assertThat(sample.log()).contains("Starting AOT-processed SampleApplication");
			try (Rot13Client client = new Rot13Client(sample.portOf("rot13"))) {
				assertThat(client.ask("Hello")).isEqualTo("Uryyb");
			}
			new Rot13Client(sample.portOf("extra")).close();
			assertThat(sample.get("/actuator/sockets/extra/getsockname").body()).isEqualTo(
					"{\"domain\":\"AF_INET\",\"address\":\"127.0.0.1\",\"port\":%d}".formatted(sample.portOf("extra")));
			assertThat(sample.terminate(Duration.ofSeconds(30))).isEqualTo(143);
			assertThat(sample.log()).contains("listener 'extra' stopped", "listener 'rot13' stopped")
				.doesNotContain("ERROR");
		}
	}

	@Test
	void whenProcessedAheadOfTimeAndDisabledAtRunTimeNothingIsOpened() throws Exception {
		try (SampleProcess sample = SampleProcess.start(this.folder, AOT, "--socket-factory.enabled=false")) {
			assertThat(sample.log()).contains("Starting AOT-processed SampleApplication")
				.doesNotContain("listening on", "ERROR", "is not declared");
			assertThat(sample.get("/actuator/sockets").body()).doesNotContain("rot13");
			assertThat(sample.get("/actuator/health").statusCode()).isEqualTo(200);
		}
	}

	@Test
	void jarHasItsBillOfMaterials() throws Exception {
		try (JarFile jar = new JarFile(System.getProperty("sample.jar"))) {
			ZipEntry entry = jar.getEntry("META-INF/sbom/application.cdx.json");
			assumeThat(entry).as("Maven makes none when it is offline").isNotNull();
			assertThat(jar.getManifest().getMainAttributes().getValue("Sbom-Location")).isEqualTo(entry.getName());
			try (InputStream content = jar.getInputStream(entry)) {
				assertThat(new String(content.readAllBytes(), StandardCharsets.UTF_8)).contains(
						"\"pkg:maven/dev.socketfactory/socket-factory-spring-boot-starter@",
						"\"pkg:maven/com.github.marianobarrios/tls-channel@");
			}
		}
	}

	private static void serveManyClients(int port) throws Exception {
		ExecutorService clients = Executors.newFixedThreadPool(20);
		try {
			List<Callable<String>> calls = new ArrayList<>();
			for (int i = 0; i < 200; i++) {
				calls.add((i % 4 == 0) ? () -> vanish(port) : () -> ask(port));
			}
			for (Future<String> answer : clients.invokeAll(calls)) {
				assertThat(answer.get()).isEqualTo("Gur dhvpx oebja sbk");
			}
		}
		finally {
			clients.shutdownNow();
		}
	}

	private static String ask(int port) throws IOException {
		try (Rot13Client client = new Rot13Client(port)) {
			client.ask("one");
			return client.ask("The quick brown fox");
		}
	}

	private static String vanish(int port) throws IOException {
		Rot13Client client = new Rot13Client(port);
		String answer = client.ask("The quick brown fox");
		client.send("half a li");
		client.reset();
		return answer;
	}

}
