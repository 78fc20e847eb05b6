package dev.socketfactory.sample;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.ConnectException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Drills with the packaged sample: too few descriptors, and SIGTERM under load.
 */
@Tag("drill")
@Timeout(120)
@EnabledOnOs(OS.LINUX)
class SampleDrillsIT {

	private static final int CLIENTS = 400;

	private static final int THOUSAND = 1000;

	private static final int SECONDS = 5;

	/**
	 * What the whole machine does, or what runs it, is charged to whom it interrupts.
	 */
	private static final int MORE_TRIES = 3;

	/**
	 * How many connections are ended one by one; one measurement may meet a busy machine.
	 */
	private static final int MEASUREMENTS = 3;

	/**
	 * Between two tries of a listener that has failed for a while.
	 */
	private static final Duration LONG_DELAY = Duration.ofMillis(800);

	@TempDir
	private Path folder;

	@Test
	void fourHundredClientsAndTooFewDescriptors() throws Exception {
		List<Rot13Client> clients = new ArrayList<>();
		try (SampleProcess sample = SampleProcess.startWithDescriptors(this.folder, 160,
				"--socket-factory.descriptors.reserve=0")) {
			int port = sample.portOf("rot13");
			// Keeps a connection of the web server open
			assertThat(status(sample)).contains("\"pauseReasons\":[]");
			for (int i = 0; i < CLIENTS; i++) {
				clients.add(new Rot13Client(port));
			}
			Awaitility.await().until(() -> sample.log().contains("accept failed"));
			// The first tries are close together; they are no part of what goes on for
			// ever
			TimeUnit.SECONDS.sleep(1);
			long lines = sample.countLogLines();
			CpuTimes cpu = measureCpu(sample);
			Duration allowed = allowedCpu();
			for (int i = 0; i < MORE_TRIES && cpu.ofSocketFactories().compareTo(allowed) > 0; i++) {
				System.out.println("drill EMFILE in the sample, measured again after " + cpu);
				cpu = measureCpu(sample);
			}
			long logged = sample.countLogLines() - lines;
			String status = status(sample);
			int held = numberAfter(status, "\"active\":");

			Duration again = measureAccepting(sample, clients);
			for (int i = MEASUREMENTS; i < CLIENTS; i++) {
				assertThat(clients.get(i).ask("Hello")).as("client %d", i).isEqualTo("Uryyb");
				clients.get(i).endOfInput();
			}
			System.out.printf(
					"drill EMFILE in the sample (Java %d): %d clients, %d held for %d s; CPU %s, %d log line(s); "
							+ "accepted again after %d ms; all %d served%n",
					Runtime.version().feature(), CLIENTS, held, SECONDS, cpu, logged, again.toMillis(), CLIENTS);
			assertThat(held).isBetween(20, 159);
			assertThat(status).contains("\"reason\":\"BACKOFF\"", "\"errnoName\":\"EMFILE\"");
			assertThat(logged).as("lines logged in %d s or more", SECONDS).isLessThanOrEqualTo(SECONDS);
			assertThat(cpu.ofSocketFactories()).as(cpu.toString()).isPositive().isLessThanOrEqualTo(allowed);
			assertThat(cpu.withoutCompiler()).as(cpu.toString()).isLessThanOrEqualTo(allowed.multipliedBy(2));
			assertThat(again).as("time until accepting again").isLessThanOrEqualTo(Duration.ofMillis(100));
			assertThat(status(sample)).contains("\"pauseReasons\":[]");
			assertThat(sample.terminate(Duration.ofSeconds(30))).isEqualTo(143);
			assertThat(sample.log()).containsOnlyOnce("accept failed")
				.doesNotContain("NoClassDefFoundError", "ExceptionInInitializerError", "ERROR");
		}
		finally {
			for (Rot13Client client : clients) {
				client.close();
			}
		}
	}

