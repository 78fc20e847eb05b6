/**
 * The engine: makes sockets and publishes them. It knows Spring Framework, not Spring
 * Boot.
 * <p>
 * The path of an accepted connection, in the order to read it:
 * {@link dev.socketfactory.engine.EventLoop} selects,
 * {@link dev.socketfactory.engine.Acceptor} accepts,
 * {@link dev.socketfactory.engine.AcceptedConnections} makes the event,
 * {@link dev.socketfactory.engine.Dispatcher} chooses the thread,
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
 * Apart from these: files of UNIX sockets
 * ({@link dev.socketfactory.engine.UnixSocketFile}), what Linux tells of its sockets
 * ({@link dev.socketfactory.engine.AcceptQueue},
 * {@link dev.socketfactory.engine.BoundPorts}), and options
 * ({@link dev.socketfactory.engine.OptionSet}).
 */
@NullMarked
package dev.socketfactory.engine;

import org.jspecify.annotations.NullMarked;
