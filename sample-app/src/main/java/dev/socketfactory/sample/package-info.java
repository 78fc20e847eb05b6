/**
 * A running example of the socket factories.
 */
@NullMarked
package dev.socketfactory.sample;

import org.jspecify.annotations.NullMarked;
