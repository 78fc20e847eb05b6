/**
 * Accepting: {@link dev.socketfactory.engine.accept.Acceptor} takes connections from a
 * listening socket until its queue is empty or a reason to pause appears, such as the
 * limit or a shortage of descriptors, and
 * {@link dev.socketfactory.engine.accept.AcceptedConnections} makes events of them.
 */
@NullMarked
package dev.socketfactory.engine.accept;

import org.jspecify.annotations.NullMarked;
