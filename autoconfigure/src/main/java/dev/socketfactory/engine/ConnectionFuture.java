package dev.socketfactory.engine;

import java.net.SocketAddress;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectableChannel;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import dev.socketfactory.SocketConnection;
import dev.socketfactory.SocketFailure;
import dev.socketfactory.SocketFailureException;
import dev.socketfactory.SslSettings;
import dev.socketfactory.engine.admission.TlsSetup;
import dev.socketfactory.engine.socket.OpenedSocket;
import dev.socketfactory.engine.socket.SocketOperationException;
import dev.socketfactory.engine.socket.SocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * A connection that a caller has asked for. It is completed beside the event loop,
 * because what depends on it is not known to be quick: on the thread of the caller, if it
 * was connected before the caller had the future.
 */
final class ConnectionFuture extends CompletableFuture<SocketConnection> implements Connector.Outcome {

	private final ClientSocketFactory factory;

	private final Connector connector;

	private final @Nullable TlsSetup tls;

	private volatile @Nullable CreatedSocket created;

	/**
	 * The thread of the caller until it has the future.
	 */
	private volatile @Nullable Thread caller;

	ConnectionFuture(ClientSocketFactory factory, SocketOptions options, @Nullable TlsSetup tls) {
		this.factory = factory;
		this.tls = tls;
		this.connector = new Connector(factory.getEngine(), factory.getSpec(), options, this);
	}

	void start() {
		Set<ConnectionFuture> pending = this.factory.getEngine().getPending();
		pending.add(this);
		whenComplete((channel, failure) -> {
			pending.remove(this);
			if (failure != null && !(failure instanceof SocketFailureException)) {
				// Cancelled, or ended by a time limit of the caller's
				this.connector.cancel();
				closeCreated();
			}
		});
		if (this.factory.isClosed() || this.factory.getEngine().isClosed()) {
			abandon();
		}
		else {
			this.caller = Thread.currentThread();
			try {
				this.connector.start(true);
			}
			finally {
				this.caller = null;
			}
		}
	}

	boolean isOf(ClientSocketFactory other) {
		return this.factory == other;
	}

	/**
	 * Give up because the engine has ended, or the factory was closed by name.
	 */
	void abandon() {
		completeExceptionally(closed());
	}

	@Override
	public void resolved() {
	}

	@Override
	public void connected(OpenedSocket<? extends NetworkChannel> opened, SocketAddress remote) {
		if (opened.file() != null) {
			// The name stays that of the socket, the file would be in the next one's way
			opened.file().delete();
		}
		CreatedSocket socket = this.factory.getSockets().add((SelectableChannel) opened.channel(), null);
		socket.handedOn();
		this.created = socket;
		if (this.tls == null) {
			runBesideLoop(() -> deliver(socket, remote));
		}
		else {
			this.factory.getEngine().runCompletion(() -> deliver(socket, remote));
		}
	}

	private void runBesideLoop(Runnable completion) {
		if (this.caller == Thread.currentThread()) {
			completion.run();
		}
		else {
			this.factory.getEngine().runCompletion(completion);
		}
	}

	private void deliver(CreatedSocket socket, SocketAddress remote) {
		try {
			secure(socket, remote);
		}
		catch (SocketOperationException ex) {
			socket.close();
			failed(ex);
			return;
		}
		this.connector.measure(socket);
		if (!complete(socket.connect(remote))) {
			socket.close();
		}
	}

	private void secure(CreatedSocket socket, SocketAddress remote) throws SocketOperationException {
		SslSettings ssl = this.factory.getSpec().getSsl();
		if (this.tls == null || ssl == null) {
			SocketOperationException.call("connect", OpenedSocket.text(remote),
					() -> socket.getChannel().configureBlocking(true));
			return;
		}
		if (this.factory.getEngine().getLoop().inLoop()) {
			throw new SocketOperationException("handshake", OpenedSocket.text(remote), "ENOMEM",
					"there is no thread for it", null);
		}
		socket.secure(this.tls, remote, ssl.handshakeTimeout());
	}

	private void closeCreated() {
		CreatedSocket socket = this.created;
		if (socket != null) {
			socket.close();
		}
	}

	@Override
	public void failed(SocketOperationException cause) {
		SocketFailure failure = this.factory.getFailures().make(cause);
		this.factory.getCounters().failed(failure.operation(), failure.errnoName());
		runBesideLoop(() -> completeExceptionally(new SocketFailureException(this.factory.getName(), failure)));
	}

	private IllegalStateException closed() {
		return new IllegalStateException(this.factory.isClosed() ? "%s has been closed".formatted(this.factory)
				: "The application context has been closed");
	}

}
