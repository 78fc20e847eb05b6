/**
 * Auto-configuration of socket factories.
 */
@NullMarked
package dev.socketfactory.autoconfigure;

import org.jspecify.annotations.NullMarked;
