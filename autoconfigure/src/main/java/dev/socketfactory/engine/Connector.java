package dev.socketfactory.engine;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.channels.NetworkChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SocketType;
import dev.socketfactory.engine.socket.EndpointResolver;
import dev.socketfactory.engine.socket.OpenedSocket;
import dev.socketfactory.engine.socket.SocketOperationException;
import dev.socketfactory.engine.socket.SocketOptions;
import org.jspecify.annotations.Nullable;

import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

/**
 * Makes one connection within the connect timeout: looks the remote end up beside the
 * event loop, then races its addresses on the loop as
 * <a href="https://www.rfc-editor.org/rfc/rfc8305">RFC 8305</a> says. Used once. Safe for
 * use by any thread; the outcome is told without the lock of this object, because it
 * takes the one of the factory.
 */
final class Connector {

	/**
	 * The delay that RFC 8305 recommends before the next address is tried.
	 */
	private static final Duration ATTEMPT_DELAY = Duration.ofMillis(250);

	private final Engine engine;

	private final SocketSpec spec;

	private final SocketOptions options;

	private final Outcome outcome;

	/**
	 * Addresses that have not been tried. Guarded by this object, like all that follows.
	 */
	private final Deque<SocketAddress> addresses = new ArrayDeque<>(2);

	/**
	 * Sockets that are being connected.
	 */
	private final List<ConnectingSocket> candidates = new ArrayList<>(1);

	private final ConnectFailures failures;

	private List<SocketAddress> localAddresses = Collections.emptyList();

	/**
	 * The socket that was connected first, until that is told.
	 */
	private @Nullable ConnectingSocket winner;

	private Timers.@Nullable Timer timeout;

	private Timers.@Nullable Timer nextAttempt;

	private long startNanos;

	private long elapsedNanos;

	private @Nullable ConnectionEvent recorded;

	private boolean started;

	private boolean resolved;

	private boolean done;

	Connector(Engine engine, SocketSpec spec, SocketOptions options, Outcome outcome) {
		this.engine = engine;
		this.spec = spec;
		this.options = options;
		this.outcome = outcome;
		this.failures = new ConnectFailures(spec, engine.getErrnos());
	}

	/**
	 * Begin. The outcome is told on the event loop or a thread for lookups, or here and
	 * now.
	 * @param here whether this thread may do what does not wait
	 */
	void start(boolean here) {
		synchronized (this) {
			if (this.done) {
				return;
			}
			this.started = true;
			this.startNanos = System.nanoTime();
			this.recorded = CreatedSocket.isRecorded() ? ConnectionEvent.Connect.ifEnabled() : null;
		}
		if (here && isImmediate()) {
			lookUp(true);
			limitTime();
			return;
		}
		limitTime();
		if (touchesFiles()) {
			this.engine.runBlocking(() -> lookUp(false));
		}
		else if (isImmediate()) {
			this.engine.getLoop().execute(() -> lookUp(false));
		}
		else {
			this.engine.runLookup(() -> lookUp(false));
		}
	}

	private boolean isImmediate() {
		return !touchesFiles() && EndpointResolver.isImmediate(this.spec.getRemote())
				&& EndpointResolver.isImmediate(this.spec.getBind());
	}

	private synchronized void limitTime() {
		if (!this.done && this.winner == null) {
			this.timeout = this.engine.getLoop().schedule(this.spec.getConnectTimeout(), this::timedOut);
		}
	}

	/**
	 * Give up. When this method has returned nothing is open and no outcome will be told,
	 * unless it is being told at this moment.
	 * @return whether this call has ended an attempt that was under way
	 */
	synchronized boolean cancel() {
		boolean underWay = !this.done && this.started;
		end();
		if (underWay && this.winner != null) {
			this.winner.close();
		}
		return underWay;
	}

	/**
	 * Return the address of the socket that is being connected.
	 * @return the address, {@code null} if there is no socket or it is not bound
	 */
	synchronized @Nullable SocketAddress getLocalAddress() {
		return this.candidates.isEmpty() ? null : this.candidates.get(0).getLocalAddress();
	}

	private synchronized boolean isDone() {
		return this.done;
	}

	private void lookUp(boolean here) {
		if (isDone()) {
			return;
		}
		List<SocketAddress> remotes;
		List<SocketAddress> locals;
		try {
			remotes = this.engine.getResolver().resolveRemote(this.spec, this.engine::getOpenPort);
			locals = this.engine.getResolver().resolveLocal(this.spec);
		}
		catch (SocketOperationException ex) {
			fail(ex);
			return;
		}
		catch (RuntimeException | Error ex) {
			fail(SocketOperationException.unexpected(this.spec.getRemote(), ex));
			return;
		}
		synchronized (this) {
			if (this.done) {
				return;
			}
			this.addresses.addAll(isRaced() ? interleave(remotes) : remotes.subList(0, 1));
			this.localAddresses = locals;
			this.resolved = true;
		}
		this.outcome.resolved();
		if (here || touchesFiles() || this.engine.getLoop().inLoop()) {
			tryNext();
		}
		else {
			this.engine.getLoop().execute(this::tryNext);
		}
	}

