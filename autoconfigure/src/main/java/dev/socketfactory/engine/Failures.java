package dev.socketfactory.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;

import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketFailure;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.engine.socket.Errno;
import dev.socketfactory.engine.socket.ErrnoTable;
import dev.socketfactory.engine.socket.ProcNet;
import dev.socketfactory.engine.socket.SocketOperationException;
import dev.socketfactory.event.SocketFailureEvent;
import org.jspecify.annotations.Nullable;

import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

/**
 * Makes, logs, publishes and remembers the failures of one factory. Safe for use by any
 * thread.
 */
final class Failures {

	private static final int MOST_EVENTS = 10;

	private static final SafeLog logger = new SafeLog(SocketFactory.class);

	private final ManagedSocketFactory factory;

	private final ErrnoTable errnos;

	private final OrderedPublisher publisher;

	private final LogThrottle throttle = LogThrottle.everySecond();

	/**
	 * Events that peers have provoked since the last line was logged.
	 */
	private final AtomicInteger published = new AtomicInteger();

	private volatile @Nullable SocketFailure last;

	Failures(ManagedSocketFactory factory, Engine engine) {
		this.factory = factory;
		this.errnos = engine.getErrnos();
		this.publisher = engine.getOrderedPublisher();
	}

	@Nullable SocketFailure getLast() {
		return this.last;
	}

	SocketFailure make(SocketOperationException failure) {
		Throwable cause = (failure.getCause() != null) ? failure.getCause() : failure;
		Errno errno = (failure.getErrnoName() != null) ? this.errnos.named(failure.getErrnoName())
				: this.errnos.of(cause);
		String text = (failure.getText() != null) ? failure.getText() : textOf(errno, cause);
		return make(failure.getOperation(), failure.getEndpoint(), errno, text, cause);
	}

	SocketFailure make(String operation, String endpoint, Throwable cause) {
		Errno errno = this.errnos.of(cause);
		return make(operation, endpoint, errno, textOf(errno, cause), cause);
	}

	private static SocketFailure make(String operation, String endpoint, Errno errno, String text, Throwable cause) {
		return new SocketFailure(operation, errno.number(), errno.name(), endpoint + ": " + text, cause, Instant.now(),
				null);
	}

	/**
	 * Remember a failure as the last one, before the state says that there is one.
	 */
	void remember(SocketFailure failure) {
		this.last = failure;
	}

	/**
	 * Tell of a failure that ended a start, and is remembered.
	 */
	void publish(SocketFailure failure) {
		log(failure, 0);
		publishEvent(failure);
	}

	/**
	 * Tell of a failure of an open socket, which may have many of them: a line a second
	 * at most is logged.
	 */
	void publishThrottled(SocketFailure failure) {
		remember(failure);
		long heldBack = this.throttle.tryPass();
		if (heldBack >= 0) {
			log(failure, heldBack);
		}
		publishEvent(failure);
	}

	/**
	 * Tell of a failure that peers can provoke: a line a second is logged, and ten events
	 * a second are published at most.
	 */
	void publishLimited(SocketFailure failure) {
		this.factory.getCounters().failed(failure.operation(), failure.errnoName());
		remember(failure);
		long heldBack = this.throttle.tryPass();
		if (heldBack >= 0) {
			log(failure, heldBack);
			this.published.set(0);
		}
		if (this.published.getAndIncrement() < MOST_EVENTS) {
			publishEvent(failure);
		}
	}

	private void publishEvent(SocketFailure failure) {
		String name = this.factory.getFailureEventName();
		if (name != null) {
			this.publisher.publish(new SocketFailureEvent(this.factory, name, failure));
		}
	}

	private void log(SocketFailure failure, long heldBack) {
		StringBuilder line = new StringBuilder(
				"%s: %s failed: %s".formatted(this.factory, failure.operation(), failure.describe()));
		if (failure.retryIn() != null) {
			line.append(", next try in ")
				.append(DurationFormatterUtils.print(failure.retryIn(), DurationFormat.Style.COMPOSITE));
		}
		if (heldBack > 0) {
			line.append(", and %d more since the last line".formatted(heldBack));
		}
		logger.warn(line.toString());
	}

	/**
	 * Say who has the port that a socket was to be bound to.
	 */
	SocketFailure explain(SocketFailure failure, ProcNet.@Nullable PortHolder holder) {
		if (holder == null) {
			return failure;
		}
		return switch (holder) {
			case LISTENER -> explained(failure, "another listener holds the port");
			case CONNECTIONS -> explained(failure, "nothing listens on the port, but " + leftOver());
		};
	}

	private static SocketFailure explained(SocketFailure failure, String explanation) {
		return new SocketFailure(failure.operation(), failure.errno(), failure.errnoName(),
				failure.message() + "; " + explanation, failure.cause(), failure.time(), null);
	}

	private String leftOver() {
		SocketSpec spec = this.factory.getSpec();
		return "connections of an earlier %s %s".formatted(spec.getKind(), spec.isReuse()
				? "that had no 'reuse: on' hold it" : "hold it: 'reuse: on', there and here, would help");
	}

	static SocketFailure withRetry(SocketFailure failure, @Nullable Duration retryIn) {
		return new SocketFailure(failure.operation(), failure.errno(), failure.errnoName(), failure.message(),
				failure.cause(), failure.time(), retryIn);
	}

	private static String textOf(Errno errno, Throwable cause) {
		if (errno != Errno.UNKNOWN) {
			return errno.text();
		}
		return (cause.getMessage() != null) ? cause.getMessage() : cause.getClass().getSimpleName();
	}

}
