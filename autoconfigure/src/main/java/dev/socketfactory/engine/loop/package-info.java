/**
 * The event loop: one thread, one selector, and timers.
 */
@NullMarked
package dev.socketfactory.engine.loop;

import org.jspecify.annotations.NullMarked;
