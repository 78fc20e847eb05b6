package dev.socketfactory.autoconfigure;

import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketfactory.SocketFactories;
import dev.socketfactory.engine.DefaultSocketFactories;
import dev.socketfactory.engine.ManagedSocketFactory;
import dev.socketfactory.event.SocketEventListenerFactory;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextRefreshedEvent;

/**
 * Warns of handler methods that wait for a factory, or an event, which does not exist.
 */
class UndeclaredNameCheck implements ApplicationListener<ContextRefreshedEvent> {

	private static final Log logger = LogFactory.getLog(SocketFactories.class);

	private final SocketEventListenerFactory listeners;

	private final DefaultSocketFactories factories;

	private final ApplicationContext context;

	UndeclaredNameCheck(SocketEventListenerFactory listeners, DefaultSocketFactories factories,
			ApplicationContext context) {
		this.listeners = listeners;
		this.factories = factories;
		this.context = context;
	}

	@Override
	public void onApplicationEvent(ContextRefreshedEvent event) {
		// Events of child contexts, such as that of the management server, arrive here
		// too
		if (event.getApplicationContext() == this.context) {
			this.listeners.findUndeclared(this.factories.getNames(), eventNames()).forEach(logger::warn);
		}
	}

	private Set<String> eventNames() {
		return this.factories.getAll()
			.stream()
			.map(ManagedSocketFactory::getSpec)
			.flatMap((spec) -> Stream.of(spec.getSuccessEvent(), spec.getFailureEvent(), spec.getName() + ".state"))
			.filter(Objects::nonNull)
			.collect(Collectors.toSet());
	}

}
