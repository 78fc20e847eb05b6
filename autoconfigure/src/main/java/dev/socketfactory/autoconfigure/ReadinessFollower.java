package dev.socketfactory.autoconfigure;

import dev.socketfactory.engine.DefaultSocketFactories;

import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.context.event.SmartApplicationListener;

/**
 * Follows the application on its way up: it has come up when it was ready once, or, where
 * no {@code SpringApplication} says so, when its context was refreshed. Lets listeners
 * follow its readiness.
 */
class ReadinessFollower implements SmartApplicationListener {

	private final DefaultSocketFactories factories;

	private final ApplicationContext context;

	private volatile boolean up;

	ReadinessFollower(DefaultSocketFactories factories, ApplicationContext context) {
		this.factories = factories;
		this.context = context;
	}

	boolean isUp() {
		return this.up;
	}

	@Override
	public boolean supportsEventType(Class<? extends ApplicationEvent> type) {
		return AvailabilityChangeEvent.class.isAssignableFrom(type)
				|| ContextRefreshedEvent.class.isAssignableFrom(type);
	}

	@Override
	public void onApplicationEvent(ApplicationEvent event) {
		if (event instanceof AvailabilityChangeEvent<?> change && change.getState() instanceof ReadinessState state) {
			boolean ready = state == ReadinessState.ACCEPTING_TRAFFIC;
			this.up |= ready;
			this.factories.setReady(ready);
		}
		else if (event instanceof ContextRefreshedEvent refreshed
				&& refreshed.getApplicationContext() == this.context) {
			this.up |= !this.context.containsBean("springApplicationArguments");
		}
	}

}
