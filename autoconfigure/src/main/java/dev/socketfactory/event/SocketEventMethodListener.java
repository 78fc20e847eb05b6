package dev.socketfactory.event;

import java.io.Closeable;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.channels.DatagramChannel;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;

import dev.socketfactory.SocketConnection;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationEvent;
import org.springframework.context.event.ApplicationListenerMethodAdapter;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;

/**
 * Calls a {@link SocketEventListener} method for the events of its factories. A method
 * that takes a connection or a channel instead of the event is lent it: claimed before
 * the call, and closed after it.
 */
final class SocketEventMethodListener extends ApplicationListenerMethodAdapter {

	private final String description;

	private final Set<String> factories;

	private final Set<String> events;

	private final Class<?> parameter;

	private final Class<?>[] classes;

	SocketEventMethodListener(String beanName, Class<?> type, Method method, SocketEventListener annotation) {
		super(beanName, type, method);
		this.description = "%s.%s".formatted(ClassUtils.getUserClass(type).getSimpleName(), method.getName());
		this.factories = Set.copyOf(Arrays.asList(annotation.factory()));
		this.events = Set.copyOf(Arrays.asList(annotation.event()));
		this.parameter = parameterOf(method, annotation);
		this.classes = annotation.classes();
		if (isLent()) {
			requireBlocking(type, method);
		}
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

	/**
	 * Return whether the method is lent what it takes.
	 */
	boolean isLent() {
		return this.parameter == SocketConnection.class || this.parameter == DatagramChannel.class;
	}

	/**
	 * Return the simple name of the class of the parameter.
	 */
	String getParameterName() {
		return this.parameter.getSimpleName();
	}

	/**
	 * Return the classes of events that the method handles.
	 */
	List<Class<?>> getEventTypes() {
		if (this.parameter == SocketConnection.class) {
			return List.of(ConnectionAcceptedEvent.class, ConnectionEstablishedEvent.class);
		}
		if (this.parameter == DatagramChannel.class) {
			return List.of(DatagramSocketOpenedEvent.class);
		}
		return (this.classes.length > 0) ? List.of(this.classes) : List.of(this.parameter);
	}

	boolean takesFailures() {
		return getEventTypes().stream().anyMatch((type) -> type.isAssignableFrom(SocketFailureEvent.class));
	}

	boolean isFor(String factory, @Nullable String event) {
		return (this.factories.isEmpty() || this.factories.contains(factory))
				&& (this.events.isEmpty() || (event != null && this.events.contains(event)));
	}

	@Override
	public boolean supportsEventType(ResolvableType eventType) {
		return isLent() ? getEventTypes().stream().anyMatch((type) -> type.isAssignableFrom(eventType.toClass()))
				: super.supportsEventType(eventType);
	}

	@Override
	public void onApplicationEvent(ApplicationEvent event) {
		if (event instanceof SocketEvent socketEvent && isWanted(socketEvent)) {
			super.onApplicationEvent(event);
		}
	}

	/**
	 * The event itself, for the condition of the method to look at before anything is
	 * claimed.
	 */
	@Override
	protected @Nullable Object @Nullable [] resolveArguments(ApplicationEvent event) {
		return isLent() ? new Object[] { event } : super.resolveArguments(event);
	}

	@Override
	protected @Nullable Object doInvoke(@Nullable Object... arguments) {
		if (!isLent()) {
			return super.doInvoke(arguments);
		}
		SocketSuccessEvent event = (SocketSuccessEvent) arguments[0];
		Assert.state(event != null, "There is no event");
		Closeable lent = claim(event);
		if (lent == null) {
			return null;
		}
		try {
			event.lend();
			return super.doInvoke(lent);
		}
		finally {
			close(lent);
		}
	}

	private @Nullable Closeable claim(SocketSuccessEvent event) {
		if (event.getClaimant() != null) {
			return null;
		}
		if (event instanceof DatagramSocketOpenedEvent opened) {
			return opened.claimBlockingChannel();
		}
		return event.connect();
	}

	private static void close(Closeable lent) {
		try {
			lent.close();
		}
		catch (IOException ex) {
			// The handler has finished, or what it has thrown says more
		}
	}

	private boolean isWanted(SocketEvent event) {
		return isFor(event.getFactoryName(), event.getEventName());
	}

	private static Class<?> parameterOf(Method method, SocketEventListener annotation) {
		Class<?>[] types = method.getParameterTypes();
		if (types.length == 0 && annotation.classes().length > 0) {
			return SocketEvent.class;
		}
		boolean known = types.length == 1
				&& (SocketEvent.class.isAssignableFrom(types[0]) || types[0].isAssignableFrom(SocketEvent.class)
						|| types[0] == SocketConnection.class || types[0] == DatagramChannel.class);
		Assert.state(known,
				() -> "@SocketEventListener method '%s' must take a socket event, a SocketConnection or a DatagramChannel"
					.formatted(method.toGenericString()));
		return types[0];
	}

	/**
	 * What is lent is taken back when the method returns.
	 */
	private static void requireBlocking(Class<?> type, Method method) {
		boolean later = Future.class.isAssignableFrom(method.getReturnType())
				|| ReactiveAdapterRegistry.getSharedInstance().getAdapter(method.getReturnType()) != null
				|| isAnnotated(type, method, "org.springframework.scheduling.annotation.Async");
		Assert.state(!later,
				() -> "@SocketEventListener method '%s' is lent what it takes until it returns, so it must not go on asynchronously: let it take the event and claim"
					.formatted(method.toGenericString()));
	}

	private static boolean isAnnotated(Class<?> type, Method method, String annotation) {
		return AnnotatedElementUtils.isAnnotated(method, annotation)
				|| AnnotatedElementUtils.isAnnotated(type, annotation);
	}

}
