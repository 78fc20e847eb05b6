package dev.socketfactory.engine;

import java.net.SocketAddress;
import java.util.List;
import java.util.function.Consumer;

import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketEndpoint;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.engine.socket.EndpointResolver;
import dev.socketfactory.engine.socket.SocketOperationException;
import org.jspecify.annotations.Nullable;

/**
 * Resolves the local endpoint of a listener or a connectionless socket.
 */
final class LocalEndpoint {

	private LocalEndpoint() {
	}

	/**
	 * Resolve the local endpoint: at once if it is written in numbers, else beside the
	 * event loop. A path is not touched on the loop either.
	 * @param factory the factory
	 * @param attempt number of its attempt, which fails if resolving does
	 * @param next what to do with the address, {@code null} if there is none
	 */
	static void resolve(ManagedSocketFactory factory, long attempt, Consumer<@Nullable SocketAddress> next) {
		SocketSpec spec = factory.getSpec();
		Engine engine = factory.getEngine();
		if (!EndpointResolver.isImmediate(spec.getBind())) {
			engine.runLookup(() -> resolveNow(factory, attempt, next));
		}
		else if (spec.getDomain() == SocketDomain.AF_UNIX && engine.getLoop().inLoop()) {
			engine.runBlocking(() -> resolveNow(factory, attempt, next));
		}
		else {
			resolveNow(factory, attempt, next);
		}
	}

	private static void resolveNow(ManagedSocketFactory factory, long attempt, Consumer<@Nullable SocketAddress> next) {
		if (factory.getAttempt() != attempt) {
			return;
		}
		SocketEndpoint endpoint = factory.getSpec().getBind();
		try {
			List<SocketAddress> addresses = factory.getEngine().getResolver().resolveLocal(factory.getSpec());
			next.accept(addresses.isEmpty() ? null : addresses.get(0));
		}
		catch (SocketOperationException ex) {
			factory.fail(attempt, ex);
		}
		catch (RuntimeException | Error ex) {
			factory.fail(attempt, SocketOperationException.unexpected(endpoint, ex));
		}
	}

}
