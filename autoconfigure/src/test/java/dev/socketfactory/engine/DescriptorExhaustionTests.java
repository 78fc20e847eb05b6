package dev.socketfactory.engine;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.ChildProcess;
import dev.socketfactory.testing.LeakCheck;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for a listener that runs out of descriptors, in a process of its own.
 */
@EnabledOnOs(OS.LINUX)
@ExtendWith(LeakCheck.class)
class DescriptorExhaustionTests {

	private static final int CLIENTS = 100;

	@Test
	@DisplayName("Case 28: without descriptors it backs off, neither ends nor spins, and goes on when there are some")
	void whenNoDescriptorsAreLeftThenBacksOffAndGoesOn() throws Exception {
		List<Socket> clients = new ArrayList<>();
		try (ChildProcess child = ChildProcess.start(List.of("bash", "-c", "ulimit -n 60; exec \"$@\"", "bash"),
				ExhaustedDescriptors.class)) {
			InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(),
					Integer.parseInt(child.next().substring("listening ".length())));
			for (int i = 0; i < CLIENTS; i++) {
				Socket client = new Socket();
				clients.add(client);
				client.connect(address);
			}
			Await.await()
				.untilAsserted(() -> assertThat(status(child)).as(() -> String.join("\n", child.getOutput()))
					.containsEntry("reasons", "BACKOFF")
					.containsEntry("errno", "EMFILE")
					.containsEntry("operation", "accept"));
			assertThat(Integer.parseInt(status(child).get("accepted"))).isBetween(1, 59);
			assertNoSpin(child);
			assertThat(status(child)).containsEntry("failures", "1");
			// The JVM itself may have let go of a descriptor meanwhile
			int held = Integer.parseInt(status(child).get("accepted"));
			assertThat(held).isBetween(1, 59);

			// Each handler that ends makes room for one client, soon although the delay
			// is 1 s
			for (int i = 1; i <= 4; i++) {
				awaitLongDelay(child);
				long begin = System.nanoTime();
				child.send("close");
				int expected = held + i;
				Await.await()
					.untilAsserted(() -> assertThat(status(child)).containsEntry("accepted", String.valueOf(expected)));
				assertThat((System.nanoTime() - begin) / 1_000_000).as("milliseconds until served").isLessThan(200);
			}
			assertThat(child.getOutput()).filteredOn((line) -> line.contains("accept failed")).hasSize(1);
			for (int i = 0; i < CLIENTS; i++) {
				child.send("close");
			}
			Await.await()
				.untilAsserted(() -> assertThat(status(child)).containsEntry("accepted", String.valueOf(CLIENTS))
					.containsEntry("reasons", ""));
			for (Socket client : clients) {
				client.setSoTimeout(10_000);
				assertThat(client.getInputStream().read()).isEqualTo('x');
			}
			assertThat(child.getOutput()).noneMatch((line) -> line.contains("SEVERE"));
			assertThat(status(child)).containsEntry("failures", "1");
			child.send("end");
		}
		finally {
			for (Socket client : clients) {
				client.close();
			}
		}
	}

	/**
	 * Wait until tries are a second apart and one has just been made.
	 */
	private static void awaitLongDelay(ChildProcess child) throws IOException, InterruptedException {
		String[] counted = { status(child).get("counted") };
		long[] since = { System.nanoTime() };
		Await.await().until(() -> {
			String now = status(child).get("counted");
			if (counted[0].equals(now)) {
				return false;
			}
			long apart = System.nanoTime() - since[0];
			counted[0] = now;
			since[0] = System.nanoTime();
			return apart > 800_000_000L;
		});
	}

	private static void assertNoSpin(ChildProcess child) throws IOException, InterruptedException {
		Map<String, String> before = status(child);
		long begin = System.nanoTime();
		Await.await().until(() -> System.nanoTime() - begin > 3_000_000_000L);
		Map<String, String> after = status(child);
		assertThat(Long.parseLong(after.get("cpu")) - Long.parseLong(before.get("cpu"))).as("CPU in ms during 3 s")
			.isLessThan(1000);
		assertThat(Long.parseLong(after.get("counted")) - Long.parseLong(before.get("counted"))).as("tries during 3 s")
			.isLessThan(20);
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
