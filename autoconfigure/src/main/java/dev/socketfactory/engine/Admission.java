package dev.socketfactory.engine;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;

import dev.socketfactory.SocketFactory;
import dev.socketfactory.engine.admission.TlsSetup;
import dev.socketfactory.event.SocketSuccessEvent;
import org.jspecify.annotations.Nullable;

/**
 * What an accepted connection passes before its event is published: it waits for its
 * first byte on the event loop, where it holds no thread, and then shakes hands on the
 * thread of its handlers. Used on the event loop, unless a method says otherwise.
 */
final class Admission {

	private static final SafeLog logger = new SafeLog(SocketFactory.class);

	/**
	 * Reason to refuse a connection that says nothing.
	 */
	static final String FIRST_BYTE = "first-byte";

	private static final int MOST_PENDING = 500;

	private final ListenerSocketFactory factory;

	private final Acceptor acceptor;

	private final TlsSetup tls;

	private final Duration timeout;

	private final EventLoop loop;

	private final Dispatcher dispatcher;

	/**
	 * Connections that wait for their first byte or for a permit, the oldest first.
	 */
	private final Set<Pending> pending = new LinkedHashSet<>();

	Admission(ListenerSocketFactory factory, Acceptor acceptor, TlsSetup tls, Duration timeout) {
		this.factory = factory;
		this.acceptor = acceptor;
		this.tls = tls;
		this.timeout = timeout;
		this.loop = factory.getEngine().getLoop();
		this.dispatcher = factory.getDispatcher();
	}

	/**
	 * Let a connection wait for its first byte.
	 */
	void admit(CreatedSocket socket) {
		Pending waiting = new Pending(socket);
		try {
			waiting.begin();
		}
		catch (IOException | RuntimeException ex) {
			waiting.end();
			logger.debug("An accepted connection was closed at once", ex);
			return;
		}
		this.pending.add(waiting);
		if (this.pending.size() > MOST_PENDING) {
			this.pending.iterator().next().refuse();
		}
	}

	/**
	 * Close all that wait, because the application ends.
	 */
	void close() {
		Set.copyOf(this.pending).forEach(Pending::end);
	}

	private void handshakeFailed(CreatedSocket socket, @Nullable SocketAddress peer, IOException cause,
			boolean timedOut) {
		SocketTransport transport = socket.getTransport();
		if (transport != null && !transport.hasReceived() && !timedOut) {
			// Port scanners and health checks connect and leave
			this.factory.getCounters().failed("handshake", "");
			return;
		}
		Failures failures = this.factory.getFailures();
		failures
			.publishLimited(failures.make(CreatedSocket.handshakeFailure(peer, cause, timedOut ? this.timeout : null)));
	}

	/**
	 * A connection that has no event yet.
	 */
	private final class Pending implements CreatedSocket.Preparation {

		private final CreatedSocket socket;

		private final long acceptedNanos = System.nanoTime();

		private EventLoop.@Nullable Interest interest;

		private Timers.@Nullable Timer deadline;

		private volatile boolean timedOut;

		private Pending(CreatedSocket socket) {
			this.socket = socket;
		}

		private void begin() throws IOException {
			this.socket.getChannel().configureBlocking(false);
			this.interest = Admission.this.loop.register(this.socket.getChannel(), this::readable);
			this.interest.set(SelectionKey.OP_READ);
			this.deadline = Admission.this.loop.schedule(Admission.this.timeout, this::expired);
		}

		private void readable() {
			if (this.interest != null) {
				this.interest.cancel();
			}
			Admission.this.dispatcher.acquire(() -> Admission.this.loop.execute(this::permitAcquired));
		}

		/**
		 * Hand the connection over when no selector has its channel any more.
		 */
		private void permitAcquired() {
			if (!Admission.this.pending.remove(this)) {
				Admission.this.dispatcher.release();
				return;
			}
			Admission.this.loop.afterSelect(() -> this.socket.publish(this));
		}

		@Override
		public @Nullable SocketSuccessEvent prepare(CreatedSocket created) {
			SocketAddress peer = Acceptor.peerOf((SocketChannel) created.getChannel());
			try {
				created.secure(Admission.this.tls);
				Admission.this.factory.getCounters().handshaken(System.nanoTime() - this.acceptedNanos);
			}
			catch (IOException ex) {
				handshakeFailed(created, peer, ex, this.timedOut);
				return null;
			}
			finally {
				cancelDeadline();
			}
			return Admission.this.acceptor.makeEvent(created);
		}

		private void expired() {
			if (Admission.this.pending.contains(this)) {
				refuse();
			}
			else {
				this.timedOut = true;
				this.socket.close();
			}
		}

		private void refuse() {
			Admission.this.factory.getCounters().refused(FIRST_BYTE);
			end();
		}

		private void end() {
			Admission.this.pending.remove(this);
			cancelDeadline();
			this.socket.close();
			if (this.interest != null) {
				this.interest.cancel();
			}
		}

		private void cancelDeadline() {
			if (this.deadline != null) {
				this.deadline.cancel();
			}
		}

	}

}
