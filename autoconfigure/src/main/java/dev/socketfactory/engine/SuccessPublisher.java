package dev.socketfactory.engine;

import java.io.IOException;
import java.nio.channels.SelectableChannel;

import dev.socketfactory.event.SocketSuccessEvent;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.context.ApplicationEventPublisher;

/**
 * Publishes the success events of a factory and looks after channels that the handlers
 * leave behind.
 */
final class SuccessPublisher {

	private static final Log logger = LogFactory.getLog(SuccessPublisher.class);

	private final ApplicationEventPublisher publisher;

	private final ChannelTable channels;

	private final ClosedChannelWatch watch;

	private final UnclaimedChannels unclaimed;

	private final Counters counters;

	SuccessPublisher(ApplicationEventPublisher publisher, ChannelTable channels, ClosedChannelWatch watch,
			UnclaimedChannels unclaimed, Counters counters) {
		this.publisher = publisher;
		this.channels = channels;
		this.watch = watch;
		this.unclaimed = unclaimed;
		this.counters = counters;
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
			handlersReturned(slot, channel);
			this.counters.handlerEnded(started);
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

	private void handlerFailed(SocketSuccessEvent event, SelectableChannel channel, Throwable failure) {
		this.counters.handlerFailed();
		boolean closed = event.closeUnclaimed("its handler failed: " + failure) || closeOfFailed(event, channel);
		logger.error("Handler of %s of '%s' failed%s".formatted(event.getClass().getSimpleName(),
				event.getFactoryName(), closed ? "; its channel was closed" : ""), failure);
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

	private static void close(SelectableChannel channel) {
		try {
			channel.close();
		}
		catch (IOException ex) {
			logger.debug("Closing a channel failed", ex);
		}
	}

}
