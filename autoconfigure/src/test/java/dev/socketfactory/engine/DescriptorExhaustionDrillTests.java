package dev.socketfactory.engine;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.ChildProcess;
import dev.socketfactory.testing.LeakCheck;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Drill: a process that may have 160 descriptors, and 400 clients held for 5 seconds,
 * which are measured twice: in the first ones the child's code is still being compiled.
 */
@EnabledOnOs(OS.LINUX)
@ExtendWith(LeakCheck.class)
class DescriptorExhaustionDrillTests {

	private static final int CLIENTS = 400;

	/**
	 * Another process may have taken the processor's cache, and this one's time.
	 */
	private static final int MORE_TRIES = 3;

	private static final int SECONDS = 5;

	/**
	 * One record of {@code java.util.logging}, which prints its head on a line before.
	 */
	private static final Pattern RECORD = Pattern.compile("(INFO|WARNING|SEVERE): .*");

	@Test
	void fourHundredClientsAtAHundredAndSixtyDescriptors() throws Exception {
		List<Socket> clients = new ArrayList<>();
		try (ChildProcess child = ChildProcess.start(List.of("bash", "-c", "ulimit -n 160; exec \"$@\"", "bash"),
				ExhaustedDescriptors.class)) {
			connect(clients, Integer.parseInt(child.next().substring("listening ".length())));
			Await.await()
				.untilAsserted(() -> assertThat(status(child)).containsEntry("reasons", "BACKOFF")
					.containsEntry("errno", "EMFILE"));
			long records = countRecords(child);
			long coldCpu = measureCpu(child);
			long cpu = measureCpu(child);
			for (int i = 0; i < MORE_TRIES && cpu > SECONDS * 10; i++) {
				cpu = Math.min(cpu, measureCpu(child));
			}
			long logged = countRecords(child) - records;
			assertThat(status(child)).containsEntry("failures", "1");
			// The JVM itself may have let go of a descriptor meanwhile
			int held = Integer.parseInt(status(child).get("accepted"));

			long begin = System.nanoTime();
			child.send("close");
			assertThat(clients.get(held).getInputStream().read()).isEqualTo('x');
			Duration again = Duration.ofNanos(System.nanoTime() - begin);
			for (int i = 1; i < CLIENTS; i++) {
				child.send("close");
			}
			for (int i = 0; i < CLIENTS; i++) {
				if (i != held) {
					assertThat(clients.get(i).getInputStream().read()).as("client %d", i).isEqualTo('x');
				}
			}
			Await.await()
				.untilAsserted(() -> assertThat(status(child)).containsEntry("reasons", "")
					.containsEntry("accepted", String.valueOf(CLIENTS)));
			Drill.print("EMFILE",
					"%d clients, %d held for %d s and %d s more; CPU %d ms and %d ms, %d log record(s), %s failure event(s); "
							+ "accepted again after %d ms; all %d served",
					CLIENTS, held, SECONDS, SECONDS, coldCpu, cpu, logged, status(child).get("failures"),
					again.toMillis(), CLIENTS);
			assertThat(held).isBetween(50, 159);
			assertThat(cpu).as("CPU in ms, 1 %% of a core is %d", SECONDS * 10).isLessThanOrEqualTo(SECONDS * 10);
			assertThat(coldCpu).as("CPU in ms while code is being compiled").isLessThanOrEqualTo(SECONDS * 40);
			assertThat(logged).as("log records in %d s or more", 2 * SECONDS).isLessThanOrEqualTo(2 * SECONDS);
			assertThat(again).as("time until accepting again").isLessThanOrEqualTo(Duration.ofMillis(250));
			assertThat(child.getOutput())
				.noneMatch((line) -> line.contains("SEVERE") || line.contains("NoClassDefFoundError"));
			child.send("end");
		}
		finally {
			for (Socket client : clients) {
				client.close();
			}
		}
	}

	private static void connect(List<Socket> clients, int port) throws IOException {
		for (int i = 0; i < CLIENTS; i++) {
			Socket client = new Socket();
			clients.add(client);
			client.setSoTimeout(10_000);
			client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
		}
	}

	private static long countRecords(ChildProcess child) {
		return child.getOutput().stream().filter((line) -> RECORD.matcher(line).matches()).count();
	}

	private static long measureCpu(ChildProcess child) throws IOException, InterruptedException {
		long before = cpuOf(child);
		TimeUnit.SECONDS.sleep(SECONDS);
		return cpuOf(child) - before;
	}

	private static long cpuOf(ChildProcess child) throws IOException, InterruptedException {
		return Long.parseLong(status(child).get("cpu"));
	}

	private static Map<String, String> status(ChildProcess child) throws IOException, InterruptedException {
		String[] words = child.ask("status").split(" ", -1);
		Map<String, String> status = new HashMap<>();
		for (int i = 0; i + 1 < words.length; i += 2) {
			status.put(words[i], words[i + 1]);
		}
		return status;
	}

}
