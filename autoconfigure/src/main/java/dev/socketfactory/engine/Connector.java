package dev.socketfactory.engine;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketEndpoint;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketType;
import dev.socketfactory.engine.loop.EventLoop;
import dev.socketfactory.engine.loop.Timers;
import dev.socketfactory.engine.socket.OpenedSocket;
import dev.socketfactory.engine.socket.SocketChannels;
import dev.socketfactory.engine.socket.SocketOptions;
import dev.socketfactory.engine.socket.SystemCallException;
import dev.socketfactory.lookup.LookupException;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Makes one connection: looks the remote end up beside the event loop and tries its
 * addresses in turn on the event loop, all within the connect timeout. Used once.
 */
final class Connector {

	private static final Duration SHORTEST_TRY = Duration.ofSeconds(2);

	private final Engine engine;

	private final SocketSpec spec;

	private final SocketOptions options;

	private final Outcome outcome;

	private final Deque<SocketAddress> addresses = new ArrayDeque<>();

	private final List<AttemptFailure> failures = new ArrayList<>();

	private @Nullable SocketAddress localEnd;

	private @Nullable OpenedSocket<? extends NetworkChannel> socket;

	private @Nullable SocketAddress remote;

	private EventLoop.@Nullable Interest interest;

	private Timers.@Nullable Timer timeout;

	private Timers.@Nullable Timer nextAddress;

	private long startNanos;

	private int tried;

	private long deadlineNanos;

	private boolean resolved;

	private boolean done;

