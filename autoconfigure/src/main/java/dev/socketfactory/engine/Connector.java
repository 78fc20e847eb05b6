package dev.socketfactory.engine;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.channels.NetworkChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;

import dev.socketfactory.SocketEndpoint;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketType;
import dev.socketfactory.engine.loop.Timers;
import dev.socketfactory.engine.socket.OpenedSocket;
import dev.socketfactory.engine.socket.SocketChannels;
import dev.socketfactory.engine.socket.SocketOptions;
import dev.socketfactory.engine.socket.SystemCallException;
import dev.socketfactory.lookup.LookupException;
import org.jspecify.annotations.Nullable;

import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;
import org.springframework.util.Assert;

/**
 * Makes one connection: looks the remote end up beside the event loop and tries its
 * addresses in turn on the event loop, all within the connect timeout. Used once.
 */
final class Connector {

	/**
	 * The delay that RFC 8305 recommends before the next address is tried.
	 */
	private static final Duration SHORTEST_TRY = Duration.ofMillis(250);

	private static final Runnable NOTHING = () -> {
	};

	private final Engine engine;

	private final SocketSpec spec;

	private final SocketOptions options;

	private final Outcome outcome;

	private final Deque<SocketAddress> addresses = new ArrayDeque<>();

	private final ConnectFailures failures;

	private @Nullable SocketAddress localAddress;

	private @Nullable ConnectingSocket socket;

	private @Nullable SocketAddress remote;

	private Timers.@Nullable Timer timeout;

	private Timers.@Nullable Timer nextAddress;

	private long startNanos;

	private int tried;

	private long deadlineNanos;

	private boolean resolved;

	/**
	 * Whether a thread is opening a socket, which may have to wait.
	 */
	private boolean opening;

	private boolean done;

	Connector(Engine engine, SocketSpec spec, SocketOptions options, Outcome outcome) {
		this.engine = engine;
		this.spec = spec;
		this.options = options;
		this.outcome = outcome;
		this.failures = new ConnectFailures(String.valueOf(spec.getRemote()), engine.getErrnos());
	}

	/**
	 * Begin. The outcome is told on the event loop or a thread for look-ups.
	 */
	void start() {
		run(() -> {
			this.startNanos = System.nanoTime();
			this.deadlineNanos = this.startNanos + this.spec.getConnectTimeout().toNanos();
			this.timeout = this.engine.getLoop().schedule(this.spec.getConnectTimeout(), this::timedOut);
			boolean immediate = this.engine.getResolver().isImmediate(this.spec, this.spec.getRemote())
					&& this.engine.getResolver().isImmediate(this.spec, this.spec.getBind());
			(immediate ? this.engine.getLoop() : this.engine.getLookups()).execute(this::lookUp);
			return null;
		});
	}

	/**
	 * Give up. When this method has returned nothing is open and no outcome will be told,
	 * unless it is being told at this moment. On the event loop it does not wait for a
	 * socket that is just being opened, which is then closed at once.
	 * @return whether this call has ended an attempt that was under way
	 */
	boolean cancel() {
		boolean underWay;
		synchronized (this) {
			underWay = !this.done && this.timeout != null;
			end();
			closeSocket();
			awaitOpening();
		}
		return underWay;
	}

	/**
	 * Return the address of the socket that is being connected.
	 * @return the address, {@code null} if there is no socket or it is not bound
	 */
	synchronized @Nullable SocketAddress getLocalAddress() {
		return (this.socket != null) ? this.socket.getLocalAddress() : null;
	}

