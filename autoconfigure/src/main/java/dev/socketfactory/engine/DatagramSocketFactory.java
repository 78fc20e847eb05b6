package dev.socketfactory.engine;

import java.net.SocketAddress;
import java.nio.channels.DatagramChannel;

import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketState;
import dev.socketfactory.engine.socket.OpenedSocket;
import dev.socketfactory.engine.socket.OptionSet;
import dev.socketfactory.engine.socket.SocketChannels;
import dev.socketfactory.engine.socket.SystemCallException;
import dev.socketfactory.event.DatagramSocketOpenedEvent;
import dev.socketfactory.event.SocketSuccessEvent;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

/**
 * Opens a connectionless datagram socket, bound or not.
 */
final class DatagramSocketFactory extends SingleSocketFactory {

	private static final Log logger = LogFactory.getLog(SocketFactory.class);

	private final OptionSet options;

	private final LocalEndpoint localEndpoint;

	DatagramSocketFactory(SocketSpec spec, Engine engine) {
		super(spec, engine);
		this.options = OptionSet.of(spec);
		this.localEndpoint = new LocalEndpoint(this);
	}

	@Override
	void open(long attempt) {
		this.localEndpoint.resolve(attempt, (address) -> getAttempts().step(attempt, () -> open(attempt, address)));
	}

	@Override
	void closeSocket() {
		Made socket = forget();
		if (socket != null) {
			socket.deleteFile();
			closeUnlessClaimed(socket);
			getEngine().getLoop().flushQuietly();
		}
		state().moveTo(SocketState.STOPPED);
		logger.info("datagram socket '%s' stopped".formatted(getName()));
	}

	@Override
	void forgotten() {
		getEngine().closed(getName());
	}

	private void open(long attempt, @Nullable SocketAddress address) {
		try {
			OpenedSocket<DatagramChannel> opened = OpenedSocket.open(() -> SocketChannels.openDatagram(getSpec()),
					getSpec(), this.options.own(), address, 0);
			opened(attempt, opened);
		}
		catch (SystemCallException ex) {
			fail(attempt, explain(AttemptFailure.of(OpenedSocket.text(address), ex)));
		}
	}

	/**
	 * Say so if it is the channel of an earlier start that is in the way.
	 */
	private AttemptFailure explain(AttemptFailure failure) {
		boolean inUse = getFailures().errnoOf(failure.cause()).name().equals("EADDRINUSE");
		return (inUse && getChannels().size() > 0) ? failure.withText(
				getFailures().textOf(failure.cause()) + "; the channel that a handler has claimed before is still open")
				: failure;
	}

	private void opened(long attempt, OpenedSocket<DatagramChannel> opened) {
		try {
			getEngine().opened(getName(), opened.localAddress());
		}
		catch (RuntimeException | Error ex) {
			opened.close();
			throw ex;
		}
		remember(attempt, opened, SocketState.OPEN);
		finished();
		logger.info("datagram socket '%s' open on %s".formatted(getName(), OpenedSocket.text(opened.localAddress())));
		reserve(() -> publish(attempt, opened.channel()));
	}

	private void publish(long attempt, DatagramChannel channel) {
		boolean wanted = getAttempts().stepAndThen(attempt,
				() -> admit(channel, (name) -> new DatagramSocketOpenedEvent(this, name, channel, null)));
		if (!wanted) {
			getDispatcher().release();
		}
	}

	/**
	 * Close a socket that nobody has claimed, so that its port is free.
	 */
	private void closeUnlessClaimed(Made socket) {
		SocketSuccessEvent event = socket.event();
		boolean closed = (event != null) ? event.closeUnclaimed("its factory was stopped") : socket.close();
		if (closed) {
			getCounters().channelUnclaimed();
			getChannels().removeClosed();
		}
	}

}
