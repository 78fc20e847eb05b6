package dev.socketfactory.event;

import java.lang.reflect.Method;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ApplicationContextEvent;
import org.springframework.context.event.ApplicationListenerMethodAdapter;
import org.springframework.context.event.EventListenerFactory;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.Assert;

/**
 * {@link EventListenerFactory} for methods annotated with {@link SocketEventListener}.
 *
 * @since 0.1.0
 */
public class SocketEventListenerFactory implements EventListenerFactory, Ordered {

	private final List<SocketEventMethodListener> listeners = new CopyOnWriteArrayList<>();

	/**
	 * Before Spring's own factory, which takes every method and is the last in order.
	 */
	@Override
	public int getOrder() {
		return 0;
	}

	@Override
	public boolean supportsMethod(Method method) {
		return AnnotatedElementUtils.hasAnnotation(method, SocketEventListener.class);
	}

	@Override
	public ApplicationListener<?> createApplicationListener(String beanName, Class<?> type, Method method) {
		SocketEventListener annotation = AnnotatedElementUtils.findMergedAnnotation(method, SocketEventListener.class);
		Assert.state(annotation != null, () -> "'%s' is not annotated with @SocketEventListener".formatted(method));
		SocketEventMethodListener listener = new SocketEventMethodListener(beanName, type, method, annotation);
		this.listeners.add(listener);
		return listener;
	}

	/**
	 * Find the methods that wait for a factory, or for an event, which does not exist.
	 * @param factories names of the factories that exist
	 * @param events names of the events that they publish
	 * @param inherited whether a parent context has a factory that does not exist here
	 * @return a sentence for each, without a full stop
	 */
	public List<String> findUndeclared(Collection<String> factories, Collection<String> events,
			Predicate<String> inherited) {
		return this.listeners.stream()
			.flatMap((listener) -> Stream.concat(
					undeclared(listener.getFactories(), factories)
						.map((name) -> inherited.test(name) ? describeInherited(listener, name)
								: describeUndeclared(listener, "factory", name, factories)),
					undeclared(listener.getEvents(), events)
						.map((name) -> describeUndeclared(listener, "event", name, events))))
			.toList();
	}

	/**
	 * Find the methods that can never be called as they are meant to be.
	 * @param published what the factories publish when they have created a socket
	 * @return a sentence for each, without a full stop
	 */
	public List<String> findErrors(Collection<SuccessEvents> published) {
		return published.stream().flatMap(this::findErrors).toList();
	}

	private Stream<String> findErrors(SuccessEvents published) {
		List<SocketEventMethodListener> lent = this.listeners.stream()
			.filter((listener) -> listener.isLent() && published.isFor(listener))
			.toList();
		Stream<String> never = this.listeners.stream()
			.filter((listener) -> listener.getFactories().contains(published.factory()))
			.filter((listener) -> !published.isPossibleFor(listener))
			.map((listener) -> "@SocketEventListener method '%s' takes a %s, and '%s' publishes %s".formatted(
					listener.getDescription(), listener.getParameterName(), published.factory(),
					published.type().getSimpleName()));
		Stream<String> inline = lent.stream()
			.filter((listener) -> published.inline())
			.map((listener) -> "@SocketEventListener method '%s' takes a %s, which blocks, and '%s' has dispatch: inline"
				.formatted(listener.getDescription(), listener.getParameterName(), published.factory()));
		Stream<String> second = lent.stream()
			.skip(1)
			.map((listener) -> "@SocketEventListener methods '%s' and '%s' both take the %s of '%s', which only one can"
				.formatted(lent.get(0).getDescription(), listener.getDescription(), listener.getParameterName(),
						published.factory()));
		return Stream.of(never, inline, second).flatMap((errors) -> errors);
	}

	/**
	 * Return whether the application has a listener of its own for the failures of a
	 * factory. One of every event does not count, and neither does one without a declared
	 * type of event, such as a lambda that was added in code.
	 * @param context the context that the events are published to
	 * @param factory name of the factory
	 * @param failureEvent name of its failure events, {@code null} if none are published
	 * @return whether there is one; what its condition would say is not known
	 */
	public boolean isFailureHandled(ApplicationContext context, String factory, @Nullable String failureEvent) {
		return failureEvent != null && (this.listeners.stream()
			.anyMatch((listener) -> listener.takesFailures() && listener.isFor(factory, failureEvent))
				|| isFailureHandled(context));
	}

	private static boolean isFailureHandled(ApplicationContext context) {
		if (context instanceof AbstractApplicationContext known
				&& known.getApplicationListeners().stream().anyMatch(SocketEventListenerFactory::isMethodForFailures)) {
			return true;
		}
		if (Stream.of(SocketFailureEvent.class, SocketEvent.class)
			.map((event) -> ResolvableType.forClassWithGenerics(ApplicationListener.class, event))
			.anyMatch((declared) -> context.getBeanNamesForType(declared).length > 0)) {
			return true;
		}
		return context.getParent() != null && isFailureHandled(context.getParent());
	}

	private static boolean isMethodForFailures(ApplicationListener<?> listener) {
		return listener instanceof ApplicationListenerMethodAdapter method
				&& !(listener instanceof SocketEventMethodListener)
				&& method.supportsEventType(ResolvableType.forClass(SocketFailureEvent.class))
				&& !method.supportsEventType(ResolvableType.forClass(ApplicationContextEvent.class));
	}

	private static Stream<String> undeclared(Collection<String> names, Collection<String> declared) {
		return names.stream().filter((name) -> !declared.contains(name));
	}

	private static String describeUndeclared(SocketEventMethodListener listener, String attribute, String name,
			Collection<String> declared) {
		return "@SocketEventListener method '%s' names the %s '%s', which is not declared; declared are %s"
			.formatted(listener.getDescription(), attribute, name, new TreeSet<>(declared));
	}

	private static String describeInherited(SocketEventMethodListener listener, String name) {
		return "@SocketEventListener method '%s' names the factory '%s' of the parent context, whose events do not reach this one; put it there"
			.formatted(listener.getDescription(), name);
	}

	/**
	 * What a factory publishes when it has created a socket.
	 *
	 * @param factory name of the factory
	 * @param type class of the event
	 * @param name name of the event, {@code null} if none is published
	 * @param inline whether handlers run on the event loop
	 */
	public record SuccessEvents(String factory, Class<? extends SocketSuccessEvent> type, @Nullable String name,
			boolean inline) {

		boolean isFor(SocketEventMethodListener listener) {
			return listener.isFor(this.factory, this.name) && isPossibleFor(listener);
		}

		/**
		 * Return whether the factory publishes what a method takes; every factory
		 * publishes failures and states.
		 */
		boolean isPossibleFor(SocketEventMethodListener listener) {
			return listener.getEventTypes()
				.stream()
				.anyMatch((wanted) -> wanted.isAssignableFrom(this.type)
						|| !SocketSuccessEvent.class.isAssignableFrom(wanted));
		}

	}

}
