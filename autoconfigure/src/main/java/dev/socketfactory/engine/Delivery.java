package dev.socketfactory.engine;

import java.nio.channels.SelectableChannel;

import dev.socketfactory.engine.dispatch.Dispatcher;
import dev.socketfactory.event.SocketSuccessEvent;

/**
 * A created socket on its way to handlers on other threads: the one object that an
 * executor has to be given.
 */
final class Delivery implements Dispatcher.Delivery {

	private final SuccessPublisher publisher;

	private final Dispatcher dispatcher;

	private final SocketSuccessEvent event;

	private final SelectableChannel channel;

	private final int slot;

	Delivery(SuccessPublisher publisher, Dispatcher dispatcher, SocketSuccessEvent event, SelectableChannel channel,
			int slot) {
		this.publisher = publisher;
		this.dispatcher = dispatcher;
		this.event = event;
		this.channel = channel;
		this.slot = slot;
	}

	@Override
	public void run() {
		try {
			this.publisher.publish(this.event, this.channel, this.slot);
		}
		finally {
			this.dispatcher.release();
		}
	}

	@Override
	public void failed(Throwable cause) {
		try {
			this.publisher.failed(this.event, this.channel, this.slot, cause);
		}
		finally {
			this.dispatcher.release();
		}
	}

}
