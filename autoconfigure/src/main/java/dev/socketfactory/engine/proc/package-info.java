/**
 * What Linux tells of its sockets in {@code /proc}: the listen queue and its depth, and
 * who has a port.
 */
@NullMarked
package dev.socketfactory.engine.proc;

import org.jspecify.annotations.NullMarked;
