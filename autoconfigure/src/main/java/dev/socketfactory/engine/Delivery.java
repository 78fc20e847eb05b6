package dev.socketfactory.engine;

import java.nio.channels.SelectableChannel;

import dev.socketfactory.event.SocketSuccessEvent;

/**
 * A created socket on its way to its handlers.
 */
final class Delivery implements Runnable {

	private final SuccessPublisher publisher;

	private final SocketSuccessEvent event;

	private final SelectableChannel channel;

	private final int slot;

	Delivery(SuccessPublisher publisher, SocketSuccessEvent event, SelectableChannel channel, int slot) {
		this.publisher = publisher;
		this.event = event;
		this.channel = channel;
		this.slot = slot;
	}

	SocketSuccessEvent getEvent() {
		return this.event;
	}

	@Override
	public void run() {
		this.publisher.publish(this.event, this.channel, this.slot);
	}

}
