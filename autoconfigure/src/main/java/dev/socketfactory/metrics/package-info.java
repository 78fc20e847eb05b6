/**
 * Meters of socket factories.
 */
@NullMarked
package dev.socketfactory.metrics;

import org.jspecify.annotations.NullMarked;
