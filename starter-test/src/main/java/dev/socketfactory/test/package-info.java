/**
 * Tests of applications that have sockets: every socket on loopback, and what stands for
 * the other end. The annotation to begin with is
 * {@link dev.socketfactory.test.AutoConfigureTestSockets}.
 */
@NullMarked
package dev.socketfactory.test;

import org.jspecify.annotations.NullMarked;
