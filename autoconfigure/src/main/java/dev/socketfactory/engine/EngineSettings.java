package dev.socketfactory.engine;

import java.net.SocketAddress;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Function;

import dev.socketfactory.DispatchMode;
import dev.socketfactory.SslEngineCustomizer;
import dev.socketfactory.engine.admission.TlsBundle;
import org.jspecify.annotations.Nullable;

/**
 * What an application says about the engine.
 *
 * @param executor where the handlers of success events run in the mode
 * {@link DispatchMode#EXECUTOR}
 * @param concurrencyLimit how many handlers the executor runs at once,
 * {@link Integer#MAX_VALUE} for any number
 * @param dispatch where the handlers of factories that do not say run
 * @param ports told the name of a factory and its local address before its state says
 * that it is open, and the name with {@code null} when it was closed
 * @param datagramExecutor where, instead, the handlers of UNIX datagram sockets run: in a
 * virtual thread junixsocket asks again and again while it waits, which takes most of a
 * core, so this must have platform threads
 * @param bundles returns the present state of an SSL bundle by its name, {@code null} for
 * that of the system
 * @param engineCustomizers what is to see each engine of TLS
 * @param descriptorReserve how many descriptors accepted connections leave to the rest of
 * the application, 0 for none
 * @since 0.1.0
 */
public record EngineSettings(Executor executor, int concurrencyLimit, DispatchMode dispatch,
		BiConsumer<String, @Nullable SocketAddress> ports, Executor datagramExecutor,
		Function<@Nullable String, TlsBundle> bundles, List<SslEngineCustomizer> engineCustomizers,
		int descriptorReserve) {

	/**
	 * Create settings with one executor for all handlers, without TLS, and without a
	 * reserve of descriptors.
	 * @param executor where the handlers of success events run
	 * @param concurrencyLimit how many handlers the executor runs at once
	 * @param dispatch where the handlers of factories that do not say run
	 * @param ports told of local addresses
	 */
	public EngineSettings(Executor executor, int concurrencyLimit, DispatchMode dispatch,
			BiConsumer<String, @Nullable SocketAddress> ports) {
		this(executor, concurrencyLimit, dispatch, ports, executor, (bundle) -> {
			throw new IllegalStateException("There are no SSL bundles");
		}, Collections.emptyList(), 0);
	}

	/**
	 * Return whether the executor has virtual threads.
	 * @return whether others have to be used where these do not fit
	 */
	boolean hasVirtualThreads() {
		return this.datagramExecutor != this.executor;
	}

}
