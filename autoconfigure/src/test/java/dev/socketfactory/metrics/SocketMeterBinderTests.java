package dev.socketfactory.metrics;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.PauseReason;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketSpecBuilder;
import dev.socketfactory.SocketState;
import dev.socketfactory.SocketType;
import dev.socketfactory.engine.DefaultSocketFactories;
import dev.socketfactory.engine.EngineSettings;
import dev.socketfactory.event.SocketSuccessEvent;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.search.Search;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SocketMeterBinder}, {@link SocketFactoryMeters} and
 * {@link SocketMeter}.
 */
class SocketMeterBinderTests {

	private static final InetSocketAddress FREE_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

	private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

	private final Queue<SocketChannel> channels = new ConcurrentLinkedQueue<>();

	private volatile boolean handlerFails;

	private final DefaultSocketFactories factories = new DefaultSocketFactories(this::publish,
			new EngineSettings(Runnable::run, Integer.MAX_VALUE, DispatchMode.EXECUTOR, (name, address) -> {
			}), Collections.emptyList(),
			List.of(SocketSpec.listener("rot13")
				.bind(FREE_PORT)
				.listenQueue(16)
				.unclaimedTimeout(Duration.ofSeconds(1))
				.build()));

	@BeforeEach
	void bind() {
		new SocketMeterBinder(this.factories).bindTo(this.registry);
		this.factories.start();
	}

	@AfterEach
	void close() throws IOException {
		for (SocketChannel channel : this.channels) {
			channel.close();
		}
		this.factories.close();
	}

	@Test
	void listenerHasItsMetersFromTheStart() {
		assertThat(namesOf("rot13")).containsExactly("socket.factory.accepts", "socket.factory.connections.active",
				"socket.factory.failures", "socket.factory.handler.errors", "socket.factory.handler.time",
				"socket.factory.listen.queue.depth", "socket.factory.listen.queue.limit", "socket.factory.paused",
				"socket.factory.unclaimed");
		assertThat(tagValues("rot13", "reason")).containsExactly("BACKOFF", "DESCRIPTORS", "DISPATCH",
				"MAX_CONNECTIONS", "NOT_READY", "STOPPING", "USER");
		assertThat(value("rot13", SocketMeter.LISTEN_QUEUE_LIMIT)).isEqualTo(16);
		assertThat(value("rot13", SocketMeter.LISTEN_QUEUE_DEPTH)).isZero();
		assertThat(value("rot13", SocketMeter.ACCEPTS)).isZero();
	}

	@Test
	void everyMeterExistsWithTypeDescriptionUnitAndTags() throws Exception {
		open(SocketSpec.listener("log").type(SocketType.SOCK_DGRAM).bind(FREE_PORT));
		open(SocketSpec.client("upstream").remote(addressOf("rot13")));
		SocketFactoryMeters listener = new SocketFactoryMeters(this.factories.find("rot13"), this.registry);
		listener.refused("first-byte");
		listener.ended("reset");
		listener.handshaken(1);
		for (SocketMeter meter : SocketMeter.values()) {
			List<Meter> meters = List.copyOf(this.registry.find(meter.getName()).meters());
			assertThat(meters).as(meter.getName()).isNotEmpty().allSatisfy((found) -> {
				assertThat(found.getId().getDescription()).isEqualTo(meter.getDescription()).isNotBlank();
				assertThat(found.getId().getType()).isEqualTo(meter.getType());
				if (meter.getType() != Meter.Type.TIMER) {
					assertThat(found.getId().getBaseUnit()).isEqualTo(meter.getUnit());
				}
				assertThat(found.getId().getTags()).extracting(Tag::getKey).containsExactlyInAnyOrder(tagsOf(meter));
			});
		}
		assertThat(this.registry.getMeters()).extracting((meter) -> meter.getId().getName())
			.isSubsetOf(Arrays.stream(SocketMeter.values()).map(SocketMeter::getName).toList());
		assertThat(namesOf("log")).doesNotContain("socket.factory.accepts", "socket.factory.listen.queue.depth");
		assertThat(namesOf("upstream")).doesNotContain("socket.factory.accepts", "socket.factory.paused");
		assertThat(namesOf("rot13")).doesNotContain("socket.factory.connects");
	}

