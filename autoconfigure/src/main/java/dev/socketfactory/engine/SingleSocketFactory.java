package dev.socketfactory.engine;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectableChannel;
import java.time.Duration;
import java.util.function.Function;

import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketState;
import dev.socketfactory.engine.delivery.ChannelTable;
import dev.socketfactory.engine.socket.OpenedSocket;
import dev.socketfactory.engine.socket.UnixSocketFile;
import dev.socketfactory.event.SocketSuccessEvent;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes one socket at a time and hands it over: a client or a datagram socket. When that
 * was closed, by whoever had claimed it, the factory is stopped.
 */
abstract class SingleSocketFactory extends AbstractSocketFactory {

	private static final Log logger = LogFactory.getLog(SocketFactory.class);

	private volatile @Nullable Made made;

	SingleSocketFactory(SocketSpec spec, Engine engine) {
		super(spec, engine);
	}

	@Override
	public @Nullable SocketAddress getLocalAddress() {
		Made current = this.made;
		return (current != null && current.isOpen()) ? current.address() : null;
	}

	@Override
	void noticeClosed() {
		Made current = this.made;
		if (current != null && !current.isOpen()) {
			forget(current);
			state().moveTo(SocketState.STOPPED);
		}
	}

	@Override
	void channelClosed() {
		Made current = this.made;
		if (current != null && !current.isOpen()) {
			// On the loop, because whoever has found it may hold any lock
			getEngine().getLoop().execute(() -> socketClosed(current));
		}
	}

	@Override
	void handlerFailed(SocketSuccessEvent event) {
		Made current = this.made;
		if (current != null && current.event() == event) {
			current.handlerFailed = true;
		}
	}

	/**
	 * Reserve a place for the handlers, now or as soon as one is free, and go on on the
	 * event loop: who gives a place back may hold the lock of another factory.
	 * @param next what to do with the place
	 */
	void reserve(Runnable next) {
		Runnable onLoop = () -> getEngine().getLoop().execute(next);
		if (getDispatcher().tryReserve()) {
			onLoop.run();
		}
		else {
			logger.warn("%s waits for a handler to end: the executor has no free thread".formatted(this));
			getDispatcher().reserve(onLoop);
		}
	}

	/**
	 * Remember the socket that was made.
	 * @param attempt number of the attempt
	 * @param opened the socket
	 * @param open the state that follows
	 */
	void remember(long attempt, OpenedSocket<? extends NetworkChannel> opened, SocketState open) {
		this.made = new Made(attempt, opened);
		state().moveTo(open);
	}

	/**
	 * Called when the socket is no longer that of the factory.
	 */
	void forgotten() {
	}

	/**
	 * Forget the socket. If it is still open, its claimant may go on using it.
	 * @return the socket, or {@code null} if there was none
	 */
	@Nullable Made forget() {
		Made current = this.made;
		if (current != null) {
			forget(current);
		}
		return current;
	}

	/**
	 * Go on after the socket was closed, by whomever.
	 * @param socket the socket
	 */
	void closed(Made socket) {
		state().moveTo(SocketState.STOPPED);
	}

	/**
	 * Count the socket in and make its event, in a step, for a place that has been
	 * reserved.
	 * @param channel the socket
	 * @param events makes the event, given its name
	 * @return what publishes it, to be run after the step, or {@code null} if nobody is
	 * to be told
	 */
	@Nullable Runnable admit(SelectableChannel channel, Function<String, SocketSuccessEvent> events) {
		int slot = getSockets().admit(channel);
		if (slot == ChannelTable.NO_SLOT) {
			channelClosed();
			return null;
		}
		String name = getSockets().getEventName();
		if (name == null) {
			getSockets().abandon(channel, slot);
			return null;
		}
		SocketSuccessEvent event = events.apply(name);
		Made current = this.made;
		if (current != null) {
			current.setEvent(event);
		}
		return () -> getSockets().deliver(event, channel, slot, getEngine().getLoop().inLoop());
	}

	private void forget(Made current) {
		this.made = null;
		getChannels().removeClosed();
		if (!current.isOpen()) {
			current.close();
		}
		forgotten();
	}

	private void socketClosed(Made socket) {
		getAttempts().step(socket.attempt(), () -> {
			if (this.made == socket) {
				forget(socket);
				closed(socket);
			}
		});
	}

	/**
	 * The socket that was made last.
	 */
	static final class Made {

		private final long attempt;

		private final OpenedSocket<? extends NetworkChannel> opened;

		private final long sinceNanos = System.nanoTime();

		private volatile @Nullable SocketSuccessEvent event;

		private volatile boolean handlerFailed;

		Made(long attempt, OpenedSocket<? extends NetworkChannel> opened) {
			this.attempt = attempt;
			this.opened = opened;
		}

		/**
		 * Return the number of the attempt that has made the socket.
		 */
		long attempt() {
			return this.attempt;
		}

		/**
		 * Return the address that the socket was bound to, or, if it was not, the one
		 * that its first datagram has given it.
		 */
		@Nullable SocketAddress address() {
			SocketAddress bound = this.opened.localAddress();
			return (bound != null) ? bound : addressSinceThen();
		}

		private @Nullable SocketAddress addressSinceThen() {
			try {
				return this.opened.channel().getLocalAddress();
			}
			catch (IOException ex) {
				return null;
			}
		}

		boolean isOpen() {
			return this.opened.channel().isOpen();
		}

		/**
		 * Close the socket and delete its file.
		 * @return whether it was open
		 */
		boolean close() {
			boolean open = isOpen();
			this.opened.close();
			return open;
		}

		void deleteFile() {
			UnixSocketFile file = this.opened.file();
			if (file != null) {
				file.delete();
			}
		}

		Duration age() {
			return Duration.ofNanos(System.nanoTime() - this.sinceNanos);
		}

		@Nullable SocketSuccessEvent event() {
			return this.event;
		}

		/**
		 * Return whether somebody wants such a socket: it was claimed, or would have been
		 * if its handler had not failed.
		 */
		boolean isWanted() {
			SocketSuccessEvent current = this.event;
			return current != null && (current.getClaimant() != null || this.handlerFailed);
		}

		void setEvent(SocketSuccessEvent event) {
			this.event = event;
		}

	}

}