	/**
	 * Try addresses until one is being connected. What the system refuses at once is
	 * followed by the next.
	 */
	private void tryNext() {
		SocketOperationException failure = null;
		synchronized (this) {
			if (this.done || this.winner != null) {
				return;
			}
			cancel(this.nextAttempt);
			boolean trying = false;
			while (!trying && failure == null && !this.addresses.isEmpty()) {
				SocketAddress address = this.addresses.remove();
				try {
					trying = connect(open(address), address);
				}
				catch (SocketOperationException ex) {
					failure = openingFailed(ex);
				}
				catch (RuntimeException | Error ex) {
					failure = SocketOperationException.unexpected(address, ex);
				}
			}
			if (!trying && failure == null && this.candidates.isEmpty() && this.winner == null) {
				failure = this.failures.summary("");
			}
		}
		if (failure != null) {
			fail(failure);
		}
		else {
			tellWinner();
		}
	}

	/**
	 * Return the address that the local end is to be bound to, {@code null} if it is not
	 * to be bound or its name has not been looked up.
	 */
	synchronized @Nullable SocketAddress getBindAddress() {
		return this.localAddresses.isEmpty() ? null : this.localAddresses.get(0);
	}

	private OpenedSocket<? extends NetworkChannel> open(SocketAddress remote) throws SocketOperationException {
		return OpenedSocket.openClient(this.spec, this.options, localAddressFor(remote), remote);
	}

	/**
	 * Return the local address of the family of a remote one.
	 */
	private @Nullable SocketAddress localAddressFor(SocketAddress remote) {
		return this.localAddresses.stream()
			.filter((local) -> isIpv6(local) == isIpv6(remote))
			.findFirst()
			.orElse(this.localAddresses.isEmpty() ? null : this.localAddresses.get(0));
	}

	/**
	 * Keep in mind that a socket could not be opened for an address.
	 * @return the failure if that ends it all
	 */
	private @Nullable SocketOperationException openingFailed(SocketOperationException failure) {
		if (this.candidates.isEmpty() && this.failures.size() == 0 && !failure.getOperation().equals("socket")) {
			return failure;
		}
		this.failures.add(failure);
		return null;
	}

	/**
	 * Begin to connect to an address.
	 * @return whether that is under way
	 */
	private boolean connect(OpenedSocket<? extends NetworkChannel> opened, SocketAddress address) {
		ConnectingSocket candidate = new ConnectingSocket(opened, this.spec, address, this.engine.getLoop());
		this.candidates.add(candidate);
		try {
			if (candidate.connect(() -> connectable(candidate))) {
				win(candidate);
			}
			else if (!this.addresses.isEmpty()) {
				this.nextAttempt = this.engine.getLoop().schedule(delayOfNext(), () -> delayOver(candidate));
			}
			return true;
		}
		catch (IOException | RuntimeException ex) {
			lost(candidate, ex);
			return false;
		}
	}

	private void connectable(ConnectingSocket candidate) {
		boolean won = false;
		synchronized (this) {
			if (this.done || !this.candidates.contains(candidate)) {
				return;
			}
			try {
				won = candidate.finish();
				if (!won) {
					return;
				}
				win(candidate);
			}
			catch (IOException ex) {
				lost(candidate, ex);
			}
		}
		if (won) {
			tellWinner();
		}
		else {
			tryNext();
		}
	}

	/**
	 * No answer has come from an address for so long that the next one is tried, beside
	 * it if they are raced.
	 */
	private void delayOver(ConnectingSocket candidate) {
		synchronized (this) {
			if (isFixedPort() && this.candidates.remove(candidate)) {
				candidate.close();
				this.failures.addTimeout(candidate.getRemote(), "no answer");
			}
		}
		tryNext();
	}

	private void timedOut() {
		SocketOperationException failure;
		synchronized (this) {
			if (this.winner != null) {
				return;
			}
			failure = timeoutFailure(
					DurationFormatterUtils.print(this.spec.getConnectTimeout(), DurationFormat.Style.COMPOSITE));
		}
		fail(failure);
	}

