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
 * @since 0.1.0
 */
public record EngineSettings(Executor executor, int places, DispatchMode dispatch, PortListener ports) {

}
