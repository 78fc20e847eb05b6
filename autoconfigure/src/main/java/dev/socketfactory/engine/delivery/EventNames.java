package dev.socketfactory.engine.delivery;

import dev.socketfactory.SocketEventType;
import dev.socketfactory.SocketSpec;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * The names that the events of a factory carry; {@code null} if there are no such events.
 *
 * @since 0.1.0
 */
public final class EventNames {

	private volatile @Nullable String success;

	private volatile @Nullable String failure;

	public EventNames(SocketSpec spec) {
		this.success = spec.getSuccessEvent();
		this.failure = spec.getFailureEvent();
	}

	@Nullable String getSuccess() {
		return this.success;
	}

	/**
	 * Return the name of failure events.
	 * @return the name, {@code null} if there are to be none
	 */
	public @Nullable String getFailure() {
		return this.failure;
	}

	/**
	 * Change a name.
	 * @param type which one
	 * @param name the name, {@code null} for no such events
	 */
	public void set(SocketEventType type, @Nullable String name) {
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
