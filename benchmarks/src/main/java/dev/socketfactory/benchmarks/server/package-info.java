/**
 * Servers that do the same work, each named after what it is made with and started in a
 * process of its own.
 */
@NullMarked
package dev.socketfactory.benchmarks.server;

import org.jspecify.annotations.NullMarked;
