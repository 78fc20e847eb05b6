package dev.socketfactory.actuate;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;
import org.springframework.context.annotation.ImportRuntimeHints;

/**
 * {@link EndpointWebExtension @EndpointWebExtension} that gives the
 * {@link SocketsEndpoint} its HTTP status codes. What is refused is answered with a
 * {@link RefusalDescriptor}.
 *
 * @since 0.1.0
 */
@EndpointWebExtension(endpoint = SocketsEndpoint.class)
@ImportRuntimeHints(SocketsEndpointWebExtension.ResponseBodies.class)
public class SocketsEndpointWebExtension {

	private final SocketsEndpoint endpoint;

	/**
	 * Create an extension.
	 * @param endpoint the endpoint to extend
	 */
	public SocketsEndpointWebExtension(SocketsEndpoint endpoint) {
		this.endpoint = endpoint;
	}

	/**
	 * Return one factory.
	 * @param name name of the factory
	 * @return 200 with its description, 404 if there is no such factory
	 */
	@ReadOperation
	public WebEndpointResponse<Object> socket(@Selector String name) {
		return answer(() -> this.endpoint.socket(name));
	}

	/**
	 * Return one aspect of a factory.
	 * @param name name of the factory
	 * @param view the aspect: {@code getsockname} or {@code connections}
	 * @return 200 with the local address or the connections, 404 if there is no such
	 * factory or aspect, 405 for an action
	 */
	@ReadOperation
	public WebEndpointResponse<Object> view(@Selector String name, @Selector String view) {
		return answer(() -> this.endpoint.view(name, view));
	}

	/**
	 * Steer a factory, without waiting for its handlers.
	 * @param name name of the factory
	 * @param action what to do
	 * @return 200 with the description of the factory afterwards, 404 if there is no such
	 * factory, 400 if there is no such action, 409 if the kind of the factory has it not
	 */
	@WriteOperation
	public WebEndpointResponse<Object> control(@Selector String name, @Selector String action) {
		return answer(() -> this.endpoint.control(name, action));
	}

	/**
	 * Close a connection of a factory, or steer the factory.
	 * @param name name of the factory
	 * @param action what to do
	 * @param connection number of the connection to close
	 * @return 200 with the description of the factory afterwards, 404 if there is no such
	 * factory or connection, 400 if there is no such action or number, 409 if the kind of
	 * the factory has no such action
	 */
	@WriteOperation
	public WebEndpointResponse<Object> disconnect(@Selector String name, @Selector String action,
			@Nullable String connection) {
		return answer(() -> this.endpoint.disconnect(name, action, connection));
	}

	/**
	 * Change the limit of a listener, effective at once.
	 * @param name name of the factory
	 * @param maxConnections how many connections may be open: a whole number, {@code -1}
	 * for any number, {@code null} to leave that as it is
	 * @param lowWater at how many open connections it accepts again: a whole number less
	 * than {@code maxConnections}, {@code -1} for one less, {@code null} to leave that as
	 * it is
	 * @return 200 with the description of the factory afterwards, 404 if there is no such
	 * factory, 400 if a number is wrong, 409 if it has no limit
	 */
	@WriteOperation
	public WebEndpointResponse<Object> limit(@Selector String name, @Nullable String maxConnections,
			@Nullable String lowWater) {
		return answer(() -> this.endpoint.limit(name, maxConnections, lowWater));
	}

	private static WebEndpointResponse<Object> answer(Supplier<Object> operation) {
		try {
			return new WebEndpointResponse<>(operation.get());
		}
		catch (RefusedException ex) {
			return new WebEndpointResponse<>(ex.describe(), ex.getStatus());
		}
	}

	/**
	 * The types that {@code Object} hides from ahead-of-time processing.
	 */
	static class ResponseBodies implements RuntimeHintsRegistrar {

		private final BindingReflectionHintsRegistrar registrar = new BindingReflectionHintsRegistrar();

		@Override
		public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
			this.registrar.registerReflectionHints(hints.reflection(), SocketDescriptor.class,
					LocalAddressDescriptor.class, ConnectionsDescriptor.class, RefusalDescriptor.class);
		}

	}

}
