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
 * Resolves the local end of a listener or a connectionless socket.
 */
final class LocalEnd {

	private final AbstractSocketFactory factory;

	private final SocketSpec spec;

	LocalEnd(AbstractSocketFactory factory) {
		this.factory = factory;
		this.spec = factory.getSpec();
	}

	/**
	 * Resolve the local end: at once if it is written in numbers, else on a thread for
	 * look-ups.
	 * @param current number of the attempt, which is failed if resolving fails
	 * @param next what to do with the address, {@code null} if there is no local end
	 */
	void resolve(long current, Consumer<@Nullable SocketAddress> next) {
		Engine engine = this.factory.getEngine();
		if (!engine.getResolver().isImmediate(this.spec, this.spec.getBind())) {
			engine.getLookups().execute(() -> lookUp(current, next));
		}
		else if (isLocked(this.spec) && engine.getLoop().inLoop()) {
			engine.getBinders().execute(() -> lookUp(current, next));
		}
		else {
			lookUp(current, next);
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

	private void lookUp(long current, Consumer<@Nullable SocketAddress> next) {
		if (this.factory.getAttempts().getCurrent() != current) {
			return;
		}
		SocketEndpoint endpoint = this.spec.getBind();
		try {
			EndpointResolver resolver = this.factory.getEngine().getResolver();
			resolver.checkProtocol(this.spec);
			next.accept((endpoint != null) ? resolver.resolve(this.spec, endpoint).get(0) : null);
		}
		catch (LookupException ex) {
			this.factory.fail(current, AttemptFailure.of(endpoint, ex));
		}
		catch (RuntimeException | Error ex) {
			this.factory.fail(current, AttemptFailure.unexpected(endpoint, ex));
		}
	}

}
