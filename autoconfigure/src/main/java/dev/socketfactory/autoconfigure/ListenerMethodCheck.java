package dev.socketfactory.autoconfigure;

import java.util.List;
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

import org.springframework.context.SmartLifecycle;
import org.springframework.util.Assert;

/**
 * Looks at the handler methods before the factories are started: refuses those that can
 * never work, and warns of those that wait for a factory, or an event, which does not
 * exist.
 */
class ListenerMethodCheck implements SmartLifecycle {

	private static final Log logger = LogFactory.getLog(SocketFactories.class);

	private final SocketEventListenerFactory listeners;

	private final DefaultSocketFactories factories;

	private final ParentSockets parents;

	private final SocketFactoryProperties properties;

	private volatile boolean running;

	ListenerMethodCheck(SocketEventListenerFactory listeners, DefaultSocketFactories factories, ParentSockets parents,
			SocketFactoryProperties properties) {
		this.listeners = listeners;
		this.factories = factories;
		this.parents = parents;
		this.properties = properties;
	}

	@Override
	public int getPhase() {
		return DEFAULT_PHASE - 1;
	}

	@Override
	public void start() {
		List<String> errors = this.listeners
			.findErrors(this.factories.getAll().stream().map(ListenerMethodCheck::successEvents).toList());
		Assert.state(errors.isEmpty(), () -> String.join("; ", errors));
		// An AOT-processed application has this bean even if it is switched off when it
		// runs
		if (this.properties.isEnabled()) {
			this.listeners
				.findUndeclared(this.factories.getNames(), eventNames(), (name) -> this.parents.find(name) != null)
				.forEach(logger::warn);
		}
		this.running = true;
	}

	@Override
	public void stop() {
		this.running = false;
	}

	@Override
	public boolean isRunning() {
		return this.running;
	}

	@Override
	public boolean isPauseable() {
		return false;
	}

	private static SocketEventListenerFactory.SuccessEvents successEvents(ManagedSocketFactory factory) {
		return new SocketEventListenerFactory.SuccessEvents(factory.getName(), factory.getSuccessEventType(),
				factory.getSpec().getSuccessEvent(), factory.isInline());
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
