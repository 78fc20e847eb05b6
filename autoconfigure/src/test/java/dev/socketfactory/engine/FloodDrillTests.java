package dev.socketfactory.engine;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.socketfactory.testing.ChildProcess;
import dev.socketfactory.testing.LeakCheck;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Drill: a source that is refused connects as fast as it can, while another one is
 * served. Server and load are processes of their own.
 */
@Tag("drill")
@Timeout(60)
@EnabledOnOs(OS.LINUX)
@ExtendWith(LeakCheck.class)
class FloodDrillTests {

	private static final int SECONDS = 4;

	private static final int ROUNDS = 9;

	private static final int CLIENTS_A_ROUND = 1000;

	/**
	 * What a busy machine adds included.
	 */
	private static final double MOST_RATIO = 1.3;

	@Test
	void othersAreServedWhileOneSourceIsRefused() throws Exception {
		try (ChildProcess server = ChildProcess.start(Collections.emptyList(), RefusingListeners.class)) {
			int port = ports(server)[1];
			// While code is still being compiled
			try (ChildProcess flood = flood(port)) {
				measure(server, port);
				flood.send("end");
			}
			Measured before = measure(server, port);
			double accepted = (double) before.cpuNanos / before.accepted;
			Measured during;
			try (ChildProcess flood = flood(port)) {
				during = measure(server, port);
				assertThat(flood.ask("end")).isEqualTo("failed 0");
			}
			double refused = (during.cpuNanos - accepted * during.accepted) / during.refused;
			Drill.print("flood",
					"%d refused a second for %d s; p99 of the others %.1f ms before and %.1f ms during it, %d and %d a second; "
							+ "CPU of the server for one accepted %.0f us, for one refused %.0f us; %d log lines",
					during.refused / SECONDS, SECONDS, before.p99, during.p99, before.accepted / SECONDS,
					during.accepted / SECONDS, accepted / 1000, refused / 1000, warnings(server));
			assertThat(during.refused).isPositive();
			assertThat(refused).as("CPU for one refused, less than for one accepted").isLessThan(accepted);
			assertThat(warnings(server)).isBetween(1L, 6L * SECONDS);
			server.send("end");
		}
	}

	@Test
	void whatTheRulesCostWhoeverIsAccepted() throws Exception {
		try (ChildProcess server = ChildProcess.start(Collections.emptyList(), RefusingListeners.class)) {
			int[] ports = ports(server);
			double[] times = new double[ROUNDS];
			double[] ratios = new double[ROUNDS];
			double[] noise = new double[ROUNDS];
			cpuPerConnection(server, ports[0]);
			cpuPerConnection(server, ports[1]);
			for (int i = 0; i < ROUNDS; i++) {
				double before = cpuPerConnection(server, ports[0]);
				double guarded = cpuPerConnection(server, ports[1]);
				double after = cpuPerConnection(server, ports[0]);
				times[i] = guarded;
				ratios[i] = 2 * guarded / (before + after);
				noise[i] = after / before;
			}
			Drill.print("rules",
					"CPU of the server for one accepted with 'access' and 'per-source' %.0f us, %.2f times that without; %.2f "
							+ "between two measurements without; medians of %d rounds of %d",
					median(times) / 1000, median(ratios), median(noise), ROUNDS, CLIENTS_A_ROUND);
			assertThat(median(ratios)).isLessThan(MOST_RATIO);
			server.send("end");
		}
	}

	private static double cpuPerConnection(ChildProcess server, int port) throws Exception {
		long before = server.getCpuNanos();
		for (int i = 0; i < CLIENTS_A_ROUND; i++) {
			ask(port);
		}
		return (double) (server.getCpuNanos() - before) / CLIENTS_A_ROUND;
	}

	private static double median(double[] values) {
		Arrays.sort(values);
		return values[values.length / 2];
	}

	private static int[] ports(ChildProcess server) throws InterruptedException {
		return Stream.of(server.next().substring("listening ".length()).split(" "))
			.mapToInt(Integer::parseInt)
			.toArray();
	}

	private static ChildProcess flood(int port) throws Exception {
		ChildProcess flood = ChildProcess.start(Collections.emptyList(), Flood.class, "-Dport=" + port);
		assertThat(flood.next()).isEqualTo("flooding");
		return flood;
	}

	/**
	 * Connect one client after the other for some seconds.
	 */
	private static Measured measure(ChildProcess server, int port) throws Exception {
		List<Long> times = new ArrayList<>();
		long[] before = status(server);
		long cpu = server.getCpuNanos();
		long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
		for (long begin = System.nanoTime(); begin - end < 0; begin = System.nanoTime()) {
			ask(port);
			times.add(System.nanoTime() - begin);
		}
		long[] after = status(server);
		return new Measured(server.getCpuNanos() - cpu, after[0] - before[0], after[1] - before[1],
				Drill.percentile99(times));
	}

	private static void ask(int port) throws IOException {
		try (Socket client = new Socket(InetAddress.getByName("127.0.0.1"), port, InetAddress.getByName("127.0.0.3"),
				0)) {
			client.setSoTimeout(10_000);
			assertThat(client.getInputStream().read()).isEqualTo('x');
			client.setSoLinger(true, 0);
		}
	}

	private static long[] status(ChildProcess server) throws Exception {
		return Stream.of(server.ask("status").split(" ")).mapToLong(Long::parseLong).toArray();
	}

	private static long warnings(ChildProcess server) {
		return server.getOutput().stream().filter((line) -> line.contains("refused a connection of")).count();
	}

	/**
	 * What the server has done meanwhile, and how long its clients have waited.
	 *
	 * @param cpuNanos processor time of its process
	 * @param accepted connections
	 * @param refused connections
	 * @param p99 how long 99 of 100 clients have waited at most, in milliseconds
	 */
	private record Measured(long cpuNanos, long accepted, long refused, double p99) {

	}

}
