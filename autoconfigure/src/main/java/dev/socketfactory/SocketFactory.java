package dev.socketfactory;

import java.net.SocketAddress;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * Creates sockets without blocking anybody: a listener accepts connections, a client
 * connects, a datagram socket is bound. Every socket it creates, and every failure on the
 * way, is published as an event of the package {@code dev.socketfactory.event}.
 * <p>
 * All methods may be called from any thread, event handlers included, and never wait for
 * a handler.
 *
 * @since 0.1.0
 */
public interface SocketFactory {

	/**
	 * Return the name under which this factory was declared.
	 * @return the name, unique among the factories of an application
	 */
	String getName();

	/**
	 * Return the number of this factory, which every event carries.
	 * @return a number that is unique in the process and never used again
	 */
	long getId();

	/**
	 * Return where this factory stands in its life.
	 * @return the state
	 */
	SocketState getState();

	/**
	 * Return the address that the socket is bound to, as <a href=
	 * "https://man7.org/linux/man-pages/man2/getsockname.2.html">getsockname(2)</a> does.
	 * @return the address with the real port, or {@code null} while no socket is open
	 */
	@Nullable SocketAddress getLocalAddress();

	/**
	 * Stop accepting for the reason {@link PauseReason#USER}. The socket stays open on
	 * the same port and the system queues clients. After this method has returned no
	 * further connection is accepted; events of earlier accepts may still arrive.
	 * @return whether the set of reasons changed, {@code false} if this is not a listener
	 */
	default boolean pauseAccept() {
		return pauseAccept(PauseReason.USER);
	}

	/**
	 * Clear the reason {@link PauseReason#USER}. The listener accepts again if that was
	 * the only one.
	 * @return whether the set of reasons changed, {@code false} if this is not a listener
	 */
	default boolean resumeAccept() {
		return resumeAccept(PauseReason.USER);
	}

	/**
	 * Stop accepting for a reason of the application's own.
	 * @param reason the reason
	 * @return whether the set of reasons changed, {@code false} if this is not a listener
	 * @throws IllegalArgumentException if only the factory itself may set the reason
	 */
	boolean pauseAccept(PauseReason reason);

	/**
	 * Clear a reason that the application has set.
	 * @param reason the reason
	 * @return whether the set of reasons changed, {@code false} if this is not a listener
	 * @throws IllegalArgumentException if only the factory itself may clear the reason
	 */
	boolean resumeAccept(PauseReason reason);

	/**
	 * Return why this factory does not accept at present.
	 * @return an unmodifiable snapshot, in the order in which the reasons were set; empty
	 * while nothing speaks against accepting
	 */
	Set<PauseReason> getPauseReasons();

	/**
	 * Change how many connections of a stream listener may be open at once. Effective
	 * when this method has returned; connections that are open beyond the limit go on. A
	 * low-water mark that is not less than the limit any more is given up.
	 * @param maxConnections the limit, {@code 0} to accept nothing, {@code null} for no
	 * limit
	 * @throws IllegalArgumentException if the limit is negative
	 * @throws IllegalStateException if this is not a stream listener
	 */
	void setMaxConnections(@Nullable Integer maxConnections);

	/**
	 * Change at how many open connections a stream listener that has reached its limit
	 * accepts again.
	 * @param lowWater a number less than the limit, {@code null} for one less
	 * @throws IllegalArgumentException if the number is negative or not less than the
	 * limit
	 * @throws IllegalStateException if this is not a stream listener
	 */
	void setLowWater(@Nullable Integer lowWater);

	/**
	 * Return who may connect.
	 * @return the settings, {@link AccessSettings#EVERYBODY} if this is not a stream
	 * listener
	 */
	default AccessSettings getAccess() {
		return AccessSettings.EVERYBODY;
	}

	/**
	 * Change who may connect to a stream listener, for connections from now on. Names of
	 * users and groups are looked up, which may block.
	 * @param access who may
	 * @throws IllegalArgumentException if an address, a user or a group is not one;
	 * nothing is changed then
	 * @throws IllegalStateException if this is not a stream listener
	 */
	default void setAccess(AccessSettings access) {
		throw new IllegalStateException("'%s' is not a stream listener: nobody connects to it".formatted(getName()));
	}

	/**
	 * Change how many connections of one source may be open at a stream listener.
	 * Connections that are open beyond the limit go on; those of a time without a limit
	 * are not counted.
	 * @param perSource the limit, {@code null} for none
	 * @throws IllegalStateException if this is not a stream listener
	 */
	default void setPerSource(@Nullable PerSourceSettings perSource) {
		throw new IllegalStateException("'%s' is not a stream listener: nobody connects to it".formatted(getName()));
	}

	/**
	 * Change the name that events of a type carry. Pausing is untouched.
	 * @param type the type of event
	 * @param name the new name, or {@code null} to publish no such events: accepted
	 * sockets are then closed at once, failures are still logged and counted
	 * @throws IllegalArgumentException if the name is blank
	 */
	void setEventName(SocketEventType type, @Nullable String name);

	/**
	 * Make one more connection of a stream client, for the caller alone: no event is
	 * published for it, neither success nor failure. Works in every state and does not
	 * change it.
	 * @return the connection, TLS included, or a {@link SocketFailureException}; an
	 * {@link IllegalStateException} if this is not a stream client, or has been closed by
	 * name or with the application context. Cancelling the future ends the attempt.
	 * Closing the connection is up to the caller. The future may be completed when it is
	 * returned; otherwise a thread of its own completes it, and may be blocked by what
	 * depends on it.
	 */
	CompletableFuture<SocketConnection> connect();

	/**
	 * Open the socket. Does nothing if it is open or being opened, or if the application
	 * context has been closed. If names have to be looked up, that goes on after this
	 * method has returned, in the state {@link SocketState#RESOLVING}; otherwise the
	 * outcome is known on return. A failure is no exception but an event, and
	 * {@link #getLastFailure()}.
	 */
	void start();

	/**
	 * Close the socket. Connections which the system has queued are accepted first; their
	 * events may be published after this method has returned, because it waits for no
	 * handler. The port is free when it returns; sockets that have been claimed are not
	 * touched. Does nothing if nothing is open.
	 */
	void stop();

	/**
	 * Return whether this factory has been started and has neither failed nor been
	 * stopped.
	 * @return whether it is running
	 */
	boolean isRunning();

	/**
	 * Return the newest failure.
	 * @return the failure, or {@code null} if there has been none
	 */
	@Nullable SocketFailure getLastFailure();

}
