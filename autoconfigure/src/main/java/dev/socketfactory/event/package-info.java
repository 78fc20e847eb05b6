/**
 * The events that socket factories publish.
 */
@NullMarked
package dev.socketfactory.event;

import org.jspecify.annotations.NullMarked;
