package dev.socketfactory.engine;

import java.nio.channels.SelectableChannel;
import java.util.function.Function;

import dev.socketfactory.engine.dispatch.Dispatcher;
import dev.socketfactory.event.SocketSuccessEvent;
import org.jspecify.annotations.Nullable;

/**
 * Turns the sockets that a factory has created into events.
 */
final class CreatedSockets {

	private final EventNames names;

	private final ChannelTable channels;

	private final Counters counters;

	private final SuccessPublisher publisher;

	private final Dispatcher dispatcher;

	CreatedSockets(EventNames names, ChannelTable channels, Counters counters, SuccessPublisher publisher,
			Dispatcher dispatcher) {
		this.names = names;
		this.channels = channels;
		this.counters = counters;
		this.publisher = publisher;
		this.dispatcher = dispatcher;
	}

	/**
	 * Count a socket in and make its event. A place must have been reserved for it.
	 * @param channel the socket
	 * @param events makes the event, given its name
	 * @return what is to be delivered, or {@code null} if there are no such events and
	 * the socket was closed
	 */
	@Nullable Delivery admit(SelectableChannel channel, Function<String, SocketSuccessEvent> events) {
		String name = this.names.getSuccess();
		this.counters.socketCreated();
		if (name == null) {
			this.publisher.discard(channel);
			this.dispatcher.release();
			return null;
		}
		return new Delivery(this.publisher, events.apply(name), channel, this.channels.add(channel));
	}

	/**
	 * Count a socket in that is not to be published, close it, and give its place back.
	 * @param channel the socket
	 */
	void discard(SelectableChannel channel) {
		this.counters.socketCreated();
		this.publisher.discard(channel);
		this.dispatcher.release();
	}

	/**
	 * Publish a socket.
	 * @param delivery what to deliver
	 * @param onLoop whether this is the event loop's turn for this factory, so that an
	 * inline event may be published here and now
	 */
	void deliver(Delivery delivery, boolean onLoop) {
		if (onLoop && this.dispatcher.isInline()) {
			delivery.run();
			// An interrupt that a handler leaves behind would close the channel of the
			// next
			Thread.interrupted();
		}
		else {
			this.dispatcher.dispatch(delivery);
		}
	}

}
