/**
 * Starter for sockets declared in {@code application.yml}: brings the auto-configuration
 * and holds no code of its own.
 */
@NullMarked
package dev.socketfactory.starter;

import org.jspecify.annotations.NullMarked;
