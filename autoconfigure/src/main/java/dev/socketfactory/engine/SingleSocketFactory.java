package dev.socketfactory.engine;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectableChannel;
import java.util.function.BiFunction;

import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketState;
import dev.socketfactory.engine.socket.OpenedSocket;
import dev.socketfactory.event.SocketSuccessEvent;
import org.jspecify.annotations.Nullable;

/**
 * Makes one socket at a time and hands it over: a client or a datagram socket. When that
 * was closed, by whatever code had claimed it, the factory is stopped.
 */
abstract class SingleSocketFactory extends ManagedSocketFactory {

	private static final SafeLog logger = new SafeLog(SocketFactory.class);

	/**
	 * The socket of the factory. Changed under its lock.
	 */
	private volatile @Nullable Current current;

	SingleSocketFactory(SocketSpec spec, Engine engine) {
		super(spec, engine);
	}

	@Override
	public @Nullable SocketAddress getLocalAddress() {
		Current socket = this.current;
		return (socket != null && socket.created().isOpen()) ? socket.address() : null;
	}

	@Override
	public void start() {
		getLock().lock();
		try {
			Current socket = this.current;
			if (socket != null && !socket.created().isOpen()) {
				// Closed, which has not been noticed yet
				forget(socket);
				state().moveTo(SocketState.STOPPED);
			}
			super.start();
		}
		finally {
			getLock().unlock();
		}
	}

	@Override
	void socketsClosed() {
		Current socket = this.current;
		if (socket != null && !socket.created().isOpen()) {
			// On the loop, because the caller may hold any lock
			getEngine().getLoop().execute(() -> socketClosed(socket));
		}
	}

	/**
	 * Acquire a permit for the handlers, now or as soon as there is one, and go on on the
	 * event loop: the caller that releases a permit may hold the lock of another factory.
	 * @param next what to do with the permit
	 */
	void acquirePermit(Runnable next) {
		Runnable onLoop = () -> getEngine().getLoop().execute(next);
		if (getDispatcher().tryAcquire()) {
			onLoop.run();
		}
		else {
			logger.warn("%s waits for a handler to end: the executor has no free thread".formatted(this));
			getDispatcher().acquire(onLoop);
		}
	}

	/**
	 * Make an opened socket that of the factory. Called in a step.
	 * @param opened the socket
	 * @param known the same, if it is among the open sockets already
	 * @param next the state that follows
	 * @return the socket
	 */
	CreatedSocket created(OpenedSocket<? extends NetworkChannel> opened, @Nullable CreatedSocket known,
			SocketState next) {
		CreatedSocket created = (known != null) ? known
				: getSockets().add((SelectableChannel) opened.channel(), opened.file());
		this.current = new Current(opened, created);
		state().moveTo(next);
		return created;
	}

	/**
	 * Publish a socket that has a permit.
	 * @param socket the socket
	 * @param events makes its event, given the name
	 */
	void publish(CreatedSocket socket, BiFunction<String, CreatedSocket, SocketSuccessEvent> events) {
		SocketSuccessEvent event = null;
		try {
			String name = getSuccessEventName();
			event = (name != null) ? events.apply(name, socket) : null;
		}
		finally {
			if (event == null) {
				socket.discard();
			}
		}
		if (event != null) {
			socket.publish(event, getEngine().getLoop().inLoop());
		}
	}

	/**
	 * Let go of the socket. Whatever code has claimed it may go on using it.
	 * @return the socket, {@code null} if there was none
	 */
	@Nullable Current forget() {
		Current socket = this.current;
		if (socket != null) {
			forget(socket);
		}
		return socket;
	}

	@Override
	public @Nullable SocketAddress getRemoteAddress() {
		Current socket = this.current;
		return (socket != null) ? socket.created().getRemoteAddress() : null;
	}

	@Override
	void abandonSocket() {
		Current socket = forget();
		if (socket != null) {
			socket.created().closeUnclaimed("it is of no use any more");
		}
	}

	/**
	 * Called when the socket is no longer that of the factory.
	 */
	void forgotten() {
	}

	/**
	 * Go on after the socket was closed, in the lock.
	 * @param socket the socket
	 */
	void closed(CreatedSocket socket) {
		state().moveTo(SocketState.STOPPED);
	}

	private void forget(Current socket) {
		this.current = null;
		getSockets().removeClosed();
		if (!socket.created().isOpen()) {
			socket.opened().close();
		}
		forgotten();
	}

	private void socketClosed(Current socket) {
		getLock().lock();
		try {
			if (this.current == socket) {
				forget(socket);
				closed(socket.created());
			}
		}
		finally {
			getLock().unlock();
		}
	}

	/**
	 * The socket that was made last.
	 *
	 * @param opened the socket with its file
	 * @param created the same for its handlers
	 */
	record Current(OpenedSocket<? extends NetworkChannel> opened, CreatedSocket created) {

		/**
		 * Return the address that the socket was bound to, or, if it was not, the one
		 * that its first datagram has given it.
		 */
		@Nullable SocketAddress address() {
			try {
				SocketAddress bound = this.opened.localAddress();
				return (bound != null) ? bound : this.opened.channel().getLocalAddress();
			}
			catch (IOException ex) {
				return null;
			}
		}

		/**
		 * Delete the file, if there is one.
		 */
		void deleteFile() {
			if (this.opened.file() != null) {
				this.opened.file().delete();
			}
		}

	}

}
