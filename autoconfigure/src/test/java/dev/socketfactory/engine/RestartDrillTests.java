package dev.socketfactory.engine;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

import dev.socketfactory.SocketState;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.LeakCheck;
import dev.socketfactory.testing.Peer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Drill: a thousand stops and starts on one port.
 */
@Tag("drill")
@ExtendWith({ OutputCaptureExtension.class, LeakCheck.class })
class RestartDrillTests {

	private static final int ROUNDS = 1000;

	private static final int WARM_UP = 20;

	@Test
	void aThousandStopsAndStartsOnOnePort(CapturedOutput output) throws Exception {
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor(1).handle(Drill::answer)) {
			int port = Peer.nobody().getPort();
			ManagedSocketFactory factory = harness
				.listen(SocketFactoryHarness.loopback().bind("127.0.0.1:" + port).reuse(true));
			for (int i = 0; i < WARM_UP; i++) {
				restart(factory);
				ask(factory, port);
			}
			long descriptors = Drill.countDescriptors();
			long threads = Drill.countThreads();
			long begin = System.nanoTime();
			int served = 0;
			for (int i = 0; i < ROUNDS; i++) {
				restart(factory);
				if (i % 10 == 0) {
					ask(factory, port);
					served++;
				}
			}
			Duration took = Duration.ofNanos(System.nanoTime() - begin);
			Await.await().untilAsserted(() -> {
				assertThat(Drill.countDescriptors()).as("descriptors").isLessThanOrEqualTo(descriptors);
				assertThat(Drill.countThreads()).as("threads").isLessThanOrEqualTo(threads);
			});
			assertThat(factory.getStatus().connections().total()).isEqualTo(served + WARM_UP);
			assertThat(harness.getFailures()).isEmpty();
			assertThat(output).doesNotContain("ERROR", "WARN");
			Drill.print("restarts",
					"%d stops and starts on one port in %d ms, %d clients between, all served; "
							+ "%+d descriptors, %+d threads",
					ROUNDS, took.toMillis(), served, Drill.countDescriptors() - descriptors,
					Drill.countThreads() - threads);
		}
	}

	private static void restart(ManagedSocketFactory factory) {
		factory.stop();
		assertThat(factory.getState()).isEqualTo(SocketState.STOPPED);
		factory.start();
		Await.await()
			.untilAsserted(() -> assertThat(factory.getState()).as(() -> String.valueOf(factory.getLastFailure()))
				.isEqualTo(SocketState.LISTENING));
	}

	private static void ask(ManagedSocketFactory factory, int port) throws IOException {
		InetSocketAddress address = SocketFactoryHarness.addressOf(factory);
		assertThat(address.getPort()).isEqualTo(port);
		try (Socket client = new Socket(address.getAddress(), port)) {
			client.setSoTimeout(10_000);
			assertThat(client.getInputStream().read()).isEqualTo('x');
		}
	}

}
