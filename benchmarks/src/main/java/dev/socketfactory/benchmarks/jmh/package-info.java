/**
 * Benchmarks of single calls, with JMH.
 */
@NullMarked
package dev.socketfactory.benchmarks.jmh;

import org.jspecify.annotations.NullMarked;
