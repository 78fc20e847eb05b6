package dev.socketfactory.actuate;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketKind;
import dev.socketfactory.engine.DefaultSocketFactories;
import dev.socketfactory.engine.ManagedSocketFactory;
import dev.socketfactory.engine.socket.ProcNet;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * {@link Endpoint @Endpoint} to look at socket factories, and to pause, resume, start and
 * stop them.
 *
 * @since 0.1.0
 */
@Endpoint(id = "sockets")
public class SocketsEndpoint {

	private static final Log logger = LogFactory.getLog(SocketFactory.class);

	private static final String DISCONNECT = "disconnect";

	private final DefaultSocketFactories factories;

	/**
	 * Create an endpoint.
	 * @param factories the factories of the application
	 */
	public SocketsEndpoint(DefaultSocketFactories factories) {
		this.factories = factories;
	}

	/**
	 * Return all factories.
	 * @return their descriptions by kind and name
	 */
	@ReadOperation
	public SocketsDescriptor sockets() {
		ProcNet tables = new ProcNet();
		return new SocketsDescriptor(describe(SocketKind.LISTENER, tables), describe(SocketKind.CLIENT, tables));
	}

	/**
	 * Return one factory.
	 * @param name name of the factory
	 * @return its description
	 * @throws InvalidEndpointRequestException if there is no such factory
	 */
	@ReadOperation
	public SocketDescriptor socket(@Selector String name) {
		return SocketDescriptor.of(get(name), new ProcNet());
	}

	/**
	 * Return one aspect of a factory.
	 * @param name name of the factory
	 * @param view the aspect: {@code getsockname} or {@code connections}
	 * @return the local address, or the open connections
	 * @throws InvalidEndpointRequestException if there is no such factory or aspect
	 */
	@ReadOperation
	public OperationResponseBody view(@Selector String name, @Selector String view) {
		ManagedSocketFactory factory = get(name);
		if (view.equals("getsockname")) {
			return LocalAddressDescriptor.of(factory);
		}
		if (view.equals("connections")) {
			return ConnectionsDescriptor.of(factory);
		}
		SocketAction action = SocketAction.find(view);
		throw (action != null) ? RefusedException.readAction(action) : RefusedException.unknownView(view);
	}

	/**
	 * Change the limit of a listener, effective at once.
	 * @param name name of the factory
	 * @param maxConnections how many connections may be open: a whole number, {@code -1}
	 * for any number, {@code null} to leave that as it is
	 * @param lowWater at how many open connections it accepts again: a whole number less
	 * than {@code maxConnections}, {@code -1} for one less, {@code null} to leave that as
	 * it is
	 * @return the description of the factory afterwards
	 * @throws InvalidEndpointRequestException if there is no such factory, it has no
	 * limit, or a number is wrong; nothing is changed then
	 */
	@WriteOperation
	public SocketDescriptor limit(@Selector String name, @Nullable String maxConnections, @Nullable String lowWater) {
		ManagedSocketFactory factory = get(name);
		new LimitChange(maxConnections, lowWater).applyTo(factory);
		SocketDescriptor changed = SocketDescriptor.of(factory, new ProcNet());
		logger.info("%s: %s has changed its limit: maxConnections %s, lowWater %s".formatted(factory,
				Operator.describe(), Objects.toString(changed.maxConnections(), "any number"),
				Objects.toString(changed.lowWater(), "one less")));
		return changed;
	}

	/**
	 * Steer a factory, without waiting for its handlers.
	 * @param name name of the factory
	 * @param action what to do: {@code pause}, {@code resume}, {@code start} or
	 * {@code stop}
	 * @return the description of the factory afterwards
	 * @throws InvalidEndpointRequestException if there is no such factory or action, or
	 * the kind of the factory has no such action
	 */
	@WriteOperation
	public SocketDescriptor control(@Selector String name, @Selector String action) {
		ManagedSocketFactory factory = get(name);
		SocketAction known = SocketAction.find(action);
		if (action.equalsIgnoreCase(DISCONNECT)) {
			throw RefusedException.badConnection(null);
		}
		if (known == null) {
			throw RefusedException.unknownAction(action);
		}
		if (!known.isApplicableTo(factory)) {
			throw RefusedException.notApplicable(name, known);
		}
		logger.info("%s: %s by %s".formatted(factory, known, Operator.describe()));
		known.applyTo(factory, Operator.getName());
		return SocketDescriptor.of(factory, new ProcNet());
	}

	/**
	 * Close a connection of a factory, or steer the factory.
	 * @param name name of the factory
	 * @param action what to do: {@code disconnect}, or what
	 * {@link #control(String, String)} knows
	 * @param connection number of the connection to close
	 * @return the description of the factory afterwards
	 * @throws InvalidEndpointRequestException if there is no such factory, action or
	 * connection
	 */
	@WriteOperation
	public SocketDescriptor disconnect(@Selector String name, @Selector String action, @Nullable String connection) {
		if (!action.equalsIgnoreCase(DISCONNECT)) {
			return control(name, action);
		}
		ManagedSocketFactory factory = get(name);
		if (connection == null || !connection.matches("[0-9]{1,18}")) {
			throw RefusedException.badConnection(connection);
		}
		if (!factory.disconnect(Long.parseLong(connection))) {
			throw RefusedException.unknownConnection(name, connection);
		}
		logger.info("%s: connection %s closed by %s".formatted(factory, connection, Operator.describe()));
		return SocketDescriptor.of(factory, new ProcNet());
	}

	private ManagedSocketFactory get(String name) {
		ManagedSocketFactory factory = this.factories.find(name);
		if (factory == null) {
			throw RefusedException.unknownFactory(name, this.factories.getNames());
		}
		return factory;
	}

	private Map<String, SocketDescriptor> describe(SocketKind kind, ProcNet tables) {
		Map<String, SocketDescriptor> descriptors = new LinkedHashMap<>();
		stream(kind).forEach((factory) -> descriptors.put(factory.getName(), SocketDescriptor.of(factory, tables)));
		return descriptors;
	}

	private Stream<ManagedSocketFactory> stream(SocketKind kind) {
		return this.factories.getAll().stream().filter((factory) -> factory.getSpec().getKind() == kind);
	}

	/**
	 * Description of all factories.
	 *
	 * @param listeners listeners by name
	 * @param clients clients by name
	 */
	public record SocketsDescriptor(Map<String, SocketDescriptor> listeners,
			Map<String, SocketDescriptor> clients) implements OperationResponseBody {

	}

}
