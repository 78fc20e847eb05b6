package dev.socketfactory.engine.delivery;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.UndeclaredThrowableException;
import java.nio.channels.SelectableChannel;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

import dev.socketfactory.SocketFactory;
import dev.socketfactory.engine.meter.Counters;
import dev.socketfactory.event.SocketSuccessEvent;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.context.ApplicationEventPublisher;

/**
 * Publishes the success events of a factory and looks after channels that the handlers
 * leave behind.
 *
 * @since 0.1.0
 */
public final class SuccessPublisher {

	private static final Log logger = LogFactory.getLog(SocketFactory.class);

	private final ApplicationEventPublisher publisher;

	private final ChannelTable channels;

	private final ClosedChannelWatch watch;

	private final UnclaimedChannels unclaimed;

	private final Counters counters;

	private final Consumer<SocketSuccessEvent> handlerFailed;

	/**
	 * Whether the channels are being closed under their handlers.
	 */
	private volatile boolean closing;

	public SuccessPublisher(ApplicationEventPublisher publisher, ChannelTable channels, ClosedChannelWatch watch,
			UnclaimedChannels unclaimed, Counters counters, Consumer<SocketSuccessEvent> handlerFailed) {
		this.publisher = publisher;
		this.channels = channels;
		this.watch = watch;
		this.unclaimed = unclaimed;
		this.counters = counters;
		this.handlerFailed = handlerFailed;
	}

	void setClosing(boolean closing) {
		this.closing = closing;
	}

	/**
	 * Publish an event on the calling thread.
	 * @param event the event
	 * @param channel its channel
	 * @param slot slot of the channel in the table
	 */
	void publish(SocketSuccessEvent event, SelectableChannel channel, int slot) {
		long started = this.counters.handlerStarted();
		try {
			if (channel.isOpen()) {
				// Else the factory was stopped and has closed it
				this.publisher.publishEvent(event);
			}
			if (event.getClaimant() == null && channel.isOpen()) {
				this.unclaimed.add(event, channel, slot);
			}
		}
		catch (Throwable ex) {
			handlerFailed(event, channel, ex);
		}
		finally {
			this.counters.handlerEnded(started);
			handlersReturned(slot, channel);
		}
	}

	/**
	 * Do for an event that cannot be published what is done for a handler that fails.
	 * @param event the event
	 * @param channel its channel
	 * @param slot slot of the channel in the table
	 * @param cause why not
	 */
	void failed(SocketSuccessEvent event, SelectableChannel channel, int slot, Throwable cause) {
		try {
			handlerFailed(event, channel, cause);
		}
		finally {
			handlersReturned(slot, channel);
		}
	}

	/**
	 * Close a channel for which there is no handler.
	 * @param channel the channel
	 */
	void discard(SelectableChannel channel) {
		this.counters.channelUnclaimed();
		close(channel);
	}

	private void handlersReturned(int slot, SelectableChannel channel) {
		if (this.channels.handlersReturned(slot, channel)) {
			this.watch.hurry();
		}
	}

	private void handlerFailed(SocketSuccessEvent event, SelectableChannel channel, Throwable thrown) {
		Throwable failure = thrownByHandler(thrown);
		String handler = "Handler of %s of '%s'".formatted(event.getClass().getSimpleName(), event.getFactoryName());
		if (this.closing && failure instanceof IOException && !channel.isOpen()) {
			logger.debug("%s ended because its channel was closed".formatted(handler), failure);
			return;
		}
		this.counters.handlerFailed();
		this.handlerFailed.accept(event);
		boolean closed = event.closeUnclaimed("its handler failed: " + failure) || closeOfFailed(event, channel);
		String end = closed ? "; its channel was closed" : "";
		if (failure instanceof IOException && event.getClaimant() != null) {
			// A peer that has gone, most likely: nothing that a stack trace would explain
			logger.warn("%s ended with %s%s".formatted(handler, failure, end));
			logger.debug(handler, failure);
		}
		else {
			logger.error("%s failed%s".formatted(handler, end), failure);
		}
	}

	/**
	 * Return what the handler has thrown: Spring wraps what an annotated method declares
	 * to throw, streams of the JDK wrap an I/O error, and futures wrap what they failed
	 * with.
	 */
	private static Throwable thrownByHandler(Throwable thrown) {
		boolean wrapper = thrown instanceof UndeclaredThrowableException || thrown instanceof UncheckedIOException
				|| thrown instanceof CompletionException || thrown instanceof ExecutionException;
		return (wrapper && thrown.getCause() != null) ? thrownByHandler(thrown.getCause()) : thrown;
	}

	/**
	 * Close what the handler had claimed before it failed, unless it had handed it on to
	 * a selector.
	 */
	private static boolean closeOfFailed(SocketSuccessEvent event, SelectableChannel channel) {
		if (event.getClaimant() != Thread.currentThread() || channel.isRegistered()) {
			return false;
		}
		close(channel);
		return true;
	}

	static void close(SelectableChannel channel) {
		try {
			channel.close();
		}
		catch (IOException ex) {
			logger.debug("Closing a channel failed", ex);
		}
	}

}