	@Test
	void acceptsActiveAndHandlerTimeMove() throws Exception {
		connect("rot13");
		await(() -> assertThat(value("rot13", SocketMeter.ACCEPTS)).isOne());
		assertThat(value("rot13", SocketMeter.CONNECTIONS_ACTIVE)).isOne();
		await(() -> assertThat(this.registry.get("socket.factory.handler.time").tag("factory", "rot13").timer().count())
			.isOne());
		await(() -> assertThat(value("rot13", SocketMeter.UNCLAIMED)).isOne());
		await(() -> assertThat(value("rot13", SocketMeter.CONNECTIONS_ACTIVE)).isZero());
	}

	@Test
	void handlerErrorsMove() throws Exception {
		this.handlerFails = true;
		connect("rot13");
		await(() -> assertThat(value("rot13", SocketMeter.HANDLER_ERRORS)).isOne());
		assertThat(value("rot13", SocketMeter.UNCLAIMED)).isZero();
	}

	@Test
	void connectsAndConnectTimeMove() throws Exception {
		SocketFactory upstream = open(SocketSpec.client("upstream").remote(addressOf("rot13")));
		await(() -> assertThat(upstream.getState()).isEqualTo(SocketState.CONNECTED));
		await(() -> assertThat(value("upstream", SocketMeter.CONNECTS)).isOne());
		assertThat(this.registry.get("socket.factory.connect.time").tag("factory", "upstream").timer().count()).isOne();
		assertThat(this.registry.find("socket.factory.connect.time").tag("factory", "rot13").timer()).isNull();
	}

	@Test
	void failuresAreCountedByOperationAndErrno() throws Exception {
		SocketFactory taken = open(SocketSpec.listener("taken").bind(addressOf("rot13")));
		assertThat(taken.getState()).isEqualTo(SocketState.FAILED);
		taken.start();
		assertThat(failures("taken", "bind", "EADDRINUSE")).isEqualTo(2);
		SocketFactory upstream;
		try (ServerSocketChannel nobody = ServerSocketChannel.open().bind(FREE_PORT)) {
			InetSocketAddress address = (InetSocketAddress) nobody.getLocalAddress();
			nobody.close();
			upstream = open(SocketSpec.client("upstream").remote(address));
		}
		await(() -> assertThat(upstream.getState()).isEqualTo(SocketState.FAILED));
		assertThat(failures("upstream", "connect", "ECONNREFUSED")).isOne();
		assertThat(tagValues("rot13", "errno")).containsExactly("EMFILE", "ENFILE", "ENOBUFS", "ENOMEM");
	}

	@Test
	void pausedIsOneForEveryReasonThatHolds() {
		SocketFactory factory = this.factories.get("rot13");
		PauseReason own = PauseReason.of("not-leader");
		factory.pauseAccept(own);
		factory.pauseAccept();
		assertThat(paused("not-leader")).isOne();
		assertThat(paused("USER")).isOne();
		assertThat(paused("BACKOFF")).isZero();
		factory.resumeAccept(own);
		assertThat(paused("not-leader")).isZero();
		assertThat(paused("USER")).isOne();
	}

	@Test
	void reasonsBeyondTwentyShareAGauge() {
		SocketFactory factory = this.factories.get("rot13");
		for (int i = 0; i < 30; i++) {
			factory.pauseAccept(PauseReason.of("reason-" + i));
			factory.resumeAccept(PauseReason.of("reason-" + i));
		}
		assertThat(tagValues("rot13", "reason")).hasSize(21).contains("USER", "reason-0", "other");
		assertThat(paused("other")).isZero();
		factory.pauseAccept(PauseReason.of("reason-0"));
		assertThat(paused("other")).isZero();
		factory.pauseAccept(PauseReason.of("reason-29"));
		assertThat(paused("other")).isOne();
	}

	@Test
	void everyRegistryMeasures() throws Exception {
		SimpleMeterRegistry second = new SimpleMeterRegistry();
		new SocketMeterBinder(this.factories).bindTo(second);
		connect("rot13");
		for (MeterRegistry each : List.of(this.registry, second)) {
			await(() -> assertThat(each.get("socket.factory.handler.time").tag("factory", "rot13").timer().count())
				.isOne());
		}
		open(SocketSpec.listener("made").bind(FREE_PORT));
		this.factories.close("made");
		assertThat(second.find("socket.factory.accepts").tag("factory", "made").meters()).isEmpty();
		assertThat(second.find("socket.factory.accepts").tag("factory", "rot13").meters()).isNotEmpty();
	}

