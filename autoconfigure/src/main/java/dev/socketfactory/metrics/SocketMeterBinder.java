package dev.socketfactory.metrics;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.socketfactory.engine.DefaultSocketFactories;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * {@link MeterBinder} for all factories, those that are opened later included.
 *
 * @since 0.1.0
 */
public class SocketMeterBinder implements MeterBinder {

	private final DefaultSocketFactories factories;

	/**
	 * Create a binder.
	 * @param factories the factories of the application
	 */
	public SocketMeterBinder(DefaultSocketFactories factories) {
		this.factories = factories;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		Map<Long, SocketFactoryMeters> bound = new ConcurrentHashMap<>();
		this.factories.addListener((factory) -> {
			SocketFactoryMeters meters = new SocketFactoryMeters(factory, registry);
			bound.put(factory.getId(), meters);
			factory.addMeters(meters);
		}, (factory) -> {
			SocketFactoryMeters meters = bound.remove(factory.getId());
			if (meters != null) {
				factory.removeMeters(meters);
				meters.remove();
			}
		});
	}

}
