package dev.socketfactory.autoconfigure;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.socketfactory.engine.Drill;
import dev.socketfactory.testing.ChildProcess;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Drills: SIGTERM while 200 clients are connected.
 */
@Tag("drill")
@EnabledOnOs(OS.LINUX)
class ApplicationEndDrillTests {

	private static final int CLIENTS = 200;

	private static final int AT_WORK = 20;

	private static final Duration GRACE_PERIOD = Duration.ofSeconds(2);

	/**
	 * Three times what it is to take, because the machine may be busy.
	 */
	private static final Duration AT_ONCE = Duration.ofSeconds(3);

	private final List<LineClient> clients = new ArrayList<>();

	@AfterEach
	void close() throws IOException {
		for (LineClient client : this.clients) {
			client.close();
		}
	}

	@Test
	void idleClientsDoNotDelayTheEnd() throws Exception {
		try (ChildProcess child = ChildProcess.startWhole(EndingApplication.class)) {
			connect(child);
			Duration took = terminate(child);
			for (LineClient client : this.clients) {
				assertThat(client.read()).isNull();
			}
			Drill.print("SIGTERM with idle clients",
					"%d clients, all of them found the end of their input, process ended after %d ms", CLIENTS,
					took.toMillis());
			assertThat(took).isLessThan(AT_ONCE);
			assertThat(child.getOutput())
				.noneMatch((line) -> line.contains("ERROR") || line.contains("WARN") || line.contains("still open"));
		}
	}

	@Test
	void handlersAtWorkAnswerFirst() throws Exception {
		try (ChildProcess child = ChildProcess.startWhole(EndingApplication.class)) {
			connect(child);
			List<LineClient> asking = this.clients.subList(0, AT_WORK);
			for (LineClient client : asking) {
				client.send("work");
			}
			assertThat(child.next()).isEqualTo("working");
			Duration took = terminate(child);
			for (LineClient client : asking) {
				assertThat(client.read()).isEqualTo("work");
			}
			for (LineClient client : this.clients) {
				assertThat(client.read()).isNull();
			}
			Drill.print("SIGTERM with busy clients",
					"%d clients, %d of them with requests that take 500 ms, all answered, process ended after %d ms",
					CLIENTS, AT_WORK, took.toMillis());
			assertThat(took).isLessThan(AT_ONCE);
			assertThat(child.getOutput()).noneMatch((line) -> line.contains("ERROR") || line.contains("still open"));
		}
	}

	@Test
	void aHandlerThatNeverLooksAtItsInputIsWaitedForAndNamed() throws Exception {
		try (ChildProcess child = ChildProcess.startWhole(EndingApplication.class,
				"-Dsocket-factory.shutdown.grace-period=" + GRACE_PERIOD)) {
			connect(child);
			this.clients.get(0).send("hang");
			assertThat(child.next()).isEqualTo("hanging");
			Duration took = terminate(child);
			Drill.print("SIGTERM with a stuck client",
					"%d clients, one of whose handlers never returns, grace period %d ms, process ended after %d ms",
					CLIENTS, GRACE_PERIOD.toMillis(), took.toMillis());
			assertThat(took).isBetween(GRACE_PERIOD, GRACE_PERIOD.plus(AT_ONCE));
			assertThat(child.getOutput())
				.anyMatch((line) -> line.contains("Waiting until")
						&& line.endsWith("for 'front' (1 open connection(s), 1 running handler(s))"))
				.anyMatch(
						(line) -> line.endsWith("Closed what was still open at shutdown: 1 connection(s) of 'front'"));
		}
	}

	private void connect(ChildProcess child) throws Exception {
		String port = child.next().split(" ")[0];
		for (int i = 0; i < CLIENTS; i++) {
			LineClient client = new LineClient(port);
			this.clients.add(client);
			assertThat(client.ask("here")).isEqualTo("here");
		}
	}

	private static Duration terminate(ChildProcess child) throws InterruptedException {
		long begin = System.nanoTime();
		child.terminate();
		assertThat(child.awaitEnd()).isEqualTo(143);
		return Duration.ofNanos(System.nanoTime() - begin);
	}

}