	@Test
	void aThousandClientsLeaveDescriptorsToActuator() throws Exception {
		List<Rot13Client> clients = new ArrayList<>();
		try (SampleProcess sample = SampleProcess.startWithDescriptors(this.folder, 200)) {
			int port = sample.portOf("rot13");
			assertThat(status(sample)).contains("\"pauseReasons\":[]");
			for (int i = 0; i < THOUSAND; i++) {
				clients.add(new Rot13Client(port));
			}
			Awaitility.await().untilAsserted(() -> assertThat(status(sample)).contains("\"reason\":\"DESCRIPTORS\""));
			int answers = 0;
			long slowest = 0;
			long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
			while (System.nanoTime() - end < 0) {
				long begin = System.nanoTime();
				assertThat(sample.getOverNewConnection("/actuator/health/liveness")).isEqualTo(200);
				assertThat(sample.getOverNewConnection("/actuator/sockets")).isEqualTo(200);
				slowest = Math.max(slowest, System.nanoTime() - begin);
				answers += 2;
			}
			int held = numberAfter(status(sample), "\"active\":");
			long begin = System.nanoTime();
			for (int i = 0; i < THOUSAND; i++) {
				assertThat(clients.get(i).ask("Hello")).as("client %d", i).isEqualTo("Uryyb");
				clients.get(i).endOfInput();
			}
			long served = System.nanoTime() - begin;
			System.out.printf(
					"drill reserve in the sample (Java %d): 200 descriptors, %d clients, %d held; %d answers of Actuator "
							+ "in %d s, the slowest two %d ms; all served in %d ms%n",
					Runtime.version().feature(), THOUSAND, held, answers, SECONDS,
					TimeUnit.NANOSECONDS.toMillis(slowest), TimeUnit.NANOSECONDS.toMillis(served));
			Awaitility.await().untilAsserted(() -> assertThat(status(sample)).contains("\"pauseReasons\":[]"));
			assertThat(sample.log()).doesNotContain("accept failed", "ERROR");
		}
		finally {
			for (Rot13Client client : clients) {
				client.close();
			}
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void termUnderLoadLosesNobodyWhoWasConnectedBefore(boolean virtual) throws Exception {
		Load load = new Load();
		try (SampleProcess sample = SampleProcess.start(this.folder, Collections.emptyList(),
				"--spring.lifecycle.timeout-per-shutdown-phase=3s", "--spring.threads.virtual.enabled=" + virtual);
				Rot13Client idle = new Rot13Client(sample.portOf("rot13"))) {
			assertThat(idle.ask("here")).isEqualTo("urer");
			List<Thread> threads = load.begin(sample.portOf("rot13"));
			Awaitility.await().until(() -> load.served.get() > 500);
			long begin = System.nanoTime();
			load.termSent.set(begin);
			assertThat(sample.terminate(Duration.ofSeconds(20))).isEqualTo(143);
			Duration took = Duration.ofNanos(System.nanoTime() - begin);
			for (Thread thread : threads) {
				thread.join(10_000);
				assertThat(thread.isAlive()).isFalse();
			}
			System.out.printf(
					"drill SIGTERM under load (Java %d, %s): %d clients served, %d of them connected after the signal; "
							+ "lost: %d connected before it, %d after; ended after %d ms, with one idle connection "
							+ "and a phase limit of 3 s%n",
					Runtime.version().feature(), virtual ? "virtual threads where there are" : "pool of 200",
					load.served.get(), load.servedAfter.get(), load.lostBefore.get(), load.lostAfter.get(),
					took.toMillis());
			assertThat(load.lostBefore).as("connected before the signal, and lost").hasValue(0);
			assertThat(load.lostAfter).as("connected after the signal, and lost")
				.hasValueLessThanOrEqualTo(Load.THREADS);
			assertThat(sample.log()).contains("listener 'rot13' stopped")
				.doesNotContain("in its listen queue were reset", "ERROR", "Shutdown phase", "\tat ");
		}
	}

	private static String status(SampleProcess sample) throws IOException, InterruptedException {
		return sample.get("/actuator/sockets/rot13").body();
	}

	/**
	 * End connections one by one while tries are far apart, and return the median of how
	 * long it takes until the client that is next is answered.
	 */
	private static Duration measureAccepting(SampleProcess sample, List<Rot13Client> clients)
			throws IOException, InterruptedException {
		List<Duration> times = new ArrayList<>();
		for (int i = 0; i < MEASUREMENTS; i++) {
			awaitLongDelay(sample);
			Rot13Client next = clients.get(numberAfter(status(sample), "\"total\":"));
			long begin = System.nanoTime();
			clients.get(i).endOfInput();
			assertThat(next.ask("next")).isEqualTo("arkg");
			times.add(Duration.ofNanos(System.nanoTime() - begin));
		}
		return times.stream().sorted().toList().get(MEASUREMENTS / 2);
	}

	/**
	 * Wait until tries are a second apart and one has just been made, with few requests:
	 * after a hundred the web server closes their connection, and has no descriptor for
	 * another one.
	 */
	private static void awaitLongDelay(SampleProcess sample) throws IOException, InterruptedException {
		int[] tries = { countTries(sample) };
		long[] since = { System.nanoTime() };
		Awaitility.await().pollInterval(Duration.ofMillis(150)).until(() -> {
			int now = countTries(sample);
			if (now == tries[0]) {
				return false;
			}
			Duration apart = Duration.ofNanos(System.nanoTime() - since[0]);
			tries[0] = now;
			since[0] = System.nanoTime();
			return apart.compareTo(LONG_DELAY) > 0;
		});
	}

	private static int countTries(SampleProcess sample) throws IOException, InterruptedException {
		return numberAfter(status(sample), "\"byOperation\":{\"accept\":");
	}

	private static CpuTimes measureCpu(SampleProcess sample) throws IOException, InterruptedException {
		CpuTimes before = sample.cpu();
		TimeUnit.SECONDS.sleep(SECONDS);
		return sample.cpu().since(before);
	}

	/**
	 * Return 1 % of a core, or three times what a slow machine needs to wake up as often
	 * as an event loop that waits for connections to be closed, and do nothing.
	 */
	private static Duration allowedCpu() throws InterruptedException {
		long[] cpuNanos = new long[1];
		Thread wakeUps = new Thread(() -> {
			for (int i = 0; i < 100; i++) {
				LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
			}
			cpuNanos[0] = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
		});
		wakeUps.start();
		wakeUps.join();
		Duration onePercent = Duration.ofSeconds(SECONDS).dividedBy(100);
		Duration threeTimes = Duration.ofNanos(3 * SECONDS * cpuNanos[0]);
		return (threeTimes.compareTo(onePercent) > 0) ? threeTimes : onePercent;
	}

	private static int numberAfter(String json, String key) {
		int begin = json.indexOf(key) + key.length();
		int end = begin;
		while (Character.isDigit(json.charAt(end))) {
			end++;
		}
		return Integer.parseInt(json.substring(begin, end));
	}

	/**
	 * Clients that ask one line each, as fast as they can, until they are refused.
	 */
	private static final class Load {

		/**
		 * The most who may be lost after the signal, too: who connects between the last
		 * accept of the drain and the close is reset, which is TCP's own window, and each
		 * thread is in one connection until it has its answer and is refused after that.
		 */
		private static final int THREADS = 8;

		private final AtomicLong termSent = new AtomicLong(Long.MAX_VALUE);

		private final AtomicInteger served = new AtomicInteger();

		private final AtomicInteger servedAfter = new AtomicInteger();

		private final AtomicInteger lostBefore = new AtomicInteger();

		private final AtomicInteger lostAfter = new AtomicInteger();

		private List<Thread> begin(int port) {
			List<Thread> threads = new ArrayList<>();
			for (int i = 0; i < THREADS; i++) {
				Thread thread = new Thread(() -> {
					boolean refused = false;
					while (!refused) {
						refused = !connect(port);
					}
				}, "client-" + i);
				thread.setDaemon(true);
				thread.start();
				threads.add(thread);
			}
			return threads;
		}

		private boolean connect(int port) {
			try (Rot13Client client = new Rot13Client(port)) {
				boolean before = System.nanoTime() < this.termSent.get();
				if (isServed(client)) {
					this.served.incrementAndGet();
					this.servedAfter.addAndGet(before ? 0 : 1);
				}
				else {
					(before ? this.lostBefore : this.lostAfter).incrementAndGet();
				}
				return true;
			}
			catch (ConnectException ex) {
				return false;
			}
			catch (IOException ex) {
				// Reset while connecting: never told that it is connected
				return true;
			}
		}

		private static boolean isServed(Rot13Client client) {
			try {
				return "Uryyb".equals(client.ask("Hello"));
			}
			catch (IOException ex) {
				return false;
			}
		}

	}

}
