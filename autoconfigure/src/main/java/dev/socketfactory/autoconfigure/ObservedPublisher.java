package dev.socketfactory.autoconfigure;

import java.io.IOException;
import java.net.InetSocketAddress;

import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketFailureException;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketType;
import dev.socketfactory.engine.ManagedSocketFactory;
import dev.socketfactory.event.SocketSuccessEvent;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEventPublisher;

/**
 * Puts an observation around the handlers of every success event. Its names of addresses
 * are those of OpenTelemetry's conventions.
 */
class ObservedPublisher implements ApplicationEventPublisher {

	private static final String NAME = "socket.factory.connection";

	private final ApplicationEventPublisher publisher;

	private final ObservationRegistry registry;

	ObservedPublisher(ApplicationEventPublisher publisher, ObservationRegistry registry) {
		this.publisher = publisher;
		this.registry = registry;
	}

	/**
	 * Create a publisher for an application.
	 * @throws InvalidConfigurationPropertyValueException if it has nothing that observes
	 */
	static ObservedPublisher of(ApplicationContext context) {
		ObservationRegistry registry = context.getBeanProvider(ObservationRegistry.class).getIfUnique();
		if (registry == null) {
			throw new InvalidConfigurationPropertyValueException(
					SocketFactoryProperties.PREFIX + ".observation.enabled", true,
					"There is no ObservationRegistry. Add the dependency org.springframework.boot:spring-boot-starter-actuator, or leave it out.");
		}
		return new ObservedPublisher(context, registry);
	}

	@Override
	public void publishEvent(Object event) {
		if (event instanceof SocketSuccessEvent success) {
			publish(success);
		}
		else {
			this.publisher.publishEvent(event);
		}
	}

	private void publish(SocketSuccessEvent event) {
		Observation observation = start(event);
		try (Observation.Scope scope = observation.openScope()) {
			this.publisher.publishEvent((Object) event);
			observation.lowCardinalityKeyValue("outcome", "SUCCESS");
		}
		catch (Throwable ex) {
			if (isEnd(ex)) {
				observation.lowCardinalityKeyValue("outcome", "ENDED");
			}
			else {
				observation.lowCardinalityKeyValue("outcome", "ERROR").error(ex);
			}
			throw ex;
		}
		finally {
			observation.stop();
		}
	}

	private Observation start(SocketSuccessEvent event) {
		Observation observation = Observation.createNotStarted(NAME, this.registry)
			.contextualName("socket " + event.getFactoryName())
			.lowCardinalityKeyValue("factory", event.getFactoryName())
			.lowCardinalityKeyValue("network.transport",
					transportOf(((ManagedSocketFactory) event.getSource()).getSpec()));
		if (event.getRemoteAddress() instanceof InetSocketAddress peer) {
			observation.highCardinalityKeyValue("network.peer.address", peer.getHostString())
				.highCardinalityKeyValue("network.peer.port", String.valueOf(peer.getPort()));
		}
		else if (event.getRemoteAddress() != null) {
			observation.highCardinalityKeyValue("network.peer.address", event.getRemoteAddress().toString());
		}
		return observation.start();
	}

	private static String transportOf(SocketSpec spec) {
		if (spec.getDomain() == SocketDomain.AF_UNIX) {
			return "unix";
		}
		return (spec.getType() == SocketType.SOCK_STREAM) ? "tcp" : "udp";
	}

	/**
	 * Return whether a handler has only found that its connection is over.
	 */
	private static boolean isEnd(@Nullable Throwable failure) {
		if (failure == null || failure instanceof SocketFailureException) {
			return false;
		}
		return failure instanceof IOException || isEnd(failure.getCause());
	}

}
