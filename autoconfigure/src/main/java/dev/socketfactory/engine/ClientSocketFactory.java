package dev.socketfactory.engine;

import java.net.SocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;

import dev.socketfactory.SocketConnection;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketState;
import dev.socketfactory.SocketType;
import dev.socketfactory.SslSettings;
import dev.socketfactory.engine.admission.TlsSetup;
import dev.socketfactory.engine.socket.OpenedSocket;
import dev.socketfactory.engine.socket.SocketOperationException;
import dev.socketfactory.engine.socket.SocketOptions;
import dev.socketfactory.event.ConnectionEstablishedEvent;
import dev.socketfactory.event.DatagramSocketOpenedEvent;
import dev.socketfactory.event.SocketSuccessEvent;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Connects a stream or datagram socket.
 */
final class ClientSocketFactory extends SingleSocketFactory {

	private static final SafeLog logger = new SafeLog(SocketFactory.class);

	private final SocketOptions options;

	private final @Nullable TlsSetup tls;

	/**
	 * Changed under the lock.
	 */
	private volatile @Nullable CreatedSocket handshaking;

	/**
	 * Changed under the lock.
	 */
	private volatile @Nullable Connector connector;

	ClientSocketFactory(SocketSpec spec, Engine engine) {
		super(spec, engine);
		this.options = SocketOptions.of(spec);
		this.tls = engine.getTls(spec);
	}

	@Override
	public CompletableFuture<SocketConnection> connect() {
		if (getSpec().getType() != SocketType.SOCK_STREAM) {
			return super.connect();
		}
		ConnectionFuture connection = new ConnectionFuture(this, this.options, this.tls);
		connection.start();
		return connection;
	}

	@Override
	void close() {
		super.close();
		for (ConnectionFuture connection : getEngine().getPending()) {
			if (connection.isOf(this)) {
				connection.abandon();
			}
		}
	}

	@Override
	public @Nullable SocketAddress getLocalAddress() {
		Connector connecting = this.connector;
		return (connecting != null) ? connecting.getLocalAddress() : super.getLocalAddress();
	}

	@Override
	boolean isClosingAwaited() {
		return getSpec().isReconnect() && getState() == SocketState.CONNECTED;
	}

	@Override
	void open(long number) {
		Connector next = new Connector(getEngine(), getSpec(), this.options, new Attempt(number));
		this.connector = next;
		acquirePermit(() -> connect(number, next));
	}

	@Override
	void closeSocket() {
		Connector connecting = this.connector;
		if (connecting != null && connecting.cancel()) {
			getDispatcher().release();
		}
		this.connector = null;
		CreatedSocket securing = this.handshaking;
		if (securing != null) {
			securing.close();
		}
		Current socket = forget();
		if (socket != null) {
			socket.created().endLent();
		}
		if (socket != null && (getSpec().getType() == SocketType.SOCK_STREAM || !socket.created().isWanted())) {
			socket.deleteFile();
		}
		state().moveTo(SocketState.STOPPED);
	}

	@Override
	void closed(CreatedSocket socket) {
		if (!getSpec().isReconnect() || !socket.isWanted()) {
			super.closed(socket);
			logger.info("%s stopped, its connection was closed".formatted(this));
			return;
		}
		state().moveTo(SocketState.RESOLVING);
		logger.info("%s connects again, its connection was closed".formatted(this));
		reopen(socket.getAge());
	}

	private void connect(long number, Connector next) {
		if (!enter(number)) {
			getDispatcher().release();
			return;
		}
		try {
			next.start(false);
		}
		finally {
			leave();
		}
	}

	private SocketSuccessEvent event(String name, CreatedSocket socket, SocketAddress remote) {
		if (socket.getChannel() instanceof DatagramChannel datagram) {
			return new DatagramSocketOpenedEvent(this, name, datagram, remote, socket);
		}
		return new ConnectionEstablishedEvent(this, name, (SocketChannel) socket.getChannel(), remote, socket);
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
			step(this.number, () -> {
				// Its time may have run out at this moment
				if (getState() == SocketState.RESOLVING) {
					state().moveTo(SocketState.CONNECTING);
				}
			});
		}

		@Override
		public void connected(OpenedSocket<? extends NetworkChannel> connected, SocketAddress remote) {
			if (ClientSocketFactory.this.tls != null) {
				secure(ClientSocketFactory.this.tls, connected, remote);
				return;
			}
			CreatedSocket socket = admit(connected, null, remote);
			if (socket == null) {
				connected.close();
				getDispatcher().release();
			}
			else {
				publish(socket, (name, created) -> event(name, created, remote));
			}
		}

		/**
		 * Let a connection shake hands on the thread of its handlers.
		 */
		private void secure(TlsSetup setup, OpenedSocket<? extends NetworkChannel> connected, SocketAddress remote) {
			CreatedSocket socket = beginHandshake(connected);
			if (socket == null) {
				connected.close();
				getDispatcher().release();
				return;
			}
			socket.publish((securing) -> {
				if (!shakeHands(securing, setup, remote) || admit(connected, securing, remote) == null) {
					connected.close();
					return null;
				}
				String name = getSuccessEventName();
				return (name != null) ? event(name, securing, remote) : null;
			});
		}

		private @Nullable CreatedSocket beginHandshake(OpenedSocket<? extends NetworkChannel> connected) {
			if (!enter(this.number)) {
				return null;
			}
			try {
				CreatedSocket socket = getSockets().add((SelectableChannel) connected.channel(), connected.file());
				ClientSocketFactory.this.handshaking = socket;
				return socket;
			}
			finally {
				leave();
			}
		}

		private boolean shakeHands(CreatedSocket socket, TlsSetup setup, SocketAddress remote) {
			SslSettings ssl = getSpec().getSsl();
			Assert.state(ssl != null, "The client has TLS");
			try {
				socket.secure(setup, remote, ssl.handshakeTimeout());
				return true;
			}
			catch (SocketOperationException ex) {
				fail(this.number, ex);
				return false;
			}
			finally {
				ClientSocketFactory.this.handshaking = null;
			}
		}

		private @Nullable CreatedSocket admit(OpenedSocket<? extends NetworkChannel> connected,
				@Nullable CreatedSocket secured, SocketAddress remote) {
			if (!enter(this.number)) {
				return null;
			}
			try {
				Connector connector = ClientSocketFactory.this.connector;
				ClientSocketFactory.this.connector = null;
				CreatedSocket socket = created(connected, secured, SocketState.CONNECTED);
				finished();
				if (connector != null) {
					connector.measure(socket);
				}
				logger.info("%s connected to %s".formatted(ClientSocketFactory.this, OpenedSocket.text(remote)));
				return socket;
			}
			finally {
				leave();
			}
		}

		@Override
		public void failed(SocketOperationException failure) {
			getDispatcher().release();
			Connector failed = ClientSocketFactory.this.connector;
			fail(this.number, getFailures().make(failure), (failed != null) ? failed.getBindAddress() : null);
		}

	}

}
