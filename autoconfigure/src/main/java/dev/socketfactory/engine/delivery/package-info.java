/**
 * What becomes of a socket that has been created:
 * {@link dev.socketfactory.engine.delivery.CreatedSockets} counts it in and has it
 * dispatched, {@link dev.socketfactory.engine.delivery.SuccessPublisher} publishes its
 * event to the handlers, and the others look after what they leave behind: channels that
 * nobody claims, and channels that have been closed, by whomever.
 */
@NullMarked
package dev.socketfactory.engine.delivery;

import org.jspecify.annotations.NullMarked;
