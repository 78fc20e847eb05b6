/**
 * The recipes of the documentation, compiled and tried.
 */
@NullMarked
package dev.socketfactory.recipes;

import org.jspecify.annotations.NullMarked;
