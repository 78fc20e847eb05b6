package dev.socketfactory.event;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.SelectableChannel;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

import javax.net.ssl.SSLSession;

import dev.socketfactory.SocketConnection;
import dev.socketfactory.SocketFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Published when a factory has created a socket. The event owns the channel until
 * somebody claims it, once; a channel that nobody claims in time is closed.
 * <p>
 * The channel is a genuine JDK channel: it is registered nowhere and nothing has been
 * read from it. Once claimed, closing it is up to the claimant.
 *
 * @since 0.1.0
 */
@SuppressWarnings("serial")
public abstract class SocketSuccessEvent extends SocketEvent {

	private static final Object NOBODY = "nobody";

	private static final AtomicReferenceFieldUpdater<SocketSuccessEvent, Object> OWNER = AtomicReferenceFieldUpdater
		.newUpdater(SocketSuccessEvent.class, Object.class, "owner");

	private final transient SelectableChannel channel;

	private final @Nullable SocketAddress remoteAddress;

	private final transient @Nullable SocketHandle handle;

	/**
	 * {@link #NOBODY}, the thread that claimed the channel, or the text that says why it
	 * was closed.
	 */
	private transient volatile Object owner = NOBODY;

	/**
	 * Create an event.
	 * @param factory the factory that created the socket
	 * @param eventName name of the event
	 * @param channel the socket, registered nowhere; its mode is set when it is claimed
	 * @param remoteAddress address of the peer, or {@code null}
	 * @param handle what to tell of its ownership, {@code null} if nothing is to be told
	 */
	protected SocketSuccessEvent(SocketFactory factory, String eventName, SelectableChannel channel,
			@Nullable SocketAddress remoteAddress, @Nullable SocketHandle handle) {
		super(factory, eventName);
		this.channel = channel;
		this.remoteAddress = remoteAddress;
		this.handle = handle;
	}

	/**
	 * Return the address of the peer.
	 * @return the address, or {@code null} if there is no peer or it has no name
	 */
	public @Nullable SocketAddress getRemoteAddress() {
		return this.remoteAddress;
	}

	/**
	 * Return the port of the peer.
	 * @return the port, or {@code null} if there is no peer or its address has no port
	 */
	public @Nullable Integer getRemotePort() {
		return (this.remoteAddress instanceof InetSocketAddress inet) ? inet.getPort() : null;
	}

	/**
	 * Take the channel over in non-blocking mode, ready for a selector.
	 * @return the channel; closing it is up to the caller from now on
	 * @throws IllegalStateException if it was claimed before, or closed because nobody
	 * had claimed it
	 * @throws UncheckedIOException if its mode cannot be set; it is closed then
	 */
	public SelectableChannel claimChannel() {
		return claim(false, false);
	}

	/**
	 * Take the channel over in blocking mode, ready for plain streams on a thread of its
	 * own.
	 * @return the channel; closing it is up to the caller from now on
	 * @throws IllegalStateException if it was claimed before, or closed because nobody
	 * had claimed it
	 * @throws UncheckedIOException if its mode cannot be set; it is closed then
	 */
	public SelectableChannel claimBlockingChannel() {
		return claim(true, false);
	}

	/**
	 * Take the connection over to read and write it on a thread of its own.
	 * @return the connection; closing it is up to the caller from now on
	 * @throws IllegalStateException if it was claimed before, or closed because nobody
	 * had claimed it, or if no thread of its own is there, with {@code dispatch: inline}
	 * @throws UncheckedIOException if the mode of its channel cannot be set; it is closed
	 * then
	 */
	SocketConnection connect() {
		SocketHandle current = this.handle;
		Assert.state(current != null,
				() -> "%s was not published by a factory: it has no connection".formatted(getClass().getSimpleName()));
		claim(true, true);
		return current.connect(this.remoteAddress);
	}

	/**
	 * Return the TLS session of the connection.
	 */
	@Nullable SSLSession sslSession() {
		return (this.handle != null) ? this.handle.getSslSession() : null;
	}

	@Nullable SocketHandle getHandle() {
		return this.handle;
	}

	/**
	 * Say that what was claimed is lent to a handler.
	 */
	void lend() {
		if (this.handle != null) {
			this.handle.lent();
		}
	}

	/**
	 * Return who claimed the channel.
	 * @return the thread, or {@code null} if nobody has
	 */
	public @Nullable Thread getClaimant() {
		return (this.owner instanceof Thread thread) ? thread : null;
	}

	/**
	 * Close the channel unless somebody has claimed it. Used by the factory for channels
	 * that nobody wants, and free for a handler that wants to turn a peer away.
	 * @param reason why, in words that follow "the channel was closed because"; a later
	 * claim says so
	 * @return whether this call has closed the channel
	 */
	public boolean closeUnclaimed(String reason) {
		if (!OWNER.compareAndSet(this, NOBODY, reason)) {
			return false;
		}
		close();
		released();
		return true;
	}

	@Override
	public String toString() {
		return toString("remoteAddress=" + this.remoteAddress);
	}

	private SelectableChannel claim(boolean blocking, boolean asConnection) {
		if (this.handle != null) {
			this.handle.claiming(asConnection);
		}
		if (!OWNER.compareAndSet(this, NOBODY, Thread.currentThread())) {
			throw new IllegalStateException(whyNotClaimable());
		}
		try {
			this.channel.configureBlocking(blocking);
		}
		catch (IOException ex) {
			close();
			throw new UncheckedIOException("Channel of '%s' cannot be switched to %s mode".formatted(getFactoryName(),
					blocking ? "blocking" : "non-blocking"), ex);
		}
		finally {
			released();
		}
		return this.channel;
	}

	private void released() {
		if (this.handle != null) {
			this.handle.released();
		}
	}

	private void close() {
		try {
			this.channel.close();
		}
		catch (IOException ex) {
			// The descriptor is released all the same; close(2): "should not be retried"
		}
	}

	private String whyNotClaimable() {
		String event = "%s of '%s'".formatted(getClass().getSimpleName(), getFactoryName());
		return (this.owner instanceof String reason) ? "Channel of %s was closed because %s".formatted(event, reason)
				: "Channel of %s has been claimed already".formatted(event);
	}

}
