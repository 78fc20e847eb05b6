package dev.socketfactory.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.LeakCheck;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for a listener that runs out of descriptors, in a process of its own.
 */
@EnabledOnOs(OS.LINUX)
@ExtendWith(LeakCheck.class)
class DescriptorExhaustionTests {

	private static final int CLIENTS = 100;

	private static final int MEASUREMENTS = 5;

	/**
	 * A second, and what a busy machine takes.
	 */
	private static final Duration NOTICED = Duration.ofMillis(1500);

	@Test
	@DisplayName("Case 28: without descriptors it backs off, neither ends nor spins, and goes on when there are some")
	void whenNoDescriptorsAreLeftThenBacksOffAndGoesOn() throws Exception {
		try (ExhaustedProcess process = ExhaustedProcess.start(60)) {
			process.connect(CLIENTS);
			process.awaitExhausted();
			int held = process.getMostConnections();
			assertThat(held).isBetween(1, 59);
			assertNoSpin(process);
			assertThat(process.status()).containsEntry("failures", "1").containsEntry("accepted", String.valueOf(held));

			// Each handler that ends makes room for one client, soon although the delay
			// is 1 s
			List<Duration> again = process.measureAccepting(MEASUREMENTS);
			assertThat(Drill.median(again)).as("time until served, of %s", again)
				.isLessThanOrEqualTo(Duration.ofMillis(100));
			assertThat(process.getOutput()).filteredOn((line) -> line.contains("accept failed")).hasSize(1);
			process.closeAll();
			assertThat(process.getOutput()).noneMatch((line) -> line.contains("SEVERE"));
			assertThat(process.status()).containsEntry("failures", "1");
			process.end();
		}
	}

	@Test
	@DisplayName("Case 28: no class of ours is loaded between the start and the end of a shortage")
	void whenNoDescriptorsAreLeftThenLoadsNoClass(@TempDir Path folder) throws Exception {
		Path log = folder.resolve("classes.log");
		try (ExhaustedProcess process = ExhaustedProcess.start(60, "-Xlog:class+load:file=" + log)) {
			int loadedAtStart = Files.readAllLines(log).size();
			process.connect(CLIENTS);
			process.awaitExhausted();
			process.measureAccepting(1);
			process.closeAll();
			List<String> loaded = Files.readAllLines(log);
			assertThat(loaded.subList(loadedAtStart, loaded.size())).isNotEmpty()
				.filteredOn((line) -> !line.contains(ExhaustedDescriptors.class.getName()))
				.noneMatch((line) -> line.contains("] dev.socketfactory."));
			process.end();
		}
	}

	@Test
	void whenDescriptorsAreKeptBackThenTheyAreLeftAndClientsWait() throws Exception {
		try (ExhaustedProcess process = ExhaustedProcess.start(120, "-Dreserve=40")) {
			process.connect(CLIENTS);
			process.awaitReserve(40);
			assertNoSpin(process);
			assertThat(process.status()).containsEntry("failures", "0").containsEntry("counted", "0");
			process.closeAll();
			assertThat(process.getOutput()).noneMatch((line) -> line.contains("SEVERE"));
			process.end();
		}
	}

	@Test
	void severalListenersShareWhatIsLeft() throws Exception {
		try (ExhaustedProcess process = ExhaustedProcess.start(120, "-Dreserve=40", "-Dlisteners=3")) {
			process.connect(CLIENTS);
			process.awaitReserve(40);
			assertThat(process.status()).containsEntry("failures", "0").containsEntry("counted", "0");
			process.closeAll();
			process.end();
		}
	}

	@Test
	void whatElseTheApplicationOpensAndClosesIsNoticedWithinASecond() throws Exception {
		try (ExhaustedProcess process = ExhaustedProcess.start(200, "-Dreserve=40")) {
			// Nobody has ever connected
			int free = process.getFree();
			process.send("take 80");
			assertNoticed(process, free - 80);
			process.connect(CLIENTS);
			process.awaitReserve(40);
			int held = process.getAccepted();
			assertThat(held).isBetween(1, free - 80 + 3);
			process.send("give");
			Await.await().atMost(NOTICED).until(() -> process.getAccepted() > held);
			process.closeAll();
			assertThat(process.status()).containsEntry("failures", "0").containsEntry("counted", "0");
			process.end();
		}
	}

	private static void assertNoticed(ExhaustedProcess process, int free) {
		Await.await().atMost(NOTICED).untilAsserted(() -> assertThat(process.getFree()).isBetween(free - 3, free + 3));
	}

	private static void assertNoSpin(ExhaustedProcess process) throws IOException, InterruptedException {
		Map<String, String> before = process.status();
		long begin = System.nanoTime();
		Await.await().until(() -> System.nanoTime() - begin > 3_000_000_000L);
		Map<String, String> after = process.status();
		assertThat(Long.parseLong(after.get("cpu")) - Long.parseLong(before.get("cpu"))).as("CPU in ms during 3 s")
			.isLessThan(1000);
		assertThat(Long.parseLong(after.get("counted")) - Long.parseLong(before.get("counted"))).as("tries during 3 s")
			.isLessThan(20);
	}

}
