/**
 * Health of socket factories.
 */
@NullMarked
package dev.socketfactory.health;

import org.jspecify.annotations.NullMarked;
