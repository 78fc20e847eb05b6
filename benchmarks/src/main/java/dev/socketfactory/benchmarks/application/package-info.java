/**
 * An application with any number of listeners.
 */
@NullMarked
package dev.socketfactory.benchmarks.application;

import org.jspecify.annotations.NullMarked;
