package dev.socketfactory.engine;

import java.net.SocketAddress;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;

import dev.socketfactory.SocketFailure;
import dev.socketfactory.SocketFailureException;
import dev.socketfactory.engine.socket.OpenedSocket;
import dev.socketfactory.engine.socket.SocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * A connection that somebody asked for. It is completed beside the event loop, because
 * what depends on it is not known to be quick.
 */
final class ConnectionFuture extends CompletableFuture<SocketChannel> implements Connector.Outcome {

	private final ClientSocketFactory factory;

	private final Connector connector;

	private volatile @Nullable OpenedSocket<? extends NetworkChannel> made;

	ConnectionFuture(ClientSocketFactory factory, SocketOptions options) {
		this.factory = factory;
		this.connector = new Connector(factory.getEngine(), factory.getSpec(), options, this);
	}

	ConnectionFuture start() {
		if (!this.factory.getEngine().getPending().add(this)) {
			completeExceptionally(closed());
			return this;
		}
		whenComplete((channel, failure) -> ended(failure));
		if (this.factory.isRetired()) {
			abandon();
		}
		else {
			this.connector.start();
		}
		return this;
	}

	boolean isOf(ClientSocketFactory factory) {
		return this.factory == factory;
	}

	/**
	 * Give up because the engine has ended, or the factory was closed by name.
	 */
	void abandon() {
		OpenedSocket<? extends NetworkChannel> socket = this.made;
		if (completeExceptionally(closed()) && socket != null) {
			socket.close();
		}
	}

	@Override
	public void resolved() {
	}

	@Override
	public void connected(OpenedSocket<? extends NetworkChannel> connected, SocketAddress remote, long nanos) {
		SocketChannel channel = (SocketChannel) connected.channel();
		this.made = connected;
		if (connected.file() != null) {
			// The name stays that of the socket, the file would be in the next one's way
			connected.file().delete();
		}
		this.factory.getCounters().socketCreated();
		this.factory.getCounters().connected(nanos);
		this.factory.addChannel(channel);
		this.factory.getEngine().getCompletions().execute(() -> {
			if (!complete(channel)) {
				connected.close();
			}
		});
	}

	@Override
	public void failed(AttemptFailure attempt) {
		SocketFailure failure = this.factory.getFailures().make(attempt, null);
		this.factory.getCounters().operationFailed(failure.operation(), failure.errnoName());
		this.factory.getEngine()
			.getCompletions()
			.execute(() -> completeExceptionally(new SocketFailureException(this.factory.getName(), failure)));
	}

	/**
	 * Give up connecting if somebody else has ended this: by cancelling it, or after a
	 * time of his own.
	 */
	private void ended(@Nullable Throwable failure) {
		this.factory.getEngine().getPending().remove(this);
		if (failure != null && !(failure instanceof SocketFailureException)) {
			this.connector.cancel();
		}
	}

	private IllegalStateException closed() {
		return new IllegalStateException(this.factory.isRetired() ? "%s has been closed".formatted(this.factory)
				: "The application context has been closed");
	}

}
