package dev.socketfactory.actuate;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.socketfactory.engine.Drill;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.ChildProcess;
import dev.socketfactory.testing.Parallel;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * Drill: the list of the connections of an application that has ten thousand.
 */
@Tag("drill")
@Timeout(120)
class ManyConnectionsDrillTests {

	private static final int CONNECTIONS = 10_000;

	private static final int LISTED = 1000;

	private static final int WARM_UP = 50;

	private static final int REQUESTS = 100;

	private static final int REQUESTS_A_SECOND = 10;

	private static final int MOST_MILLIS = 50;

	private static final Duration MEASURED = Duration.ofSeconds(4);

	private final List<SocketChannel> clients = new ArrayList<>();

	private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	@Test
	void theListIsQuickAndDisturbsNobody() throws Exception {
		assumeThat(ManagementFactory.getOperatingSystemMXBean()).isInstanceOfSatisfying(UnixOperatingSystemMXBean.class,
				(system) -> assumeThat(system.getMaxFileDescriptorCount()).isGreaterThan(CONNECTIONS + LISTED));
		ScheduledExecutorService requests = Executors.newSingleThreadScheduledExecutor();
		try (ChildProcess application = ChildProcess.startWhole(ManyConnections.class, "-Xmx256m")) {
			int[] ports = Stream.of(application.next().split(" ")).mapToInt(Integer::parseInt).toArray();
			for (int i = 0; i < CONNECTIONS; i++) {
				this.clients.add(SocketChannel.open(new InetSocketAddress("127.0.0.1", ports[1])));
			}
			Await.await().until(() -> list(ports[0]).contains("\"total\":%d".formatted(CONNECTIONS)));
			assertThat(list(ports[0]).split("\"id\":")).hasSize(LISTED + 1);
			measureLists(ports[0], WARM_UP);
			List<Duration> lists = measureLists(ports[0], REQUESTS);
			measureAnswers(ports[2]);
			double before = Drill.percentile99(measureAnswers(ports[2]));
			requests.scheduleAtFixedRate(() -> list(ports[0]), 0, 1000 / REQUESTS_A_SECOND, TimeUnit.MILLISECONDS);
			double meanwhile = Drill.percentile99(measureAnswers(ports[2]));
			Drill.print("connections listed",
					"%d open: list of %d in %.1f ms, median of %d; p99 of others who connect %.1f ms, and %.1f ms with "
							+ "%d lists a second",
					CONNECTIONS, LISTED, Drill.median(lists).toNanos() / 1e6, REQUESTS, before, meanwhile,
					REQUESTS_A_SECOND);
			assertThat(Drill.median(lists)).isLessThanOrEqualTo(Duration.ofMillis(MOST_MILLIS));
		}
		finally {
			Parallel.end(requests);
			for (SocketChannel client : this.clients) {
				client.close();
			}
		}
	}

	private List<Duration> measureLists(int port, int count) {
		List<Duration> times = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			long begin = System.nanoTime();
			list(port);
			times.add(Duration.ofNanos(System.nanoTime() - begin));
		}
		return times;
	}

	private String list(int port) {
		URI uri = URI.create("http://127.0.0.1:%d/actuator/sockets/kept/connections".formatted(port));
		HttpResponse<String> response = this.http
			.sendAsync(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
			.orTimeout(20, TimeUnit.SECONDS)
			.join();
		assertThat(response.statusCode()).isEqualTo(200);
		return response.body();
	}

	/**
	 * Return how long clients waited from connecting to their answer, in nanoseconds.
	 */
	private static List<Long> measureAnswers(int port) throws IOException {
		List<Long> times = new ArrayList<>();
		long end = System.nanoTime() + MEASURED.toNanos();
		for (long begin = System.nanoTime(); begin - end < 0; begin = System.nanoTime()) {
			try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
				client.setSoTimeout(10_000);
				assertThat(client.getInputStream().read()).isEqualTo('x');
				client.setSoLinger(true, 0);
			}
			times.add(System.nanoTime() - begin);
		}
		return times;
	}

}
