package dev.socketfactory.event;

import java.lang.reflect.Method;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import org.springframework.context.ApplicationListener;
import org.springframework.context.event.EventListenerFactory;
import org.springframework.core.Ordered;
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
	 * @return a sentence for each, without a full stop
	 */
	public List<String> findUndeclared(Collection<String> factories, Collection<String> events) {
		return this.listeners.stream()
			.flatMap(
					(listener) -> Stream.concat(findUndeclared(listener, "factory", listener.getFactories(), factories),
							findUndeclared(listener, "event", listener.getEvents(), events)))
			.toList();
	}

	private static Stream<String> findUndeclared(SocketEventMethodListener listener, String attribute,
			Collection<String> names, Collection<String> declared) {
		return names.stream()
			.filter((name) -> !declared.contains(name))
			.map((name) -> "@SocketEventListener method '%s' names the %s '%s', which is not declared; declared are %s"
				.formatted(listener.getDescription(), attribute, name, new TreeSet<>(declared)));
	}

}
