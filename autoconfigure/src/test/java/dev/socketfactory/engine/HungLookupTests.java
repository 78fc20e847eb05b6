package dev.socketfactory.engine;

import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketfactory.RetrySettings;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketState;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.LeakCheck;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for an outage of the name server, which hangs every lookup that is made.
 */
@ExtendWith(LeakCheck.class)
class HungLookupTests {

	/**
	 * More than there are threads for lookups.
	 */
	private static final int NAMED = 40;

	private static final int LOOKUP_THREADS = 16;

	private final CountDownLatch end = new CountDownLatch(1);

	private final AtomicInteger lookups = new AtomicInteger();

	private final ClientHarness harness = ClientHarness.hosts((host) -> lookUp(String.valueOf(host)));

	@AfterEach
	void close() {
		this.end.countDown();
		this.harness.close();
	}

	@Test
	void whenLookUpsHangThenOthersAreRetriedAndWhatHasTimedOutIsNotLookedUp() {
		for (int i = 0; i < NAMED; i++) {
			this.harness
				.start(SocketSpec.client("named-" + i).remote("host:80").connectTimeout(Duration.ofMillis(100)));
		}
		ClientSocketFactory literal = this.harness.start(SocketSpec.client("literal")
			.remote("127.0.0.1:1")
			.retry(new RetrySettings(-1, Duration.ofMillis(10), 1, Duration.ofMillis(10), Duration.ZERO)));
		Await.await().until(() -> literal.getStatus().failures().getOrDefault("connect", 0L) >= 5);
		Await.await().until(() -> countTimedOut() == NAMED);
		assertThat(this.lookups).hasValue(LOOKUP_THREADS);
		literal.stop();
		assertThat(literal.getState()).isEqualTo(SocketState.STOPPED);
		this.end.countDown();
		Await.during(100, () -> assertThat(this.lookups).hasValue(LOOKUP_THREADS));
	}

	private long countTimedOut() {
		return this.harness.getFailures()
			.stream()
			.filter((event) -> event.getFactoryName().startsWith("named"))
			.count();
	}

	private InetAddress[] lookUp(String host) {
		if (host.equals("127.0.0.1")) {
			return new InetAddress[] { InetAddress.getLoopbackAddress() };
		}
		this.lookups.incrementAndGet();
		try {
			this.end.await(30, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return new InetAddress[0];
	}

}
