/**
 * On which thread success events are published, and what happens when none is free.
 */
@NullMarked
package dev.socketfactory.engine.dispatch;

import org.jspecify.annotations.NullMarked;
