/**
 * Sockets declared in configuration or in code: the factory, its specification and the
 * words they are described with.
 */
@NullMarked
package dev.socketfactory;

import org.jspecify.annotations.NullMarked;
