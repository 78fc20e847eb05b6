/**
 * The engine: makes sockets and publishes them. It knows Spring Framework, not Spring
 * Boot. It is no API, also where a type is public because another package of this project
 * needs it: applications see {@link dev.socketfactory} and
 * {@link dev.socketfactory.event}.
 * <p>
 * The path of an accepted connection, in the order to read it:
 * {@link dev.socketfactory.engine.loop.EventLoop} selects,
 * {@link dev.socketfactory.engine.accept.Acceptor} accepts,
 * {@link dev.socketfactory.engine.accept.AcceptedConnections} makes the event,
 * {@link dev.socketfactory.engine.dispatch.Dispatcher} chooses the thread,
 * {@link dev.socketfactory.engine.delivery.SuccessPublisher} publishes it to the handlers
 * and looks after what they leave behind.
 * <p>
 * The path of a connection that a client makes:
 * {@link dev.socketfactory.engine.ClientSocketFactory},
 * {@link dev.socketfactory.engine.Connector}, then the same publisher.
 * <p>
 * The life of a factory: {@link dev.socketfactory.engine.DefaultSocketFactories} holds
 * all of them, {@link dev.socketfactory.engine.AbstractSocketFactory} starts, retries and
 * stops one, {@link dev.socketfactory.engine.state.FactoryState} is its state machine,
 * and {@link dev.socketfactory.engine.Shutdown} ends an application.
 * <p>
 * What all of this stands on has packages of its own, which know nothing of factories:
 * <ul>
 * <li>{@code loop}: the thread that everything runs on</li>
 * <li>{@code accept}: taking connections from a listening socket, and pausing</li>
 * <li>{@code delivery}: from a created socket to its handlers, and until it is
 * closed</li>
 * <li>{@code dispatch}: the threads that events are published on</li>
 * <li>{@code state}: states, reasons to pause, attempts and retries, without any I/O</li>
 * <li>{@code meter}: what is counted and measured</li>
 * <li>{@code socket}: opening and binding, with the files of UNIX sockets</li>
 * <li>{@code proc}: what Linux tells of its sockets</li>
 * </ul>
 */
@NullMarked
package dev.socketfactory.engine;

import org.jspecify.annotations.NullMarked;
