package dev.socketfactory.engine;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

import dev.socketfactory.SocketConnection;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.engine.CreatedSocket.Phase;
import org.jspecify.annotations.Nullable;

/**
 * Looks from time to time whether the {@link SocketConnection connections} of one factory
 * have waited for their peers for too long. Safe for use by any thread.
 */
final class ConnectionWatch {

	private static final SafeLog logger = new SafeLog(SocketFactory.class);

	/**
	 * Looks within the shortest idle timeout.
	 */
	private static final int LOOKS = 20;

	private static final Duration SHORTEST = Duration.ofMillis(10);

	private static final Duration LONGEST = Duration.ofSeconds(1);

	private final OpenSockets sockets;

	private final EventLoop loop;

	// Made here, because no class may be needed for the first time when it is used

	private final Runnable look = this::look;

	/**
	 * Guarded by this object, like what follows.
	 */
	private Duration interval = LONGEST;

	private Timers.@Nullable Timer timer;

	ConnectionWatch(OpenSockets sockets, EventLoop loop) {
		this.sockets = sockets;
		this.loop = loop;
	}

	/**
	 * Look often enough for an idle timeout.
	 * @param timeout the timeout of a connection
	 */
	void start(Duration timeout) {
		Duration wanted = timeout.dividedBy(LOOKS);
		every((wanted.compareTo(SHORTEST) > 0) ? wanted : SHORTEST);
	}

	/**
	 * Look often, because connections are to come to their end.
	 */
	void startEnding() {
		every(SHORTEST);
	}

	private synchronized void every(Duration wanted) {
		boolean sooner = wanted.compareTo(this.interval) < 0;
		if (sooner) {
			this.interval = wanted;
		}
		if (this.timer == null || sooner) {
			schedule();
		}
	}

	private synchronized void schedule() {
		if (this.timer != null) {
			this.timer.cancel();
		}
		this.timer = this.loop.schedule(this.interval, this.look);
	}

	private void look() {
		boolean any = true;
		try {
			any = checkAll();
		}
		finally {
			lookAgain(any);
		}
	}

	/**
	 * End what has waited for too long. Callable from any thread.
	 * @return whether there are any connections
	 */
	boolean checkAll() {
		long now = System.nanoTime();
		List<CreatedSocket> connected = this.sockets.snapshot(Phase.CONNECTED);
		connected.forEach((socket) -> check(socket, now));
		return !connected.isEmpty();
	}

	private synchronized void lookAgain(boolean any) {
		this.timer = null;
		if (any) {
			schedule();
		}
		else {
			this.interval = LONGEST;
		}
	}

	private static void check(CreatedSocket socket, long now) {
		SocketTransport transport = socket.getTransport();
		if (transport == null) {
			return;
		}
		try {
			transport.check(now);
		}
		catch (IOException ex) {
			logger.debug("A connection was closed meanwhile", ex);
		}
		if (!transport.isOpen()) {
			socket.connectionClosed();
		}
	}

}