	private void awaitOpening() {
		try {
			while (this.opening && !this.engine.getLoop().inLoop()) {
				wait();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private SocketEndpoint remoteEndpoint() {
		SocketEndpoint endpoint = this.spec.getRemote();
		Assert.state(endpoint != null, "A client has a remote end");
		return endpoint;
	}

	private synchronized boolean isDone() {
		return this.done;
	}

	private void lookUp() {
		if (isDone()) {
			return;
		}
		List<SocketAddress> remotes = lookUp(remoteEndpoint());
		SocketEndpoint bind = this.spec.getBind();
		List<SocketAddress> locals = (bind != null && !remotes.isEmpty()) ? lookUp(bind) : Collections.emptyList();
		run(() -> {
			this.addresses.addAll(remotes);
			this.localAddress = locals.isEmpty() ? null : locals.get(0);
			this.resolved = true;
			return () -> {
				this.outcome.resolved();
				tryNextSoon();
			};
		});
	}

	/**
	 * Return the addresses of an endpoint, or end with a failure.
	 */
	private List<SocketAddress> lookUp(SocketEndpoint endpoint) {
		try {
			this.engine.getResolver().checkProtocol(this.spec);
			return this.engine.getResolver().resolve(this.spec, endpoint);
		}
		catch (LookupException ex) {
			run(() -> fail(AttemptFailure.of(endpoint, ex)));
		}
		catch (RuntimeException | Error ex) {
			run(() -> fail(AttemptFailure.unexpected(endpoint, ex)));
		}
		return Collections.emptyList();
	}

	/**
	 * Try the next address on the event loop, unless binding may have to wait for the
	 * lock of a path.
	 */
	private void tryNextSoon() {
		(LocalEndpoint.isLocked(this.spec) ? this.engine.getBinders() : this.engine.getLoop())
			.execute(() -> run(this::tryNext));
	}

	private Runnable tryNext() {
		SocketAddress address = this.addresses.poll();
		if (address == null) {
			return fail(this.failures.summary(""));
		}
		this.remote = address;
		this.tried++;
		this.opening = true;
		return () -> open(address);
	}

	/**
	 * Open the socket without the lock of this object, which whoever gives up or runs out
	 * of time needs.
	 */
	private void open(SocketAddress address) {
		try {
			OpenedSocket<? extends NetworkChannel> opened = OpenedSocket.open(this::openChannel, this.spec,
					this.options, this.localAddress, 0);
			opened(() -> connect(opened, address), opened::close);
		}
		catch (SystemCallException ex) {
			SocketAddress end = ex.getOperation().equals("bind") ? this.localAddress : address;
			opened(() -> fail(AttemptFailure.of(OpenedSocket.text(end), ex)), NOTHING);
		}
		catch (RuntimeException | Error ex) {
			opened(() -> fail(AttemptFailure.unexpected(address, ex)), NOTHING);
			throw ex;
		}
	}

	/**
	 * Do what follows from opening, or, if the end was reached meanwhile, something else,
	 * for which whoever has ended this waits.
	 */
	private void opened(Supplier<@Nullable Runnable> step, Runnable otherwise) {
		boolean wanted = run(() -> {
			this.opening = false;
			return step.get();
		});
		if (!wanted) {
			otherwise.run();
			wakeCanceller();
		}
	}

	private synchronized void wakeCanceller() {
		this.opening = false;
		notifyAll();
	}

	private @Nullable Runnable connect(OpenedSocket<? extends NetworkChannel> opened, SocketAddress address) {
		ConnectingSocket next = new ConnectingSocket(opened, this.spec, address, this.engine.getLoop());
		this.socket = next;
		try {
			if (next.connect(() -> run(() -> connectable(next)))) {
				return succeed(next);
			}
			this.nextAddress = this.engine.getLoop().schedule(timeForThisAddress(), () -> run(() -> noAnswer(next)));
			return null;
		}
		catch (IOException | RuntimeException ex) {
			return connectFailed(next, ex);
		}
	}

	private NetworkChannel openChannel() throws IOException {
		return (this.spec.getType() == SocketType.SOCK_DGRAM) ? SocketChannels.openDatagram(this.spec)
				: SocketChannels.openStream(this.spec);
	}

	/**
	 * Share what is left of the time among the addresses that are left, so that one which
	 * does not answer leaves some to the others.
	 */
	private Duration timeForThisAddress() {
		Duration left = Duration.ofNanos(Math.max(0, this.deadlineNanos - System.nanoTime()));
		Duration share = left.dividedBy(this.addresses.size() + 1);
		Duration longer = (share.compareTo(SHORTEST_TRY) > 0) ? share : SHORTEST_TRY;
		return (longer.compareTo(left) < 0) ? longer : left.plusMillis(1);
	}

	private @Nullable Runnable connectable(ConnectingSocket current) {
		if (this.socket != current) {
			return null;
		}
		try {
			return current.finish() ? succeed(current) : null;
		}
		catch (IOException ex) {
			return connectFailed(current, ex);
		}
	}

	private @Nullable Runnable noAnswer(ConnectingSocket current) {
		if (this.socket != current) {
			return null;
		}
		closeSocket();
		this.failures.addTimeout(current.getRemote(), "no answer");
		return this::tryNextSoon;
	}

	private Runnable connectFailed(ConnectingSocket current, Exception failure) {
		closeSocket();
		this.failures.add(new AttemptFailure("connect", OpenedSocket.text(current.getRemote()), failure, null, null));
		return this::tryNextSoon;
	}

	private void timedOut() {
		run(() -> {
			closeSocket();
			String time = DurationFormatterUtils.print(this.spec.getConnectTimeout(), DurationFormat.Style.COMPOSITE);
			if (this.resolved && (this.failures.size() > 0 || !this.addresses.isEmpty())) {
				return fail(summaryOfRest(time));
			}
			String text = this.resolved ? "no answer within " + time : "the look-up took longer than " + time;
			return fail(new AttemptFailure(this.resolved ? "connect" : "getaddrinfo",
					String.valueOf(this.spec.getRemote()), new SocketTimeoutException(text), "ETIMEDOUT", text));
		});
	}

	private AttemptFailure summaryOfRest(String time) {
		if (this.remote != null && this.failures.size() < this.tried) {
			this.failures.addTimeout(this.remote, "no answer");
		}
		this.failures.addNotTried(this.addresses);
		return this.failures.summary(" within " + time);
	}

	private Runnable succeed(ConnectingSocket current) {
		end();
		this.socket = null;
		OpenedSocket<? extends NetworkChannel> connected = current.detach();
		long nanos = System.nanoTime() - this.startNanos;
		return () -> this.outcome.connected(connected, current.getRemote(), nanos);
	}

	private Runnable fail(AttemptFailure failure) {
		end();
		closeSocket();
		return () -> this.outcome.failed(failure);
	}

	private void end() {
		this.done = true;
		cancel(this.timeout);
		cancel(this.nextAddress);
	}

	private void closeSocket() {
		cancel(this.nextAddress);
		if (this.socket != null) {
			this.socket.close();
			this.socket = null;
		}
	}

	private static void cancel(Timers.@Nullable Timer timer) {
		if (timer != null) {
			timer.cancel();
		}
	}

	/**
	 * Do a step unless the end has been reached, then what follows from it: the outcome
	 * is told without the lock of this object, because it takes the one of the factory.
	 * @return whether the step was done
	 */
	private boolean run(Supplier<@Nullable Runnable> step) {
		Runnable next;
		synchronized (this) {
			if (this.done) {
				return false;
			}
			next = step.get();
		}
		if (next != null) {
			next.run();
		}
		return true;
	}

	/**
	 * Told how it went.
	 */
	interface Outcome {

		/**
		 * The remote end has been looked up, connecting begins.
		 */
		void resolved();

		/**
		 * There is a connection, registered nowhere.
		 * @param connected the connection
		 * @param remote the address it is connected to
		 * @param nanos how long it took, in nanoseconds
		 */
		void connected(OpenedSocket<? extends NetworkChannel> connected, SocketAddress remote, long nanos);

		void failed(AttemptFailure failure);

	}

}
