package dev.socketfactory.metrics;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;

import dev.socketfactory.PauseReason;
import dev.socketfactory.SocketKind;
import dev.socketfactory.SocketType;
import dev.socketfactory.engine.FactoryMeters;
import dev.socketfactory.engine.ManagedSocketFactory;
import dev.socketfactory.engine.socket.ListenQueue;
import dev.socketfactory.engine.socket.ProcNet;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one factory. All that the path of a connection needs is looked up in the
 * registry beforehand, and so are the counters of the failures that come when descriptors
 * have run out, when nothing new can be made.
 */
final class SocketFactoryMeters implements FactoryMeters {

	private static final List<String> SHORTAGES = List.of("EMFILE", "ENFILE", "ENOBUFS", "ENOMEM");

	private static final List<PauseReason> REASONS = List.of(PauseReason.USER, PauseReason.MAX_CONNECTIONS,
			PauseReason.DISPATCH, PauseReason.BACKOFF, PauseReason.DESCRIPTORS, PauseReason.NOT_READY,
			PauseReason.STOPPING);

	/**
	 * Reasons with a gauge of their own: an application may have any number.
	 */
	private static final int MOST_REASONS = 20;

	private static final String OTHER_REASONS = "other";

	private final ManagedSocketFactory factory;

	private final MeterRegistry registry;

	private final Tags tags;

	private final ConcurrentLinkedQueue<Meter> meters = new ConcurrentLinkedQueue<>();

	private final Map<String, Counter> failures = new ConcurrentHashMap<>();

	private final Map<String, Counter> refusals = new ConcurrentHashMap<>();

	private final Map<String, Counter> ends = new ConcurrentHashMap<>();

	private final Map<PauseReason, Meter> reasons = new ConcurrentHashMap<>();

	private final Map<String, Meter> otherReasons = new ConcurrentHashMap<>();

	private final @Nullable Timer connectTime;

	private final Timer handlerTime;

	private volatile @Nullable Timer handshakeTime;

	SocketFactoryMeters(ManagedSocketFactory factory, MeterRegistry registry) {
		this.factory = factory;
		this.registry = registry;
		this.tags = Tags.of("factory", factory.getName());
		boolean client = factory.getSpec().getKind() == SocketKind.CLIENT;
		this.connectTime = client ? timer(SocketMeter.CONNECT_TIME) : null;
		this.handlerTime = timer(SocketMeter.HANDLER_TIME);
		if (client) {
			counter(SocketMeter.CONNECTS, (source) -> source.getConnections().total());
		}
		else if (factory.getSpec().getType() == SocketType.SOCK_STREAM) {
			bindListener();
		}
		counter(SocketMeter.UNCLAIMED, (source) -> source.getConnections().unclaimed());
		counter(SocketMeter.HANDLER_ERRORS, ManagedSocketFactory::getHandlerErrors);
		gauge(SocketMeter.CONNECTIONS_ACTIVE, (source) -> source.getConnections().active());
	}

	@Override
	public void handled(long nanos) {
		this.handlerTime.record(nanos, TimeUnit.NANOSECONDS);
	}

	@Override
	public void connected(long nanos) {
		if (this.connectTime != null) {
			this.connectTime.record(nanos, TimeUnit.NANOSECONDS);
		}
	}

	@Override
	public void failed(String operation, String errnoName) {
		this.failures.computeIfAbsent(operation + " " + errnoName, (key) -> failureCounter(operation, errnoName))
			.increment();
	}

	@Override
	public void refused(String reason) {
		this.refusals.computeIfAbsent(reason, (key) -> counter(SocketMeter.REFUSED, this.tags.and("reason", reason)))
			.increment();
	}

	@Override
	public void ended(String cause) {
		this.ends.computeIfAbsent(cause, (key) -> counter(SocketMeter.CONNECTIONS_ENDED, this.tags.and("cause", cause)))
			.increment();
	}

