package dev.socketfactory.engine;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.socketfactory.FirstByteSettings;
import dev.socketfactory.ProxyProtocolSettings;
import dev.socketfactory.testing.LeakCheck;
import dev.socketfactory.testing.Peer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Drill: a thousand peers that send a PROXY header byte by byte and never come to its
 * end.
 */
@Tag("drill")
@Timeout(60)
@ExtendWith(LeakCheck.class)
class SlowPeersDrillTests {

	private static final int PEERS = 1000;

	private static final Duration TIMEOUT = Duration.ofSeconds(5);

	private static final byte[] HEADER = ascii("PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\n");

	@Test
	void aThousandPeersThatNeverEndTheirHeader() throws Exception {
		try (SocketFactoryHarness harness = SocketFactoryHarness.executor().handle(Drill::answer)) {
			ManagedSocketFactory listener = harness.listen(SocketFactoryHarness.loopback()
				.firstByte(new FirstByteSettings(TIMEOUT, PEERS + 1))
				.proxyProtocol(new ProxyProtocolSettings(List.of("127.0.0.1"), TIMEOUT)));
			InetSocketAddress address = SocketFactoryHarness.addressOf(listener);
			measure(address, Duration.ofSeconds(1));
			double before = measure(address, Duration.ofSeconds(2));
			long threads = Drill.countThreads();
			Map<SocketChannel, Long> peers = new LinkedHashMap<>();
			for (int i = 0; i < PEERS; i++) {
				long begun = System.nanoTime();
				peers.put(connect(address), begun);
			}
			long handlers = Drill.countThreads() - threads;
			List<Long> times = new ArrayList<>();
			List<Long> lives = new ArrayList<>();
			for (int sent = 0; !peers.isEmpty(); sent++) {
				trickle(peers, sent, lives);
				times.addAll(ask(address, Duration.ofMillis(100)));
			}
			lives.sort(null);
			Drill.print("slow peers",
					"%d peers, a byte of the PROXY header every 0.1 s: %d threads more; p99 of the others %.1f ms before and "
							+ "%.1f ms meanwhile, %d served; closed after %.1f to %.1f s at a limit of %d s, %d failure events",
					PEERS, handlers, before, Drill.percentile99(times), times.size(), lives.get(0) / 1e9,
					lives.get(PEERS - 1) / 1e9, TIMEOUT.toSeconds(), harness.getFailures().size());
			assertThat(handlers).isLessThanOrEqualTo(0);
			assertThat(listener.getRefused()).containsEntry("proxy", (long) PEERS);
			assertThat(Duration.ofNanos(lives.get(0))).isGreaterThanOrEqualTo(TIMEOUT.minusMillis(100));
			assertThat(harness.getFailures()).hasSizeLessThan(PEERS / 2);
		}
	}

	/**
	 * Let each peer send its next byte, and note how long those that were closed have
	 * lived.
	 */
	private static void trickle(Map<SocketChannel, Long> peers, int sent, List<Long> lives) {
		peers.entrySet().removeIf((peer) -> {
			boolean closed = !send(peer.getKey(), HEADER[Math.min(sent, HEADER.length - 3)]);
			if (closed) {
				lives.add(System.nanoTime() - peer.getValue());
			}
			return closed;
		});
	}

	/**
	 * Send a byte, unless the other side has closed the connection.
	 */
	private static boolean send(SocketChannel peer, byte next) {
		try {
			if (peer.read(ByteBuffer.allocate(1)) >= 0) {
				peer.write(ByteBuffer.wrap(new byte[] { next }));
				return true;
			}
		}
		catch (IOException ex) {
			// Reset
		}
		Peer.close(peer);
		return false;
	}

	private static SocketChannel connect(InetSocketAddress address) throws IOException {
		SocketChannel channel = SocketChannel.open(address);
		channel.configureBlocking(false);
		return channel;
	}

	private static double measure(InetSocketAddress address, Duration time) throws IOException {
		return Drill.percentile99(ask(address, time));
	}

	/**
	 * Ask as a proxy should, for some time.
	 * @return how long each answer took, in nanoseconds
	 */
	private static List<Long> ask(InetSocketAddress address, Duration time) throws IOException {
		List<Long> times = new ArrayList<>();
		long end = System.nanoTime() + time.toNanos();
		for (long begin = System.nanoTime(); begin - end < 0; begin = System.nanoTime()) {
			try (Socket client = new Socket(address.getAddress(), address.getPort())) {
				client.setSoTimeout((int) TimeUnit.SECONDS.toMillis(10));
				client.getOutputStream().write(HEADER);
				client.getOutputStream().write('x');
				assertThat(client.getInputStream().read()).isEqualTo('x');
				client.setSoLinger(true, 0);
			}
			times.add(System.nanoTime() - begin);
		}
		return times;
	}

	private static byte[] ascii(String text) {
		return text.getBytes(StandardCharsets.US_ASCII);
	}

}
