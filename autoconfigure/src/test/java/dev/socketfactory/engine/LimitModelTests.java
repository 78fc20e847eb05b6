package dev.socketfactory.engine;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.PauseReason;
import dev.socketfactory.PerSourceSettings;
import dev.socketfactory.SocketState;
import dev.socketfactory.engine.admission.SourceLimit;
import dev.socketfactory.engine.socket.ProcNet;
import dev.socketfactory.testing.Await;
import dev.socketfactory.testing.LeakCheck;
import dev.socketfactory.testing.Peer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests the limits, of all connections and of each source, with random steps against a
 * model. The listener is a real one; only what accept(2) returns is scripted, because
 * real clients would take minutes.
 */
@ExtendWith({ LeakCheck.class, OutputCaptureExtension.class })
class LimitModelTests {

	private static final int STEPS = 100_000;

	private static final int STEPS_PER_CHECK = 500;

	private static final int MOST = 48;

	private static final int CALLS_PER_LINGER = 32;

	private static final long LINGER_NANOS = 20_000;

	private static final int SOURCES = 5;

	private static final int MOST_OF_SOURCE = 20;

	private final Queue<SocketChannel> waiting = new ConcurrentLinkedQueue<>();

	private final Queue<SocketChannel> open = new ConcurrentLinkedQueue<>();

	private final Queue<SocketChannel> claimed = new ConcurrentLinkedQueue<>();

	private final Queue<String> violations = new ConcurrentLinkedQueue<>();

	private final AtomicInteger accepted = new AtomicInteger();

	/**
	 * The largest number that may be open at this moment.
	 */
	private volatile int allowed = Integer.MAX_VALUE;

	private volatile boolean paused;

	private volatile @Nullable String nextError;

	private @Nullable Integer max;

	private @Nullable Integer low;

	private int opened;

	/**
	 * The largest number of each source that was allowed since the latest accept. Guarded
	 * by this object, like the one that is allowed at this moment.
	 */
	private int peakOfSource = MOST_OF_SOURCE;

	private int allowedOfSource = MOST_OF_SOURCE;

	/**
	 * Used by the event loop only, like the latest connection.
	 */
	private int calls;

	private @Nullable Client latest;

	@ParameterizedTest
	@CsvSource({ "INLINE, 1", "EXECUTOR, 2", "EXECUTOR, 20261123" })
	@Timeout(60)
	void limitIsExactWhateverHappens(DispatchMode mode, long seed, CapturedOutput output) throws Exception {
		Random random = new Random(seed);
		try (SocketFactoryHarness harness = (mode == DispatchMode.INLINE) ? SocketFactoryHarness.inline()
				: SocketFactoryHarness.executor(3)) {
			harness.handle((event) -> {
				SocketChannel channel = event.claimChannel();
				if (channel.hashCode() % 7 == 0) {
					close(channel);
				}
				else {
					this.claimed.add(channel);
				}
			});
			ManagedSocketFactory factory = harness
				.listen(SocketFactoryHarness.loopback().perSource(PerSourceSettings.of(MOST_OF_SOURCE)));
			ScriptedServer.install(factory, this::accept);
			// Waits for ever, so that the loop is always told of a client
			harness.connect(factory);
			for (int i = 1; i <= STEPS && this.violations.isEmpty(); i++) {
				step(factory, random);
				if (i % STEPS_PER_CHECK == 0) {
					Await.await().untilAsserted(() -> assertNothingWaitsInVain(factory));
				}
			}
			assertThat(this.violations).isEmpty();
			finish(factory);
			System.out.printf("%s, seed %d: %d steps, %d of %d connections accepted, %s of them refused%n", mode, seed,
					STEPS, this.accepted.get(), this.opened, factory.getRefused());
		}
		assertThat(output.getOut()).doesNotContain("ERROR");
		assertThat(this.accepted.get()).isEqualTo(this.opened).isGreaterThan(STEPS / 20);
	}

	private void step(ManagedSocketFactory factory, Random random) throws IOException {
		int kind = random.nextInt(1000);
		if (kind < 400) {
			if (this.waiting.size() < MOST) {
				this.waiting.add(new Client(SocketChannel.open(), random.nextInt(SOURCES)));
				this.opened++;
			}
		}
		else if (kind < 800) {
			SocketChannel channel = this.claimed.poll();
			if (channel != null) {
				channel.close();
			}
		}
		else if (kind < 880) {
			factory.getSockets().removeClosed();
		}
		else if (kind < 920) {
			changeLimit(factory, random);
		}
		else if (kind < 950) {
			factory.pauseAccept();
			this.paused = true;
		}
		else if (kind < 990) {
			this.paused = false;
			factory.resumeAccept();
		}
		else if (kind < 992) {
			this.nextError = "Too many open files";
		}
		else if (kind < 995) {
			this.nextError = "Protocol error";
		}
		else if (kind < 997) {
			changeLimitOfSource(factory, 1 + random.nextInt(MOST_OF_SOURCE));
		}
		else {
			Thread.yield();
		}
	}

	private void changeLimitOfSource(ManagedSocketFactory factory, int changed) {
		synchronized (this) {
			this.allowedOfSource = Math.max(this.allowedOfSource, changed);
			this.peakOfSource = Math.max(this.peakOfSource, changed);
		}
		factory.setPerSource(PerSourceSettings.of(changed));
		synchronized (this) {
			this.allowedOfSource = changed;
		}
	}

