package dev.socketfactory.engine;

import java.time.Duration;
import java.time.Instant;

import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketFailure;
import dev.socketfactory.engine.delivery.EventNames;
import dev.socketfactory.engine.meter.LogThrottle;
import dev.socketfactory.engine.socket.SubjectException;
import dev.socketfactory.errno.Errno;
import dev.socketfactory.errno.ErrnoTable;
import dev.socketfactory.event.SocketFailureEvent;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

/**
 * Makes, logs, publishes and remembers the failures of one factory.
 */
final class FactoryFailures {

	private static final Log logger = LogFactory.getLog(SocketFactory.class);

	private final ManagedSocketFactory factory;

	private final ErrnoTable errnos;

	private final EventNames names;

	private final OrderedPublisher publisher;

	private final LogThrottle throttle = LogThrottle.everySecond();

	private volatile @Nullable SocketFailure last;

	FactoryFailures(ManagedSocketFactory factory, ErrnoTable errnos, EventNames names, OrderedPublisher publisher) {
		this.factory = factory;
		this.errnos = errnos;
		this.names = names;
		this.publisher = publisher;
	}

	@Nullable SocketFailure getLast() {
		return this.last;
	}

	Errno errnoOf(Throwable cause) {
		return this.errnos.of(cause);
	}

	String textOf(Throwable cause) {
		return textOf(errnoOf(cause), cause);
	}

	SocketFailure make(AttemptFailure cause, @Nullable Duration retryIn) {
		Errno errno = (cause.errnoName() != null) ? this.errnos.named(cause.errnoName()) : errnoOf(cause.cause());
		String text = (cause.text() != null) ? cause.text() : textOf(errno, cause.cause());
		return new SocketFailure(cause.operation(), errno.number(), errno.name(),
				"%s: %s".formatted(cause.endpoint(), text), cause.cause(), Instant.now(), retryIn);
	}

	/**
	 * Remember a failure as the last one, before the state says that there is one.
	 * @param failure the failure
	 */
	void remember(SocketFailure failure) {
		this.last = failure;
	}

	/**
	 * Tell of a failure that ended an attempt.
	 * @param failure the failure, which is remembered
	 */
	void publish(SocketFailure failure) {
		log(failure, 0);
		publishEvent(failure);
	}

	/**
	 * Tell of a failure of an open socket, which may have many of them: a line a second
	 * at most is logged.
	 * @param failure the failure
	 */
	void publishThrottled(SocketFailure failure) {
		remember(failure);
		long heldBack = this.throttle.tryPass();
		if (heldBack >= 0) {
			log(failure, heldBack);
		}
		publishEvent(failure);
	}

	private void publishEvent(SocketFailure failure) {
		String name = this.names.getFailure();
		if (name != null) {
			this.publisher.publish(new SocketFailureEvent(this.factory, name, failure));
		}
	}

	private void log(SocketFailure failure, long heldBack) {
		StringBuilder line = new StringBuilder("%s '%s': %s failed: %s".formatted(this.factory.getSpec().getKind(),
				this.factory.getName(), failure.operation(), failure.describe()));
		if (failure.retryIn() != null) {
			line.append(", next try in ")
				.append(DurationFormatterUtils.print(failure.retryIn(), DurationFormat.Style.COMPOSITE));
		}
		if (heldBack > 0) {
			line.append(", and %d more since the last line".formatted(heldBack));
		}
		logger.warn(line);
	}

	private static String textOf(Errno errno, Throwable cause) {
		if (errno != Errno.UNKNOWN) {
			return (cause instanceof SubjectException ex) ? ex.getSubject() + ": " + errno.text() : errno.text();
		}
		return (cause.getMessage() != null) ? cause.getMessage() : cause.getClass().getSimpleName();
	}

}