	Connector(Engine engine, SocketSpec spec, SocketOptions options, Outcome outcome) {
		this.engine = engine;
		this.spec = spec;
		this.options = options;
		this.outcome = outcome;
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
	 * unless it is being told at this moment.
	 * @return whether this call has ended an attempt that was under way
	 */
	boolean cancel() {
		boolean underWay;
		synchronized (this) {
			underWay = !this.done && this.timeout != null;
			end();
			closeSocket();
		}
		return underWay;
	}

	private SocketEndpoint remoteEnd() {
		SocketEndpoint endpoint = this.spec.getRemote();
		Assert.state(endpoint != null, "A client has a remote end");
		return endpoint;
	}

	private void lookUp() {
		List<SocketAddress> remotes = lookUp(remoteEnd());
		SocketEndpoint bind = this.spec.getBind();
		List<SocketAddress> locals = (bind != null && !remotes.isEmpty()) ? lookUp(bind) : Collections.emptyList();
		run(() -> {
			this.addresses.addAll(remotes);
			this.localEnd = locals.isEmpty() ? null : locals.get(0);
			this.resolved = true;
			return () -> {
				this.outcome.resolved();
				opener().execute(() -> run(this::tryNext));
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
	 * Return where sockets are opened: on the event loop, unless binding has to wait for
	 * the lock of a path.
	 */
	private Executor opener() {
		boolean locks = this.spec.getDomain() == SocketDomain.AF_UNIX && this.spec.getBind() != null;
		return locks ? this.engine.getLookups() : this.engine.getLoop();
	}

	private @Nullable Runnable tryNext() {
		SocketAddress address = this.addresses.poll();
		if (address == null) {
			return fail(summary(""));
		}
		this.remote = address;
		this.tried++;
		try {
			OpenedSocket<? extends NetworkChannel> opened = OpenedSocket.open(this::openChannel, this.spec,
					this.options, this.localEnd, 0);
			this.socket = opened;
			boolean connected = SystemCallException.call("connect", () -> connect(opened.channel(), address));
			return connected ? succeed() : null;
		}
		catch (SystemCallException ex) {
			closeSocket();
			AttemptFailure failure = AttemptFailure
				.of(OpenedSocket.text(ex.getOperation().equals("bind") ? this.localEnd : address), ex);
			return ex.getOperation().equals("connect") ? failedAt(failure) : fail(failure);
		}
	}

	private NetworkChannel openChannel() throws IOException {
		return (this.spec.getType() == SocketType.SOCK_DGRAM) ? SocketChannels.openDatagram(this.spec)
				: SocketChannels.openStream(this.spec);
	}

	private boolean connect(NetworkChannel channel, SocketAddress address) throws IOException {
		if (channel instanceof DatagramChannel datagram) {
			datagram.connect(SocketChannels.addressOf(this.spec, address));
			return true;
		}
		SocketChannel stream = (SocketChannel) channel;
		stream.configureBlocking(false);
		if (stream.connect(address)) {
			return true;
		}
		this.interest = this.engine.getLoop().register(stream, () -> run(this::connectable));
		this.interest.set(SelectionKey.OP_CONNECT);
		this.nextAddress = this.engine.getLoop().schedule(timeForThisAddress(), () -> run(() -> noAnswer(stream)));
		return false;
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

	private @Nullable Runnable connectable() {
		OpenedSocket<? extends NetworkChannel> current = this.socket;
		if (current == null || !(current.channel() instanceof SocketChannel stream)) {
			return null;
		}
		try {
			return stream.finishConnect() ? connected(stream) : null;
		}
		catch (IOException ex) {
			return connectFailed(ex);
		}
	}

	private @Nullable Runnable connected(SocketChannel stream) throws IOException {
		// A port of the ephemeral range with nothing on it may be given to this very
		// socket, which then meets itself (RFC 9293, simultaneous open)
		if (stream.getLocalAddress() instanceof InetSocketAddress local && local.equals(this.remote)) {
			throw new ConnectException("Connection refused");
		}
		return succeed();
	}

	private @Nullable Runnable noAnswer(SocketChannel stream) {
		OpenedSocket<? extends NetworkChannel> current = this.socket;
		SocketAddress address = this.remote;
		if (current == null || current.channel() != stream || address == null) {
			return null;
		}
		return closedAt(timedOut(address, "no answer"));
	}

	private @Nullable Runnable connectFailed(IOException failure) {
		return closedAt(new AttemptFailure("connect", OpenedSocket.text(this.remote), failure, null, null));
	}

	/**
	 * Go on after a failure that is told when the socket's descriptor has been released.
	 */
	private Runnable closedAt(AttemptFailure failure) {
		closeSocket();
		this.engine.getLoop().flushQuietly();
		return failedAt(failure);
	}

	private Runnable failedAt(AttemptFailure failure) {
		this.failures.add(failure);
		return () -> opener().execute(() -> run(this::tryNext));
	}

	private void timedOut() {
		run(() -> {
			closeSocket();
			this.engine.getLoop().flushQuietly();
			String time = UnclaimedChannels.text(this.spec.getConnectTimeout());
			if (this.resolved && (!this.failures.isEmpty() || !this.addresses.isEmpty())) {
				return fail(summaryOfRest(time));
			}
			String text = this.resolved ? "no answer within " + time : "the look-up took longer than " + time;
			return fail(new AttemptFailure(this.resolved ? "connect" : "getaddrinfo",
					String.valueOf(this.spec.getRemote()), timeout(text), "ETIMEDOUT", text));
		});
	}

	private AttemptFailure summaryOfRest(String time) {
		if (this.remote != null && this.failures.size() < this.tried) {
			this.failures.add(timedOut(this.remote, "no answer"));
		}
		this.addresses.forEach((address) -> this.failures.add(timedOut(address, "not tried")));
		return summary(" within " + time);
	}

	private static AttemptFailure timedOut(SocketAddress address, String text) {
		return new AttemptFailure("connect", OpenedSocket.text(address), timeout(text), "ETIMEDOUT", text);
	}

	private static SocketTimeoutException timeout(String text) {
		return new SocketTimeoutException(text);
	}

	private Runnable succeed() {
		OpenedSocket<? extends NetworkChannel> connected = this.socket;
		SocketAddress peer = this.remote;
		end();
		Assert.state(connected != null && peer != null, "Not connected");
		if (this.interest != null) {
			this.interest.cancel();
			this.engine.getLoop().flushQuietly();
		}
		this.socket = null;
		long nanos = System.nanoTime() - this.startNanos;
		return () -> this.outcome.connected(withLocalAddress(connected), peer, nanos);
	}

	private OpenedSocket<? extends NetworkChannel> withLocalAddress(OpenedSocket<? extends NetworkChannel> connected) {
		try {
			return new OpenedSocket<>(connected.channel(),
					SocketChannels.localAddressOf(connected.channel(), this.spec), connected.file());
		}
		catch (IOException ex) {
			return connected;
		}
	}

	private Runnable fail(AttemptFailure failure) {
		end();
		return () -> this.outcome.failed(failure);
	}

	/**
	 * Return the failure of all addresses together: the last one's, with the reasons of
	 * each.
	 */
	private AttemptFailure summary(String within) {
		AttemptFailure last = this.failures.get(this.failures.size() - 1);
		if (this.failures.size() == 1) {
			return last;
		}
		List<String> reasons = this.failures.stream()
			.map((failure) -> "%s %s".formatted(failure.endpoint(),
					(failure.text() != null) ? failure.text() : textOf(failure)))
			.toList();
		return new AttemptFailure(last.operation(), String.valueOf(this.spec.getRemote()), last.cause(),
				last.errnoName(), "none of its %d addresses can be connected to%s: %s".formatted(reasons.size(), within,
						String.join(", ", reasons)));
	}

	private String textOf(AttemptFailure failure) {
		String text = this.engine.getErrnos().of(failure.cause()).text();
		return text.isEmpty() ? String.valueOf(failure.cause().getMessage()) : text;
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
		if (this.interest != null) {
			this.interest.cancel();
			this.interest = null;
			this.engine.getLoop().flushQuietly();
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
	 */
	private void run(Supplier<@Nullable Runnable> step) {
		Runnable next;
		synchronized (this) {
			next = this.done ? null : step.get();
		}
		if (next != null) {
			next.run();
		}
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
