package dev.socketfactory.engine;

import java.util.concurrent.Executor;

import dev.socketfactory.DispatchMode;

/**
 * What an application says about the engine.
 *
 * @param executor where success events are published in the mode
 * {@link DispatchMode#EXECUTOR}
 * @param places how many handlers the executor runs at once, {@link Integer#MAX_VALUE}
 * for any number
 * @param dispatch where the success events of factories that do not say are published
 * @param ports told of local addresses
 * @param datagramExecutor where, instead, the events of UNIX datagram sockets are
 * published: in a virtual thread junixsocket asks again and again while it waits, which
 * takes most of a core, so this must have platform threads
 * @since 0.1.0
 */
public record EngineSettings(Executor executor, int places, DispatchMode dispatch, PortListener ports,
		Executor datagramExecutor) {

	/**
	 * Create settings with one executor for all events.
	 * @param executor where success events are published
	 * @param places how many handlers the executor runs at once
	 * @param dispatch where the success events of factories that do not say are published
	 * @param ports told of local addresses
	 */
	public EngineSettings(Executor executor, int places, DispatchMode dispatch, PortListener ports) {
		this(executor, places, dispatch, ports, executor);
	}

	/**
	 * Return whether the executor has virtual threads.
	 * @return whether others have to be used where these do not fit
	 */
	boolean hasVirtualThreads() {
		return this.datagramExecutor != this.executor;
	}

}
