package dev.socketfactory.engine.delivery;

import java.nio.channels.SelectableChannel;
import java.util.List;

import dev.socketfactory.engine.dispatch.Dispatcher;
import dev.socketfactory.engine.meter.Counters;
import dev.socketfactory.event.SocketSuccessEvent;
import org.jspecify.annotations.Nullable;

/**
 * Looks after the sockets that a factory has created until their handlers have them.
 *
 * @since 0.1.0
 */
public final class CreatedSockets {

	private final EventNames names;

	private final ChannelTable channels;

	private final ClosedChannelWatch watch;

	private final Counters counters;

	private final SuccessPublisher publisher;

	private final Dispatcher dispatcher;

	public CreatedSockets(EventNames names, ChannelTable channels, ClosedChannelWatch watch, Counters counters,
			SuccessPublisher publisher, Dispatcher dispatcher) {
		this.names = names;
		this.channels = channels;
		this.watch = watch;
		this.counters = counters;
		this.publisher = publisher;
		this.dispatcher = dispatcher;
	}

	/**
	 * Count a socket in for which a place has been reserved.
	 * @param channel the socket
	 * @return its slot, {@link ChannelTable#NO_SLOT} if nobody is to be told of it: then
	 * it was closed and its place given back
	 */
	public int admit(SelectableChannel channel) {
		if (this.names.getSuccess() == null) {
			discard(channel);
			return ChannelTable.NO_SLOT;
		}
		this.counters.socketCreated();
		int slot = ChannelTable.NO_SLOT;
		try {
			slot = this.channels.add(channel);
			this.watch.begin();
			return slot;
		}
		catch (RuntimeException | Error ex) {
			abandon(channel, slot);
			throw ex;
		}
	}

	/**
	 * Count a socket in that is not to be published, close it, and give its place back.
	 * @param channel the socket
	 */
	public void discard(SelectableChannel channel) {
		this.counters.socketCreated();
		this.publisher.discard(channel);
		this.dispatcher.release();
	}

	/**
	 * Close a socket that cannot be delivered and give its place back.
	 * @param channel the socket
	 * @param slot its slot, {@link ChannelTable#NO_SLOT} if it was not admitted
	 */
	public void abandon(SelectableChannel channel, int slot) {
		this.publisher.discard(channel);
		if (slot != ChannelTable.NO_SLOT) {
			this.channels.removeIfClosed(slot, channel);
		}
		this.dispatcher.release();
	}

	/**
	 * Begin to make sockets, perhaps again.
	 */
	public void open() {
		this.publisher.setClosing(false);
	}

	/**
	 * Close all sockets under their handlers, because the application ends.
	 * @return how many there were
	 */
	public int closeAll() {
		this.publisher.setClosing(true);
		List<SelectableChannel> open = this.channels.getChannels();
		open.forEach(SuccessPublisher::close);
		return open.size();
	}

	/**
	 * Return the name for the event of an admitted socket.
	 * @return the name, {@code null} if there are no such events since a moment ago
	 */
	public @Nullable String getEventName() {
		return this.names.getSuccess();
	}

	/**
	 * Publish an admitted socket.
	 * @param event its event
	 * @param channel the socket
	 * @param slot its slot
	 * @param onLoop whether this is the event loop's turn for this factory, so that an
	 * inline event may be published here and now
	 */
	public void deliver(SocketSuccessEvent event, SelectableChannel channel, int slot, boolean onLoop) {
		if (onLoop && this.dispatcher.isInline()) {
			this.publisher.publish(event, channel, slot);
			// An interrupt that a handler leaves behind would close the channel of the
			// next
			Thread.interrupted();
		}
		else {
			this.dispatcher.dispatch(delivery(event, channel, slot));
		}
	}

	private Delivery delivery(SocketSuccessEvent event, SelectableChannel channel, int slot) {
		try {
			return new Delivery(this.publisher, this.dispatcher, event, channel, slot);
		}
		catch (OutOfMemoryError ex) {
			abandon(channel, slot);
			throw ex;
		}
	}

}
