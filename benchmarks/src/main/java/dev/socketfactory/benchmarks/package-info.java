/**
 * Compares the socket factories with their peers, each in a process of its own, and
 * writes the report.
 */
@NullMarked
package dev.socketfactory.benchmarks;

import org.jspecify.annotations.NullMarked;
