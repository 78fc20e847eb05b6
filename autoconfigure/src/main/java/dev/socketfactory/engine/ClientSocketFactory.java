package dev.socketfactory.engine;

import java.net.SocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketState;
import dev.socketfactory.SocketType;
import dev.socketfactory.engine.socket.OpenedSocket;
import dev.socketfactory.engine.socket.OptionSet;
import dev.socketfactory.event.ConnectionEstablishedEvent;
import dev.socketfactory.event.DatagramSocketOpenedEvent;
import dev.socketfactory.event.SocketSuccessEvent;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Connects a stream or datagram socket.
 */
final class ClientSocketFactory extends SingleSocketFactory {

	private static final Log logger = LogFactory.getLog(SocketFactory.class);

	private final OptionSet options;

	/**
	 * Changed in steps only.
	 */
	private volatile @Nullable Connector connector;

	ClientSocketFactory(SocketSpec spec, Engine engine) {
		super(spec, engine);
		this.options = OptionSet.of(spec);
	}

	@Override
	public CompletableFuture<SocketChannel> connect() {
		if (getSpec().getType() != SocketType.SOCK_STREAM) {
			return super.connect();
		}
		return new ConnectionFuture(this, this.options.own()).start();
	}

	@Override
	void retire() {
		super.retire();
		getEngine().getPending().abandon(this);
	}

	/**
	 * Add a connection made on demand, and forget it when it was closed.
	 * @param channel the connection
	 */
	void addChannel(SocketChannel channel) {
		getChannels().add(channel);
		getWatch().begin();
	}

	@Override
	public @Nullable SocketAddress getLocalAddress() {
		Connector connecting = this.connector;
		return (connecting != null) ? connecting.getLocalAddress() : super.getLocalAddress();
	}

	@Override
	boolean isClosingAwaited() {
		return getSpec().isReconnect() && state().get() == SocketState.CONNECTED;
	}

	@Override
	void open(long attempt) {
		Connector next = new Connector(getEngine(), getSpec(), this.options.own(), new Attempt(attempt));
		this.connector = next;
		reserve(() -> begin(attempt, next));
	}

	@Override
	void closeSocket() {
		Connector connecting = this.connector;
		if (connecting != null && connecting.cancel()) {
			getDispatcher().release();
		}
		this.connector = null;
		Made socket = forget();
		if (socket != null) {
			socket.deleteFile();
		}
		state().moveTo(SocketState.STOPPED);
	}

	@Override
	void closed(Made socket) {
		if (!getSpec().isReconnect() || !socket.isWanted()) {
			super.closed(socket);
			logger.info("client '%s' stopped, its connection was closed".formatted(getName()));
			return;
		}
		state().moveTo(SocketState.RESOLVING);
		logger.info("client '%s' connects again, its connection was closed".formatted(getName()));
		Duration wait = getSpec().getRetry().delay().minus(socket.age());
		reopen(socket.attempt(), wait.isNegative() ? Duration.ZERO : wait);
	}

	private void begin(long attempt, Connector next) {
		if (!getAttempts().step(attempt, next::start)) {
			getDispatcher().release();
		}
	}

	private SocketSuccessEvent event(String name, SelectableChannel channel, SocketAddress remote) {
		if (channel instanceof DatagramChannel datagram) {
			return new DatagramSocketOpenedEvent(this, name, datagram, remote);
		}
		return new ConnectionEstablishedEvent(this, name, (SocketChannel) channel, remote);
	}

	/**
	 * One attempt to connect.
	 */
	private final class Attempt implements Connector.Outcome {

		private final long number;

		private Attempt(long number) {
			this.number = number;
		}

		@Override
		public void resolved() {
			getAttempts().step(this.number, () -> {
				// Its time may have run out at this moment
				if (state().get() == SocketState.RESOLVING) {
					state().moveTo(SocketState.CONNECTING);
				}
			});
		}

		@Override
		public void connected(OpenedSocket<? extends NetworkChannel> connected, SocketAddress remote, long nanos) {
			SelectableChannel channel = (SelectableChannel) connected.channel();
			boolean wanted = getAttempts().stepAndThen(this.number, () -> {
				ClientSocketFactory.this.connector = null;
				remember(this.number, connected, SocketState.CONNECTED);
				finished();
				getCounters().connected(nanos);
				logger.info("client '%s' connected to %s".formatted(getName(), OpenedSocket.text(remote)));
				return admit(channel, (name) -> event(name, channel, remote));
			});
			if (!wanted) {
				connected.close();
				getDispatcher().release();
			}
		}

		@Override
		public void failed(AttemptFailure failure) {
			getDispatcher().release();
			fail(this.number, failure);
		}

	}

}