	@Test
	void whenARegistryRefusesThenTheFactoryIsOpenedAllTheSame() {
		SimpleMeterRegistry refusing = new SimpleMeterRegistry();
		refusing.config().meterFilter(new MeterFilter() {

			@Override
			public Meter.Id map(Meter.Id id) {
				throw new IllegalArgumentException("on purpose");
			}

		});
		new SocketMeterBinder(this.factories).bindTo(refusing);
		assertThat(open(SocketSpec.listener("made").bind(FREE_PORT)).getState()).isEqualTo(SocketState.LISTENING);
		assertThat(value("made", SocketMeter.ACCEPTS)).isZero();
	}

	@Test
	void depthIsWhatWaits() throws Exception {
		this.factories.get("rot13").pauseAccept();
		connect("rot13");
		connect("rot13");
		await(() -> assertThat(value("rot13", SocketMeter.LISTEN_QUEUE_DEPTH)).isEqualTo(2));
		this.factories.get("rot13").stop();
		assertThat(value("rot13", SocketMeter.LISTEN_QUEUE_DEPTH)).isNaN();
	}

	@Test
	void noTagHasAnAddress() throws Exception {
		connect("rot13");
		open(SocketSpec.listener("taken").bind(addressOf("rot13")));
		assertThat(this.registry.getMeters()).flatMap((meter) -> meter.getId().getTags())
			.extracting(Tag::getValue)
			.noneMatch((value) -> value.contains("127.0.0.1")
					|| value.contains(String.valueOf(addressOf("rot13").getPort())));
	}

	@Test
	void whenClosedThenMetersAreRemovedForGood() throws Exception {
		SocketFactory made = open(SocketSpec.listener("made").bind(FREE_PORT));
		made.pauseAccept(PauseReason.of("maintenance"));
		assertThat(namesOf("made")).isNotEmpty();
		this.factories.close("made");
		assertThat(namesOf("made")).isEmpty();
		made.pauseAccept(PauseReason.of("late"));
		assertThat(namesOf("made")).isEmpty();
		assertThat(namesOf("rot13")).isNotEmpty();
		SocketFactory again = open(SocketSpec.listener("made").bind(FREE_PORT));
		again.pauseAccept();
		assertThat(this.registry.get("socket.factory.paused").tags("factory", "made", "reason", "USER").gauge().value())
			.isOne();
	}

	private void publish(Object event) {
		if (event instanceof SocketSuccessEvent && this.handlerFails) {
			throw new IllegalStateException("on purpose");
		}
	}

	private SocketFactory open(SocketSpecBuilder spec) {
		return this.factories.open(spec.build());
	}

	private InetSocketAddress addressOf(String name) {
		return (InetSocketAddress) Objects.requireNonNull(this.factories.get(name).getLocalAddress());
	}

	private void connect(String name) throws IOException {
		this.channels.add(SocketChannel.open(addressOf(name)));
	}

	private double value(String factory, SocketMeter meter) {
		return this.registry.get(meter.getName())
			.tag("factory", factory)
			.meter()
			.measure()
			.iterator()
			.next()
			.getValue();
	}

	private double failures(String factory, String operation, String errno) {
		return this.registry.get("socket.factory.failures")
			.tags("factory", factory, "operation", operation, "errno", errno)
			.counter()
			.count();
	}

	private double paused(String reason) {
		return this.registry.get("socket.factory.paused").tags("factory", "rot13", "reason", reason).gauge().value();
	}

	private Set<String> namesOf(String factory) {
		Set<String> names = new TreeSet<>();
		Search.in(this.registry)
			.tag("factory", factory)
			.meters()
			.forEach((meter) -> names.add(meter.getId().getName()));
		return names;
	}

	private Set<String> tagValues(String factory, String key) {
		Set<String> values = new TreeSet<>();
		Search.in(this.registry).tag("factory", factory).meters().forEach((meter) -> {
			@Nullable String value = meter.getId().getTag(key);
			if (value != null) {
				values.add(value);
			}
		});
		return values;
	}

	private static String[] tagsOf(SocketMeter meter) {
		return switch (meter) {
			case FAILURES -> new String[] { "factory", "operation", "errno" };
			case PAUSED, REFUSED -> new String[] { "factory", "reason" };
			case CONNECTIONS_ENDED -> new String[] { "factory", "cause" };
			default -> new String[] { "factory" };
		};
	}

	private static void await(ThrowingRunnable assertion) {
		Awaitility.await().pollInterval(Duration.ofMillis(5)).untilAsserted(assertion);
	}

}
