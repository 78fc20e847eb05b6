/**
 * Clients that make the same connections, each named after what it is made with and
 * started in a process of its own.
 */
@NullMarked
package dev.socketfactory.benchmarks.client;

import org.jspecify.annotations.NullMarked;
