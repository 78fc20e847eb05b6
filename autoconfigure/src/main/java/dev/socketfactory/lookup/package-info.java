/**
 * Blocking look-ups of hosts, services and protocols by name.
 */
@NullMarked
package dev.socketfactory.lookup;

import org.jspecify.annotations.NullMarked;
