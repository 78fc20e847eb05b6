/**
 * The state machine of a factory: states, reasons to pause, attempts and retries. There
 * is no I/O in it.
 */
@NullMarked
package dev.socketfactory.engine.state;

import org.jspecify.annotations.NullMarked;
