/**
 * The engine: makes sockets and publishes them. It knows Spring Framework, not Spring
 * Boot. It is no API, also where a type is public because another package of this project
 * needs it: applications see {@link dev.socketfactory} and
 * {@link dev.socketfactory.event}.
 * <p>
 * The path of an accepted connection, in the order to read it:
 * {@link dev.socketfactory.engine.EventLoop} selects,
 * {@link dev.socketfactory.engine.Acceptor} accepts,
 * {@link dev.socketfactory.engine.OpenSockets} keeps what is open,
 * {@link dev.socketfactory.engine.CreatedSocket} is the socket from here to its handlers,
 * and until it is closed, {@link dev.socketfactory.engine.Dispatcher} chooses the thread.
 * <p>
 * The path of a connection that a client makes:
 * {@link dev.socketfactory.engine.ClientSocketFactory},
 * {@link dev.socketfactory.engine.Connector},
 * {@link dev.socketfactory.engine.ConnectingSocket}, then the same way to the handlers.
 * <p>
 * The life of a factory: {@link dev.socketfactory.engine.DefaultSocketFactories} holds
 * all of them, {@link dev.socketfactory.engine.ManagedSocketFactory} starts, retries and
 * stops one, {@link dev.socketfactory.engine.FactoryState} is its state machine, and
 * {@link dev.socketfactory.engine.Shutdown} ends an application.
 * {@link dev.socketfactory.engine.Engine} is what they share.
 * <p>
 * {@code engine.socket} opens and binds sockets and knows nothing of factories.
 */
@NullMarked
package dev.socketfactory.engine;

import org.jspecify.annotations.NullMarked;
