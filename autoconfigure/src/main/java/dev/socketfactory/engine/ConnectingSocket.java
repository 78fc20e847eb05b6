package dev.socketfactory.engine;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

import dev.socketfactory.SocketSpec;
import dev.socketfactory.engine.socket.OpenedSocket;
import dev.socketfactory.engine.socket.SocketChannels;
import org.jspecify.annotations.Nullable;

/**
 * A socket that is being connected to one address. Not thread-safe.
 */
final class ConnectingSocket {

	private final OpenedSocket<? extends NetworkChannel> opened;

	private final SocketSpec spec;

	private final SocketAddress remote;

	private final EventLoop loop;

	private EventLoop.@Nullable Interest interest;

	ConnectingSocket(OpenedSocket<? extends NetworkChannel> opened, SocketSpec spec, SocketAddress remote,
			EventLoop loop) {
		this.opened = opened;
		this.spec = spec;
		this.remote = remote;
		this.loop = loop;
	}

	SocketAddress getRemote() {
		return this.remote;
	}

	/**
	 * Return the address that the socket was bound to or has been given to connect.
	 * @return the address, {@code null} if it has none
	 */
	@Nullable SocketAddress getLocalAddress() {
		try {
			return SocketChannels.localAddressOf(this.opened.channel(), this.spec);
		}
		catch (IOException ex) {
			return null;
		}
	}

	/**
	 * Begin to connect.
	 * @param connectable what to run on the event loop when {@link #finish} is to be
	 * called
	 * @return whether it is connected already
	 * @throws IOException if the system refuses
	 */
	boolean connect(Runnable connectable) throws IOException {
		if (this.opened.channel() instanceof DatagramChannel datagram) {
			datagram.connect(SocketChannels.addressOf(this.spec, this.remote));
			return true;
		}
		SocketChannel stream = stream();
		stream.configureBlocking(false);
		// On the same machine the answer has come already, although connect(2) does not
		// say
		// so
		if (stream.connect(this.remote) || finish()) {
			return true;
		}
		this.interest = this.loop.register(stream, connectable);
		this.interest.set(SelectionKey.OP_CONNECT);
		return false;
	}

	/**
	 * Learn how connecting went.
	 * @return whether it is connected, {@code false} if it is still going on
	 * @throws IOException if it has failed
	 */
	boolean finish() throws IOException {
		if (!stream().finishConnect()) {
			return false;
		}
		// A port of the ephemeral range with nothing on it may be given to this very
		// socket, which then meets itself (RFC 9293, simultaneous open)
		if (stream().getLocalAddress() instanceof InetSocketAddress local && local.equals(this.remote)) {
			throw new ConnectException("Connection refused");
		}
		return true;
	}

	/**
	 * Leave the event loop. No selector has the channel any more after its next select.
	 */
	void deregister() {
		if (this.interest != null) {
			this.interest.cancel();
		}
	}

	/**
	 * Return whether the event loop has, or has had, the channel.
	 */
	boolean isRegistered() {
		return this.interest != null;
	}

	/**
	 * Return the connected socket with the local address that it has now.
	 */
	OpenedSocket<? extends NetworkChannel> getOpened() {
		return new OpenedSocket<>(this.opened.channel(), getLocalAddress(), this.opened.file());
	}

	/**
	 * Close the socket. Its descriptor has been released when this method has returned.
	 */
	void close() {
		this.opened.close();
		if (this.interest != null) {
			this.interest.cancel();
			this.loop.flushQuietly();
		}
	}

	private SocketChannel stream() {
		return (SocketChannel) this.opened.channel();
	}

}