	@Override
	public void handshaken(long nanos) {
		Timer timer = this.handshakeTime;
		if (timer == null) {
			// A registry gives the same timer for the same name
			timer = timer(SocketMeter.HANDSHAKE_TIME);
			this.handshakeTime = timer;
		}
		timer.record(nanos, TimeUnit.NANOSECONDS);
	}

	@Override
	public void paused(PauseReason reason) {
		if (this.reasons.containsKey(reason)) {
			return;
		}
		if (this.reasons.size() < MOST_REASONS) {
			this.reasons.computeIfAbsent(reason, this::reasonGauge);
		}
		else {
			this.otherReasons.computeIfAbsent(OTHER_REASONS, this::otherReasonsGauge);
		}
	}

	void remove() {
		this.meters.forEach(this.registry::remove);
		this.failures.values().forEach(this.registry::remove);
		this.refusals.values().forEach(this.registry::remove);
		this.ends.values().forEach(this.registry::remove);
		this.reasons.values().forEach(this.registry::remove);
		this.otherReasons.values().forEach(this.registry::remove);
	}

	private void bindListener() {
		counter(SocketMeter.ACCEPTS, (source) -> source.getConnections().total());
		gauge(SocketMeter.LISTEN_QUEUE_DEPTH, (source) -> numberOf(source.getAcceptQueueDepth(ProcNet.recent())));
		gauge(SocketMeter.LISTEN_QUEUE_LIMIT, (source) -> limitOf(source.getStatus().listenQueue()));
		REASONS.forEach(this::paused);
		SHORTAGES.forEach((errno) -> this.failures.put("accept " + errno, failureCounter("accept", errno)));
	}

	private Timer timer(SocketMeter meter) {
		Timer timer = Timer.builder(meter.getName())
			.description(meter.getDescription())
			.tags(this.tags)
			.register(this.registry);
		this.meters.add(timer);
		return timer;
	}

	private void counter(SocketMeter meter, ToDoubleFunction<ManagedSocketFactory> value) {
		this.meters.add(FunctionCounter.builder(meter.getName(), this.factory, value)
			.description(meter.getDescription())
			.baseUnit(meter.getUnit())
			.tags(this.tags)
			.register(this.registry));
	}

	private void gauge(SocketMeter meter, ToDoubleFunction<ManagedSocketFactory> value) {
		this.meters.add(Gauge.builder(meter.getName(), this.factory, value)
			.description(meter.getDescription())
			.baseUnit(meter.getUnit())
			.tags(this.tags)
			.register(this.registry));
	}

	private static double numberOf(@Nullable Integer number) {
		return (number != null) ? number : Double.NaN;
	}

	private static double limitOf(@Nullable ListenQueue queue) {
		return (queue != null) ? queue.effective() : Double.NaN;
	}

	private Counter failureCounter(String operation, String errnoName) {
		return counter(SocketMeter.FAILURES,
				this.tags.and("operation", operation, "errno", errnoName.isEmpty() ? "unknown" : errnoName));
	}

	private Counter counter(SocketMeter meter, Tags tags) {
		return Counter.builder(meter.getName())
			.description(meter.getDescription())
			.baseUnit(meter.getUnit())
			.tags(tags)
			.register(this.registry);
	}

	private Meter reasonGauge(PauseReason reason) {
		return pausedGauge(reason.getName(), (source) -> source.getPauseReasons().contains(reason));
	}

	private Meter otherReasonsGauge(String name) {
		return pausedGauge(name, (source) -> !this.reasons.keySet().containsAll(source.getPauseReasons()));
	}

	private Meter pausedGauge(String reason, Predicate<ManagedSocketFactory> paused) {
		return Gauge.builder(SocketMeter.PAUSED.getName(), this.factory, (source) -> paused.test(source) ? 1 : 0)
			.description(SocketMeter.PAUSED.getDescription())
			.tags(this.tags.and("reason", reason))
			.register(this.registry);
	}

}
