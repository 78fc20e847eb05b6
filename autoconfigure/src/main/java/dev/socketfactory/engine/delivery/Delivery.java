package dev.socketfactory.engine.delivery;

import java.nio.channels.SelectableChannel;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

import dev.socketfactory.engine.dispatch.Dispatcher;
import dev.socketfactory.event.SocketSuccessEvent;

/**
 * A created socket on its way to handlers on other threads: the one object that an
 * executor has to be given.
 *
 * @since 0.1.0
 */
public final class Delivery implements Dispatcher.Delivery {

	private static final AtomicIntegerFieldUpdater<Delivery> SETTLED = AtomicIntegerFieldUpdater
		.newUpdater(Delivery.class, "settled");

	private final SuccessPublisher publisher;

	private final Dispatcher dispatcher;

	private final SocketSuccessEvent event;

	private final SelectableChannel channel;

	private final int slot;

	/**
	 * An executor may run what it says that it has refused.
	 */
	private volatile int settled;

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
		if (!SETTLED.compareAndSet(this, 0, 1)) {
			return;
		}
		try {
			this.publisher.publish(this.event, this.channel, this.slot);
		}
		finally {
			this.dispatcher.release();
		}
	}

	@Override
	public void failed(Throwable cause) {
		if (!SETTLED.compareAndSet(this, 0, 1)) {
			return;
		}
		try {
			this.publisher.failed(this.event, this.channel, this.slot, cause);
		}
		finally {
			this.dispatcher.release();
		}
	}

}
