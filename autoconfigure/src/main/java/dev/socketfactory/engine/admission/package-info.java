/**
 * What a connection passes between accept or connect and its event. It knows nothing of
 * factories and of the event loop.
 */
@NullMarked
package dev.socketfactory.engine.admission;

import org.jspecify.annotations.NullMarked;
