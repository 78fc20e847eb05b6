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
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.ChildProcess;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A child that runs {@link ExhaustedDescriptors}, and its clients, of which it cannot
 * accept all.
 */
final class ExhaustedProcess implements AutoCloseable {

	private static final int LOOKS = 20;

	/**
	 * Between two tries of a listener that has failed for a while.
	 */
	private static final Duration LONG_DELAY = Duration.ofMillis(800);

	private final ChildProcess child;

	private final int limit;

	private final int own;

	private final List<InetSocketAddress> addresses;

	private final List<Socket> clients = new ArrayList<>();

	private int served;

	private int closed;

	private ExhaustedProcess(ChildProcess child, int limit) throws InterruptedException {
		this.child = child;
		this.limit = limit;
		this.addresses = Stream.of(child.next().substring("listening ".length()).split("\\+"))
			.map((port) -> new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(port)))
			.toList();
		// A thread of the JVM may just be reading a file, which takes a descriptor for a
		// moment
		this.own = IntStream.range(0, LOOKS).map((look) -> child.countDescriptors()).min().orElseThrow();
	}

	/**
	 * Start a child that may have so many descriptors.
	 */
	static ExhaustedProcess start(int limit, String... options) throws IOException, InterruptedException {
		ChildProcess child = ChildProcess.start(
				List.of("bash", "-c", "ulimit -n %d; exec \"$@\"".formatted(limit), "bash"), ExhaustedDescriptors.class,
				options);
		try {
			return new ExhaustedProcess(child, limit);
		}
		catch (RuntimeException | Error ex) {
			child.close();
			throw ex;
		}
	}

	/**
	 * Connect clients, to one listener after the other.
	 */
	void connect(int count) throws IOException {
		for (int i = 0; i < count; i++) {
			Socket client = new Socket();
			this.clients.add(client);
			client.setSoTimeout(10_000);
			client.connect(this.addresses.get(i % this.addresses.size()));
		}
	}

	/**
	 * Wait until it has no descriptor left and all those that it has are there to stay,
	 * because a file that it reads at the wrong moment is a connection less, until the
	 * next try.
	 */
	void awaitExhausted() {
		Await.await()
			.untilAsserted(() -> assertThat(status()).as(() -> String.join("\n", getOutput()))
				.containsEntry("reasons", "BACKOFF")
				.containsEntry("errno", "EMFILE")
				.containsEntry("operation", "accept")
				.containsEntry("accepted", String.valueOf(getMostConnections())));
		assertThat(this.child.countDescriptors()).isEqualTo(this.limit);
	}

	/**
	 * Wait until it accepts nothing more, and has as many descriptors left as it is to
	 * keep back.
	 */
	void awaitReserve(int reserve) {
		Await.await()
			.untilAsserted(() -> assertThat(status()).as(() -> String.join("\n", getOutput()))
				.containsEntry("reasons", "DESCRIPTORS"));
		assertThat(this.limit - this.child.countDescriptors()).isBetween(reserve - 3, reserve + 3);
	}

	/**
	 * Return how many connections fit beside the descriptors that the process had without
	 * any.
	 */
	int getMostConnections() {
		return this.limit - this.own;
	}

	/**
	 * Wait until tries are a second apart and one has just been made.
	 */
	private void awaitLongDelay() throws IOException, InterruptedException {
		String[] counted = { status().get("counted") };
		long[] since = { System.nanoTime() };
		Await.await().until(() -> {
			String now = status().get("counted");
			if (counted[0].equals(now)) {
				return false;
			}
			Duration apart = Duration.ofNanos(System.nanoTime() - since[0]);
			counted[0] = now;
			since[0] = System.nanoTime();
			return apart.compareTo(LONG_DELAY) > 0;
		});
	}

	/**
	 * End connections one by one while the delay is long, and measure how long it takes
	 * until the client that is next has its byte.
	 */
	List<Duration> measureAccepting(int times) throws IOException, InterruptedException {
		assertServed(getMostConnections());
		List<Duration> measured = new ArrayList<>();
		for (int i = 0; i < times; i++) {
			awaitLongDelay();
			long begin = System.nanoTime();
			closeOne();
			assertServed(this.served + 1);
			measured.add(Duration.ofNanos(System.nanoTime() - begin));
			assertThat(getAccepted()).isEqualTo(this.served);
		}
		return measured;
	}

	/**
	 * End all connections, which makes room for the clients that still wait.
	 */
	void closeAll() throws IOException {
		while (this.closed < this.clients.size()) {
			closeOne();
		}
		assertServed(this.clients.size());
		Await.await()
			.untilAsserted(() -> assertThat(status()).containsEntry("reasons", "")
				.containsEntry("accepted", String.valueOf(this.clients.size())));
	}

	private void closeOne() throws IOException {
		this.child.send("close");
		this.closed++;
	}

	/**
	 * Assert that so many clients have got their byte, in the order in which they came.
	 */
	private void assertServed(int count) throws IOException {
		for (; this.served < count; this.served++) {
			assertThat(this.clients.get(this.served).getInputStream().read()).as("client %d", this.served)
				.isEqualTo('x');
		}
	}

	/**
	 * Let the process open files, or close all of them.
	 */
	void send(String command) throws IOException {
		this.child.send(command);
	}

	/**
	 * Return how many descriptors the process itself takes for free, those kept back left
	 * out of account.
	 */
	int getFree() throws IOException, InterruptedException {
		return Integer.parseInt(status().get("free"));
	}

	int getAccepted() throws IOException, InterruptedException {
		return Integer.parseInt(status().get("accepted"));
	}

	/**
	 * Return the processor time that the thread of the event loop has taken.
	 */
	long getLoopCpuMillis() throws IOException, InterruptedException {
		return Long.parseLong(status().get("loop"));
	}

	long getCpuMillis() throws IOException, InterruptedException {
		return Long.parseLong(status().get("cpu"));
	}

	Map<String, String> status() throws IOException, InterruptedException {
		String[] words = this.child.ask("status").split(" ", -1);
		Map<String, String> status = new HashMap<>();
		for (int i = 0; i + 1 < words.length; i += 2) {
			status.put(words[i], words[i + 1]);
		}
		return status;
	}

	List<String> getOutput() {
		return this.child.getOutput();
	}

	/**
	 * End the child in order.
	 */
	void end() throws IOException {
		this.child.send("end");
	}

	@Override
	public void close() throws IOException, InterruptedException {
		for (Socket client : this.clients) {
			client.close();
		}
		this.child.close();
	}

}
