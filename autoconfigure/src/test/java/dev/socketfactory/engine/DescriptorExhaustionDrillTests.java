package dev.socketfactory.engine;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import dev.socketfactory.testing.LeakCheck;
import dev.socketfactory.testing.WakeUps;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Drill: a process that may have 160 descriptors, and 400 clients held for 5 seconds,
 * which are measured twice: in the first ones the child's code is still being compiled.
 */
@Tag("drill")
@EnabledOnOs(OS.LINUX)
@ExtendWith(LeakCheck.class)
class DescriptorExhaustionDrillTests {

	private static final int CLIENTS = 400;

	private static final int DESCRIPTORS = 160;

	/**
	 * Another process may have taken the processor's cache, and this one's time.
	 */
	private static final int MORE_TRIES = 3;

	private static final int SECONDS = 5;

	/**
	 * How much more than to wake up and do nothing it may take to look for connections
	 * that have been closed, where that alone takes more than a third of 1 %.
	 */
	private static final int MOST_WAKE_UPS = 3;

	/**
	 * How many connections are ended one by one; one measurement may meet a busy machine.
	 */
	private static final int MEASUREMENTS = 3;

	/**
	 * One record of {@code java.util.logging}, which prints its head on a line before.
	 */
	private static final Pattern RECORD = Pattern.compile("(INFO|WARNING|SEVERE): .*");

	@Test
	void fourHundredClientsAtAHundredAndSixtyDescriptors() throws Exception {
		try (ExhaustedProcess process = ExhaustedProcess.start(DESCRIPTORS)) {
			process.connect(CLIENTS);
			process.awaitExhausted();
			int held = process.getAccepted();
			long records = countRecords(process);
			long coldCpu = measureCpu(process);
			long cpu = measureCpu(process);
			long allowed = measureAllowedCpu();
			for (int i = 0; i < MORE_TRIES && cpu > allowed; i++) {
				cpu = Math.min(cpu, measureCpu(process));
			}
			long logged = countRecords(process) - records;
			assertThat(process.status()).containsEntry("failures", "1").containsEntry("accepted", String.valueOf(held));

			Duration again = Drill.median(process.measureAccepting(MEASUREMENTS));
			process.closeAll();
			Drill.print("EMFILE",
					"%d clients, %d held for %d s and %d s more; CPU %d ms and %d ms, %d log record(s), %s failure event(s); "
							+ "accepted again after %d ms; all %d served",
					CLIENTS, held, SECONDS, SECONDS, coldCpu, cpu, logged, process.status().get("failures"),
					again.toMillis(), CLIENTS);
			assertThat(held).isBetween(50, DESCRIPTORS - 1);
			assertThat(cpu).as("CPU in ms, 1 %% of a core is %d", SECONDS * 10).isLessThanOrEqualTo(allowed);
			assertThat(coldCpu).as("CPU in ms while code is being compiled").isLessThanOrEqualTo(4 * allowed);
			assertThat(logged).as("log records in %d s or more", 2 * SECONDS).isLessThanOrEqualTo(2 * SECONDS);
			assertThat(again).as("time until accepting again").isLessThanOrEqualTo(Duration.ofMillis(100));
			assertThat(process.getOutput())
				.noneMatch((line) -> line.contains("SEVERE") || line.contains("NoClassDefFoundError"));
			process.end();
		}
	}

	@Test
	void theEventLoopTakesLessThanOnePercentFromTheFirstMomentOn() throws Exception {
		long millis = measureColdLoop();
		Duration wakeUps = WakeUps.cpuTime(Duration.ofSeconds(SECONDS));
		for (int i = 0; i < MORE_TRIES && millis > allowedCpu(wakeUps); i++) {
			millis = Math.min(millis, measureColdLoop());
		}
		Drill.print("EMFILE, event loop",
				"%d ms of CPU in the first %d s of a cold process; to wake up as often and do nothing takes %d ms",
				millis, SECONDS, wakeUps.toMillis());
		assertThat(millis).as("CPU in ms, 1 %% of a core is %d", SECONDS * 10).isLessThanOrEqualTo(allowedCpu(wakeUps));
	}

	private static long measureAllowedCpu() throws InterruptedException {
		return allowedCpu(WakeUps.cpuTime(Duration.ofSeconds(SECONDS)));
	}

	/**
	 * Return 1 % of a core, in milliseconds, or what a slow machine needs to wake up.
	 */
	private static long allowedCpu(Duration wakeUps) {
		return Math.max(SECONDS * 10, MOST_WAKE_UPS * wakeUps.toMillis());
	}

	private static long measureColdLoop() throws IOException, InterruptedException {
		try (ExhaustedProcess process = ExhaustedProcess.start(DESCRIPTORS)) {
			process.connect(CLIENTS);
			process.awaitExhausted();
			long before = process.getLoopCpuMillis();
			TimeUnit.SECONDS.sleep(SECONDS);
			long millis = process.getLoopCpuMillis() - before;
			process.end();
			return millis;
		}
	}

	private static long countRecords(ExhaustedProcess process) {
		return process.getOutput().stream().filter((line) -> RECORD.matcher(line).matches()).count();
	}

	private static long measureCpu(ExhaustedProcess process) throws IOException, InterruptedException {
		long before = process.getCpuMillis();
		TimeUnit.SECONDS.sleep(SECONDS);
		return process.getCpuMillis() - before;
	}

}
