/**
 * Actuator endpoint for socket factories.
 */
@NullMarked
package dev.socketfactory.actuate;

import org.jspecify.annotations.NullMarked;
