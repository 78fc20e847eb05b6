/**
 * Tests of the benchmarks.
 */
@NullMarked
package dev.socketfactory.benchmarks;

import org.jspecify.annotations.NullMarked;
