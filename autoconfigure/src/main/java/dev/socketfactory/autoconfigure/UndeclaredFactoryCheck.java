package dev.socketfactory.autoconfigure;

import dev.socketfactory.SocketFactories;
import dev.socketfactory.engine.DefaultSocketFactories;
import dev.socketfactory.event.SocketEventListenerFactory;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextRefreshedEvent;

/**
 * Warns of listener methods that wait for a factory which does not exist.
 */
class UndeclaredFactoryCheck implements ApplicationListener<ContextRefreshedEvent> {

	private static final Log logger = LogFactory.getLog(SocketFactories.class);

	private final SocketEventListenerFactory listeners;

	private final DefaultSocketFactories factories;

	private final ApplicationContext context;

	UndeclaredFactoryCheck(SocketEventListenerFactory listeners, DefaultSocketFactories factories,
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
			this.listeners.findUndeclared(this.factories.getNames()).forEach(logger::warn);
		}
	}

}
