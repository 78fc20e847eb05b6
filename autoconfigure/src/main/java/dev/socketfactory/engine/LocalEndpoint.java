package dev.socketfactory.engine;

import java.net.SocketAddress;
import java.util.function.Consumer;

import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketEndpoint;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.engine.socket.EndpointResolver;
import dev.socketfactory.lookup.LookupException;
import org.jspecify.annotations.Nullable;

/**
 * Resolves the local endpoint of a listener or a connectionless socket.
 */
final class LocalEndpoint {

	private final AbstractSocketFactory factory;

	private final SocketSpec spec;

	LocalEndpoint(AbstractSocketFactory factory) {
		this.factory = factory;
		this.spec = factory.getSpec();
	}

	/**
	 * Resolve the local endpoint: at once if it is written in numbers, else on a thread
	 * for look-ups.
	 * @param attempt number of the attempt, which is failed if resolving fails
	 * @param next what to do with the address, {@code null} if there is none
	 */
	void resolve(long attempt, Consumer<@Nullable SocketAddress> next) {
		Engine engine = this.factory.getEngine();
		if (!engine.getResolver().isImmediate(this.spec, this.spec.getBind())) {
			engine.getLookups().execute(() -> lookUp(attempt, next));
		}
		else if (isLocked(this.spec) && engine.getLoop().inLoop()) {
			engine.getBinders().execute(() -> lookUp(attempt, next));
		}
		else {
			lookUp(attempt, next);
		}
	}

	/**
	 * Return whether binding may have to wait for the lock of a path, which is not done
	 * on the event loop.
	 * @param spec specification of the socket
	 */
	static boolean isLocked(SocketSpec spec) {
		return spec.getDomain() == SocketDomain.AF_UNIX && spec.getBind() != null;
	}

	private void lookUp(long attempt, Consumer<@Nullable SocketAddress> next) {
		if (this.factory.getAttempts().getCurrent() != attempt) {
			return;
		}
		SocketEndpoint endpoint = this.spec.getBind();
		try {
			EndpointResolver resolver = this.factory.getEngine().getResolver();
			resolver.checkProtocol(this.spec);
			next.accept((endpoint != null) ? resolver.resolve(this.spec, endpoint).get(0) : null);
		}
		catch (LookupException ex) {
			this.factory.fail(attempt, AttemptFailure.of(endpoint, ex));
		}
		catch (RuntimeException | Error ex) {
			this.factory.fail(attempt, AttemptFailure.unexpected(endpoint, ex));
		}
	}

}
