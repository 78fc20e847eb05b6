package dev.socketfactory.event;

import java.lang.reflect.Method;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;

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
	 * Find the methods that wait for a factory which does not exist.
	 * @param declared names of the factories that exist
	 * @return a sentence for each, without a full stop
	 */
	public List<String> findUndeclared(Collection<String> declared) {
		return this.listeners.stream()
			.flatMap((listener) -> listener.getFactories()
				.stream()
				.filter((name) -> !declared.contains(name))
				.map((name) -> "@SocketEventListener method '%s' names the factory '%s', which is not declared; declared are %s"
					.formatted(listener.getDescription(), name, new TreeSet<>(declared))))
			.toList();
	}

}
