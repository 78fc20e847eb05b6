package dev.socketfactory.autoconfigure;

import dev.socketfactory.engine.DefaultSocketFactories;

import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationListener;

/**
 * Lets listeners follow the readiness of the application.
 */
class ReadinessFollower implements ApplicationListener<AvailabilityChangeEvent<ReadinessState>> {

	private final DefaultSocketFactories factories;

	ReadinessFollower(DefaultSocketFactories factories) {
		this.factories = factories;
	}

	@Override
	public void onApplicationEvent(AvailabilityChangeEvent<ReadinessState> event) {
		this.factories.setReady(event.getState() == ReadinessState.ACCEPTING_TRAFFIC);
	}

}