	private void changeLimit(ManagedSocketFactory factory, Random random) {
		Integer newMax = (random.nextInt(10) == 0) ? null : random.nextInt(MOST);
		Integer newLow = this.low;
		boolean fits = newMax != null && newLow != null && newLow < newMax;
		switch (random.nextInt(3)) {
			case 0 -> {
				newLow = fits ? newLow : null;
				allow(this.max, newMax);
				factory.setMaxConnections(newMax);
			}
			case 1 -> {
				newMax = this.max;
				newLow = (newMax != null && newMax > 0) ? random.nextInt(newMax) : null;
				factory.setLowWater(newLow);
			}
			default -> {
				newLow = (newMax != null && newMax > 0) ? random.nextInt(newMax) : null;
				allow(this.max, newMax);
				factory.setLimit(newMax, newLow);
			}
		}
		this.allowed = orAny(newMax);
		this.max = newMax;
		this.low = newLow;
		assertThat(factory.getStatus().limit()).isEqualTo(new SocketFactoryStatus.Limit(newMax, newLow));
	}

	/**
	 * Until the call that changes the limit has returned both limits are right.
	 */
	private void allow(@Nullable Integer one, @Nullable Integer other) {
		this.allowed = Math.max(orAny(one), orAny(other));
	}

	private static int orAny(@Nullable Integer limit) {
		return (limit != null) ? limit : Integer.MAX_VALUE;
	}

	/**
	 * Called by the event loop in place of accept(2).
	 */
	private @Nullable SocketChannel accept(ServerSocketChannel server) throws IOException {
		checkLatest();
		checkNotPaused();
		linger();
		checkNotPaused();
		String error = this.nextError;
		if (error != null) {
			this.nextError = null;
			throw new IOException(error);
		}
		SocketChannel channel = this.waiting.poll();
		if (channel == null) {
			return null;
		}
		this.open.removeIf((other) -> !other.isOpen());
		if (this.open.size() + 1 > this.allowed) {
			this.violations.add("%d are open, %d are allowed".formatted(this.open.size() + 1, this.allowed));
		}
		this.open.add(channel);
		this.latest = (Client) channel;
		this.accepted.incrementAndGet();
		return channel;
	}

	/**
	 * Find out whether the connection before this one was let in although its source had
	 * as many as it may: one that is refused is closed at once.
	 */
	private synchronized void checkLatest() {
		Client before = this.latest;
		if (before != null && before.isOpen()) {
			long ofSource = this.open.stream()
				.filter((channel) -> channel.isOpen() && ((Client) channel).source == before.source)
				.count();
			if (ofSource > this.peakOfSource && before.isOpen()) {
				this.violations.add("%d of one source are open, %d are allowed".formatted(ofSource, this.peakOfSource));
			}
		}
		this.latest = null;
		this.peakOfSource = this.allowedOfSource;
	}

	private void checkNotPaused() {
		if (this.paused) {
			this.violations.add("accept while paused");
		}
	}

	/**
	 * Let the other thread come in between now and then, as if this one had lost its
	 * processor after it looked for reasons not to accept.
	 */
	private void linger() {
		if (this.calls++ % CALLS_PER_LINGER == 0) {
			LockSupport.parkNanos(LINGER_NANOS);
		}
	}

	private void assertNothingWaitsInVain(ManagedSocketFactory factory) {
		long openNow = this.open.stream().filter(SocketChannel::isOpen).count();
		boolean full = this.max != null && openNow >= this.max;
		boolean aboveLowWater = this.low != null && openNow > this.low;
		assertThat(this.waiting.isEmpty() || this.paused || full || aboveLowWater)
			.as(() -> "%d wait, %d open, max %s, low %s, %s".formatted(this.waiting.size(), openNow, this.max, this.low,
					factory.getPauseReasons()))
			.isTrue();
		assertThat(factory.getPauseReasons().contains(PauseReason.USER)).isEqualTo(this.paused);
	}

	private void finish(ManagedSocketFactory factory) {
		this.paused = false;
		this.allowed = Integer.MAX_VALUE;
		factory.resumeAccept();
		factory.setLimit(null, null);
		Await.await().untilAsserted(() -> assertThat(this.waiting).isEmpty());
		Await.await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> {
			this.claimed.forEach(LimitModelTests::close);
			assertThat(factory.getPauseReasons()).isEmpty();
			assertThat(factory.getStatus().connections().active()).isZero();
		});
		assertThat(factory.getState()).isEqualTo(SocketState.LISTENING);
		long refused = factory.getRefused().getOrDefault("source-limit", 0L);
		assertThat(refused).isPositive();
		assertThat(factory.getStatus().connections().total()).isEqualTo(this.accepted.get() - refused);
		SourceLimit sources = Objects.requireNonNull(((ListenerSocketFactory) factory).getRules().sources());
		assertThat((Map<?, ?>) ReflectionTestUtils.getField(sources, "sources")).isEmpty();
		assertThat(factory.getAcceptQueueDepth(new ProcNet())).isEqualTo(1);
		assertThat(this.open).noneMatch(SocketChannel::isOpen);
	}

	private static void close(SocketChannel channel) {
		Peer.close(channel);
	}

	/**
	 * A connection of one of a few sources.
	 */
	private static final class Client extends UndecodableChannel {

		private final int source;

		private Client(SocketChannel channel, int source) {
			super(channel);
			this.source = source;
		}

		@Override
		public SocketAddress getRemoteAddress() {
			return new InetSocketAddress("10.0.0." + this.source, 1);
		}

	}

}
