/**
 * What a factory counts and measures, and how often it is logged.
 */
@NullMarked
package dev.socketfactory.engine.meter;

import org.jspecify.annotations.NullMarked;