	private SocketOperationException timeoutFailure(String time) {
		if (this.failures.size() > 0 || this.candidates.size() + this.addresses.size() > 1) {
			this.candidates.forEach((candidate) -> this.failures.addTimeout(candidate.getRemote(), "no answer"));
			this.addresses.forEach((address) -> this.failures.addTimeout(address, "not tried"));
			return this.failures.summary(" within " + time);
		}
		String text = this.resolved ? "no answer within " + time : "the lookup took longer than " + time;
		return new SocketOperationException(this.resolved ? "connect" : "getaddrinfo", this.spec.getRemote(),
				"ETIMEDOUT", text, new SocketTimeoutException(text));
	}

	private void lost(ConnectingSocket candidate, Exception cause) {
		this.candidates.remove(candidate);
		candidate.close();
		this.failures.add(new SocketOperationException("connect", OpenedSocket.text(candidate.getRemote()), cause));
	}

	private void win(ConnectingSocket candidate) {
		this.candidates.remove(candidate);
		this.winner = candidate;
		candidate.deregister();
		closeCandidates();
		cancel(this.nextAttempt);
		cancel(this.timeout);
	}

	/**
	 * Tell of the connection, if there is one, when no selector has its channel any more.
	 */
	private void tellWinner() {
		ConnectingSocket connected;
		synchronized (this) {
			connected = this.winner;
		}
		if (connected == null) {
			return;
		}
		if (!connected.isRegistered()) {
			connected(connected);
		}
		else if (this.engine.getLoop().inLoop()) {
			// Else it was won on the loop, which tells it
			this.engine.getLoop().afterSelect(() -> connected(connected));
		}
	}

	private void connected(ConnectingSocket connected) {
		synchronized (this) {
			if (this.done) {
				return;
			}
			end();
			this.elapsedNanos = System.nanoTime() - this.startNanos;
			if (this.recorded != null) {
				this.recorded.end();
			}
		}
		this.outcome.connected(connected.getOpened(), connected.getRemote());
	}

	/**
	 * Measure how long it took, once it is sure that somebody gets the connection.
	 */
	synchronized void measure(CreatedSocket socket) {
		socket.connected(this.elapsedNanos, this.recorded);
	}

	private void fail(SocketOperationException failure) {
		synchronized (this) {
			if (this.done) {
				return;
			}
			end();
		}
		this.outcome.failed(failure);
	}

	private void end() {
		this.done = true;
		cancel(this.timeout);
		cancel(this.nextAttempt);
		closeCandidates();
	}

	private void closeCandidates() {
		this.candidates.forEach(ConnectingSocket::close);
		this.candidates.clear();
	}

	/**
	 * Return how long to wait for an answer before the next address. Those that share one
	 * port of ours are tried one after the other and share what is left of the time.
	 */
	private Duration delayOfNext() {
		if (!isFixedPort()) {
			return ATTEMPT_DELAY;
		}
		Duration left = this.spec.getConnectTimeout().minusNanos(System.nanoTime() - this.startNanos);
		Duration share = left.dividedBy(this.addresses.size() + 1);
		return (share.compareTo(ATTEMPT_DELAY) > 0) ? share : ATTEMPT_DELAY;
	}

	private boolean isFixedPort() {
		return !this.localAddresses.isEmpty() && this.localAddresses.get(0) instanceof InetSocketAddress inet
				&& inet.getPort() != 0;
	}

	/**
	 * Return whether there is more than one address to try: a datagram socket is
	 * connected without a sign of whether anybody is there.
	 */
	private boolean isRaced() {
		return this.spec.getType() == SocketType.SOCK_STREAM;
	}

	private boolean touchesFiles() {
		return this.spec.getDomain() == SocketDomain.AF_UNIX && this.spec.getBind() != null;
	}

	/**
	 * Order addresses so that the families alternate, beginning with the one that the
	 * resolver prefers (RFC 8305, section 4).
	 */
	static List<SocketAddress> interleave(List<SocketAddress> resolved) {
		Deque<SocketAddress> first = new ArrayDeque<>();
		Deque<SocketAddress> other = new ArrayDeque<>();
		for (SocketAddress address : resolved) {
			((isIpv6(address) == isIpv6(resolved.get(0))) ? first : other).add(address);
		}
		List<SocketAddress> interleaved = new ArrayList<>(resolved.size());
		while (!first.isEmpty() || !other.isEmpty()) {
			if (!first.isEmpty()) {
				interleaved.add(first.remove());
			}
			if (!other.isEmpty()) {
				interleaved.add(other.remove());
			}
		}
		return interleaved;
	}

	private static boolean isIpv6(SocketAddress address) {
		InetAddress host = (address instanceof InetSocketAddress inet) ? inet.getAddress() : null;
		return host instanceof Inet6Address;
	}

	private static void cancel(Timers.@Nullable Timer timer) {
		if (timer != null) {
			timer.cancel();
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
		 */
		void connected(OpenedSocket<? extends NetworkChannel> connected, SocketAddress remote);

		void failed(SocketOperationException failure);

	}

}
