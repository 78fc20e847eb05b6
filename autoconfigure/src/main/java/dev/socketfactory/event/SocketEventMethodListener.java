package dev.socketfactory.event;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Set;

import org.springframework.context.ApplicationEvent;
import org.springframework.context.event.ApplicationListenerMethodAdapter;

/**
 * Calls a {@link SocketEventListener} method for the events of its factories.
 */
final class SocketEventMethodListener extends ApplicationListenerMethodAdapter {

	private final String description;

	private final Set<String> factories;

	private final Set<String> events;

	SocketEventMethodListener(String beanName, Class<?> type, Method method, SocketEventListener annotation) {
		super(beanName, type, method);
		this.description = "%s.%s".formatted(type.getSimpleName(), method.getName());
		this.factories = Set.copyOf(Arrays.asList(annotation.factory()));
		this.events = Set.copyOf(Arrays.asList(annotation.event()));
	}

	String getDescription() {
		return this.description;
	}

	Set<String> getFactories() {
		return this.factories;
	}

	Set<String> getEvents() {
		return this.events;
	}

	@Override
	public void onApplicationEvent(ApplicationEvent event) {
		if (event instanceof SocketEvent socketEvent && isWanted(socketEvent)) {
			super.onApplicationEvent(event);
		}
	}

	private boolean isWanted(SocketEvent event) {
		return (this.factories.isEmpty() || this.factories.contains(event.getFactoryName()))
				&& (this.events.isEmpty() || this.events.contains(event.getEventName()));
	}

}
