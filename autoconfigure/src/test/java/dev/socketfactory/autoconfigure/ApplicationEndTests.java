package dev.socketfactory.autoconfigure;

import java.time.Duration;

import dev.socketfactory.autoconfigure.EndingApplication.End;
import dev.socketfactory.autoconfigure.EndingApplication.Way;
import dev.socketfactory.testing.ChildProcess;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the end of an application by its own handlers, and while it starts, with a
 * client connected that says nothing.
 */
class ApplicationEndTests {

	/**
	 * On a busy machine: it takes about 0.1 s, and 28 s if it waits for what does not
	 * end.
	 */
	private static final Duration AT_ONCE = Duration.ofSeconds(5);

	@ParameterizedTest
	@CsvSource({ "leave, EXIT", "leave, SPRING_EXIT", "leave, CLOSE", "inline, EXIT", "inline, SPRING_EXIT",
			"inline, CLOSE", "connect, EXIT", "fail, EXIT", "fail, SPRING_EXIT", "fail, CLOSE" })
	void whenAHandlerEndsTheApplicationThenItEndsAtOnce(String handler, Way way) throws Exception {
		try (ChildProcess child = ChildProcess.startWhole(EndingApplication.class)) {
			String[] ports = child.next().split(" ");
			try (LineClient idle = new LineClient(ports[0]); LineClient client = new LineClient(ports[0])) {
				assertThat(idle.ask("here")).isEqualTo("here");
				client.ask("by " + way);
				if (handler.equals("inline")) {
					new LineClient(ports[1]).close();
				}
				else {
					client.send(handler);
				}
				int status = endOf(child);
				assertThat(status).isEqualTo((way == Way.CLOSE) ? 0 : EndingApplication.STATUS);
				assertThat(idle.read()).isNull();
			}
			assertThat(child.getOutput()).noneMatch((line) -> line.contains("ERROR") || line.contains("\tat "));
		}
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "WHEN_ASKED")
	void whenTheApplicationDoesNotComeUpThenItEndsAtOnce(End end) throws Exception {
		try (ChildProcess child = ChildProcess.startWhole(EndingApplication.class, "-Dend=" + end)) {
			int status = endOf(child);
			assertThat(status).isEqualTo((end == End.EXITING_RUNNER) ? EndingApplication.STATUS : 1);
			assertThat(child.getOutput()).filteredOn((line) -> line.contains("ERROR"))
				.hasSize((end == End.EXITING_RUNNER) ? 0 : 1);
		}
	}

	private static int endOf(ChildProcess child) throws InterruptedException {
		assertThat(child.next()).isEqualTo("leaving");
		long begin = System.nanoTime();
		int status = child.awaitEnd();
		Duration took = Duration.ofNanos(System.nanoTime() - begin);
		assertThat(took).isLessThan(AT_ONCE);
		return status;
	}

}
