package dev.socketfactory.autoconfigure;

import java.util.function.Predicate;

import dev.socketfactory.SocketSpec;
import dev.socketfactory.engine.ManagedSocketFactory;
import dev.socketfactory.event.SocketEventListenerFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ConfigurableApplicationContext;

/**
 * Decides whether the application needs a listener that cannot be opened: as the
 * configuration says, else if nobody would learn of the failure.
 */
class StartRequirement implements Predicate<ManagedSocketFactory> {

	private final @Nullable Boolean failFast;

	private final SocketEventListenerFactory listeners;

	private final ConfigurableApplicationContext context;

	StartRequirement(@Nullable Boolean failFast, SocketEventListenerFactory listeners,
			ConfigurableApplicationContext context) {
		this.failFast = failFast;
		this.listeners = listeners;
		this.context = context;
	}

	@Override
	public boolean test(ManagedSocketFactory listener) {
		SocketSpec spec = listener.getSpec();
		Boolean decided = (spec.getFailFast() != null) ? spec.getFailFast() : this.failFast;
		if (decided != null) {
			return decided;
		}
		return spec.getRetry().maxRetries() == 0
				&& !this.listeners.isFailureHandled(this.context, spec.getName(), spec.getFailureEvent());
	}

}
