package dev.socketfactory.engine;

import dev.socketfactory.SocketEventType;
import dev.socketfactory.SocketSpec;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * The names that the events of a factory carry; {@code null} if there are no such events.
 */
final class EventNames {

	private volatile @Nullable String success;

	private volatile @Nullable String failure;

	EventNames(SocketSpec spec) {
		this.success = spec.getSuccessEvent();
		this.failure = spec.getFailureEvent();
	}

	@Nullable String getSuccess() {
		return this.success;
	}

	@Nullable String getFailure() {
		return this.failure;
	}

	void set(SocketEventType type, @Nullable String name) {
		Assert.notNull(type, "'type' must not be null");
		Assert.isTrue(name == null || !name.isBlank(), "'name' must be null or not blank");
		if (type == SocketEventType.SUCCESS) {
			this.success = name;
		}
		else {
			this.failure = name;
		}
	}

}
