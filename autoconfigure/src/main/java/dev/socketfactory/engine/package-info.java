/**
 * The engine: makes sockets and publishes them. It knows Spring Framework, not Spring
 * Boot. It is no API, also where a type is public because another package of this project
 * needs it: applications see {@link dev.socketfactory} and
 * {@link dev.socketfactory.event}.
 * <p>
 * The path of an accepted connection, in the order to read it:
 * {@link dev.socketfactory.engine.loop.EventLoop} selects,
 * {@link dev.socketfactory.engine.Acceptor} accepts,
 * {@link dev.socketfactory.engine.AcceptedConnections} makes the event,
 * {@link dev.socketfactory.engine.dispatch.Dispatcher} chooses the thread,
 * {@link dev.socketfactory.engine.SuccessPublisher} publishes it to the handlers and
 * looks after what they leave behind.
 * <p>
 * The path of a connection that a client makes:
 * {@link dev.socketfactory.engine.ClientSocketFactory},
 * {@link dev.socketfactory.engine.Connector}, then the same publisher.
 * <p>
 * The life of a factory: {@link dev.socketfactory.engine.DefaultSocketFactories} holds
 * all of them, {@link dev.socketfactory.engine.AbstractSocketFactory} starts, retries and
 * stops one, {@link dev.socketfactory.engine.FactoryState} is its state machine, without
 * any I/O, and {@link dev.socketfactory.engine.Shutdown} ends an application.
 * <p>
 * What all of this stands on has packages of its own, which know nothing of factories:
 * {@code loop}, the thread that everything runs on; {@code dispatch}, the threads that
 * events are published on; {@code socket}, which opens and binds, with the files of UNIX
 * sockets; and {@code proc}, what Linux tells of its sockets.
 */
@NullMarked
package dev.socketfactory.engine;

import org.jspecify.annotations.NullMarked;
