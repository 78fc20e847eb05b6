package dev.socketfactory.engine;

import java.net.SocketAddress;
import java.nio.channels.DatagramChannel;

import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketFailure;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketState;
import dev.socketfactory.engine.socket.OpenedSocket;
import dev.socketfactory.engine.socket.SocketOperationException;
import dev.socketfactory.engine.socket.SocketOptions;
import dev.socketfactory.event.DatagramSocketOpenedEvent;
import org.jspecify.annotations.Nullable;

/**
 * Opens a connectionless datagram socket, bound or not.
 */
final class DatagramSocketFactory extends SingleSocketFactory {

	private static final SafeLog logger = new SafeLog(SocketFactory.class);

	private final SocketOptions options;

	DatagramSocketFactory(SocketSpec spec, Engine engine) {
		super(spec, engine);
		this.options = SocketOptions.of(spec);
	}

	@Override
	void open(long number) {
		LocalEndpoint.resolve(this, number, (address) -> step(number, () -> open(number, address)));
	}

	@Override
	void closeSocket() {
		Current socket = forget();
		if (socket != null) {
			socket.created().closeUnclaimed("its factory was stopped");
			socket.created().endLent();
			getEngine().getLoop().flushQuietly();
			if (!socket.created().isOpen()) {
				socket.deleteFile();
			}
		}
		state().moveTo(SocketState.STOPPED);
		logger.info("datagram socket '%s' stopped".formatted(getName()));
	}

	@Override
	void forgotten() {
		getEngine().closed(getName());
	}

	private void open(long number, @Nullable SocketAddress address) {
		try {
			opened(number, OpenedSocket.openDatagram(getSpec(), this.options, address));
		}
		catch (SocketOperationException ex) {
			fail(number, explain(getFailures().make(ex)));
		}
	}

	/**
	 * Say so if it is the channel of an earlier start that is in the way.
	 */
	private SocketFailure explain(SocketFailure failure) {
		if (!failure.errnoName().equals("EADDRINUSE") || getSockets().size() == 0) {
			return failure;
		}
		return new SocketFailure(failure.operation(), failure.errno(), failure.errnoName(),
				failure.message() + "; the channel that a handler has claimed before is still open", failure.cause(),
				failure.time(), null);
	}

	private void opened(long number, OpenedSocket<DatagramChannel> opened) {
		try {
			getEngine().opened(getName(), opened.localAddress());
		}
		catch (RuntimeException | Error ex) {
			opened.close();
			throw ex;
		}
		CreatedSocket socket = created(opened, null, SocketState.OPEN);
		lookAfter(number, opened.file());
		finished();
		logger.info("datagram socket '%s' open on %s".formatted(getName(), OpenedSocket.text(opened.localAddress())));
		acquirePermit(() -> publish(number, socket, opened.channel()));
	}

	private void publish(long number, CreatedSocket socket, DatagramChannel channel) {
		if (getAttempt() != number) {
			// The factory was stopped and has closed it
			getDispatcher().release();
			return;
		}
		publish(socket, (name, created) -> new DatagramSocketOpenedEvent(this, name, channel, null, created));
	}

}
