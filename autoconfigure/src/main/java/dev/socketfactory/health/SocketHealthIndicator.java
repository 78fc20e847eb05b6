package dev.socketfactory.health;

import java.util.List;

import dev.socketfactory.SocketEndpoint;
import dev.socketfactory.SocketFailure;
import dev.socketfactory.SocketState;
import dev.socketfactory.engine.ManagedSocketFactory;
import dev.socketfactory.engine.SocketFactoryStatus;

import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * {@link HealthIndicator} for one factory: down if it has failed.
 */
class SocketHealthIndicator extends AbstractHealthIndicator {

	private final ManagedSocketFactory factory;

	private final Status pausedStatus;

	SocketHealthIndicator(ManagedSocketFactory factory, Status pausedStatus) {
		super("The state of a socket factory cannot be told");
		this.factory = factory;
		this.pausedStatus = pausedStatus;
	}

	@Override
	protected void doHealthCheck(Health.Builder builder) {
		SocketFactoryStatus status = this.factory.getStatus();
		builder.status(statusOf(status)).withDetail("state", status.state());
		if (status.localAddress() != null) {
			builder.withDetail("localAddress", SocketEndpoint.of(status.localAddress()).toString());
		}
		if (!status.pauseReasons().isEmpty()) {
			List<String> reasons = status.pauseReasons().keySet().stream().map(Object::toString).toList();
			builder.withDetail("pauseReasons", reasons);
		}
		SocketFailure failure = status.lastFailure();
		if (status.state() == SocketState.FAILED && failure != null) {
			builder.withDetail("failure", failure.operation() + " " + failure.describe());
		}
	}

	private Status statusOf(SocketFactoryStatus status) {
		if (status.state() == SocketState.FAILED) {
			return Status.DOWN;
		}
		return (status.state() == SocketState.LISTENING && !status.pauseReasons().isEmpty()) ? this.pausedStatus
				: Status.UP;
	}

}
