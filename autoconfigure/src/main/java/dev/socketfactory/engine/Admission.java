package dev.socketfactory.engine;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolException;
import java.net.SocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;

import dev.socketfactory.FirstByteSettings;
import dev.socketfactory.ProxyHeader;
import dev.socketfactory.ProxyProtocolSettings;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.SslSettings;
import dev.socketfactory.engine.admission.PeerRules;
import dev.socketfactory.engine.admission.ProxyHeaderReader;
import dev.socketfactory.engine.admission.SourceLimit;
import dev.socketfactory.engine.admission.TlsSetup;
import dev.socketfactory.engine.socket.OpenedSocket;
import dev.socketfactory.engine.socket.SocketOperationException;
import dev.socketfactory.event.SocketSuccessEvent;
import jdk.net.UnixDomainPrincipal;
import org.jspecify.annotations.Nullable;

import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

/**
 * What an accepted connection passes before its event is published, in this order: the
 * rules for its peer, the limit of its source, the wait for its first byte, the header of
 * a proxy, the rules and the limit for the client that it names, the TLS handshake. Those
 * who wait hold no thread, until they shake hands on the thread of their handlers. Used
 * on the event loop, unless a method says otherwise.
 */
final class Admission {

	private static final SafeLog logger = new SafeLog(SocketFactory.class);

	private final ListenerSocketFactory factory;

	private final Acceptor acceptor;

	private final @Nullable TlsSetup tls;

	private final @Nullable FirstByteSettings firstByte;

	private final int maxPending;

	/**
	 * How long the first byte, and the header of a proxy, may take.
	 */
	private final @Nullable Duration timeout;

	private final @Nullable Duration handshakeTimeout;

	private final EventLoop loop;

	private final Dispatcher dispatcher;

	private final LogThrottle throttle = LogThrottle.everySecond();

	/**
	 * How often a source at its limit is a reason to look for connections that were
	 * closed.
	 */
	private final LogThrottle looks = new LogThrottle(Duration.ofMillis(1), System::nanoTime);

	/**
	 * Connections that wait for something, the oldest first.
	 */
	private final Set<Pending> pending = new LinkedHashSet<>(2);

	/**
	 * Return what the connections of a listener have to pass.
	 * @return the stages, {@code null} if there are none
	 */
	static @Nullable Admission of(ListenerSocketFactory factory, Acceptor acceptor, @Nullable TlsSetup tls) {
		boolean free = tls == null && factory.getSpec().getFirstByte() == null && factory.getRules().isOpen();
		return free ? null : new Admission(factory, acceptor, tls);
	}

	private Admission(ListenerSocketFactory factory, Acceptor acceptor, @Nullable TlsSetup tls) {
		SocketSpec spec = factory.getSpec();
		SslSettings ssl = spec.getSsl();
		ProxyProtocolSettings proxy = spec.getProxyProtocol();
		this.factory = factory;
		this.acceptor = acceptor;
		this.tls = tls;
		this.firstByte = spec.getFirstByte();
		this.maxPending = (this.firstByte != null) ? this.firstByte.maxPending()
				: FirstByteSettings.DEFAULT_MAX_PENDING;
		this.handshakeTimeout = (ssl != null) ? ssl.handshakeTimeout() : null;
		this.timeout = (proxy != null) ? proxy.timeout()
				: (this.firstByte != null) ? this.firstByte.timeout() : this.handshakeTimeout;
		this.loop = factory.getEngine().getLoop();
		this.dispatcher = factory.getDispatcher();
	}

	/**
	 * Let a connection in, or close it. Called under the lock of the acceptor, perhaps on
	 * another thread than that of the loop.
	 * @return the socket, {@code null} if it was refused
	 */
	@Nullable CreatedSocket enter(SocketChannel channel) {
		AdmissionRules rules = this.factory.getRules();
		SocketAddress peer = Acceptor.peerOf(channel);
		InetAddress address = addressOf(peer);
		if (rules.proxies() != null) {
			if (!rules.isProxy(address)) {
				refuse(Refusal.PROXY, channel, peer);
				return null;
			}
			return this.factory.getSockets().add(channel, null);
		}
		return enter(rules, channel, peer, address);
	}

	private @Nullable CreatedSocket enter(AdmissionRules rules, SocketChannel channel, @Nullable SocketAddress peer,
			@Nullable InetAddress address) {
		if (address != null && !rules.isAllowed(address)) {
			refuse(Refusal.DENIED, channel, peer);
			return null;
		}
		SourceLimit.Source source = acquire(rules, address);
		if (source == null && address != null && rules.sources() != null) {
			refuse(Refusal.SOURCE_LIMIT, channel, peer);
			return null;
		}
		CreatedSocket socket = this.factory.getSockets().add(channel, null);
		socket.setSource(source);
		return socket;
	}

	/**
	 * Count a connection of its source. That a bare channel was closed may not have been
	 * noticed yet.
	 */
	private SourceLimit.@Nullable Source acquire(AdmissionRules rules, @Nullable InetAddress address) {
		SourceLimit sources = rules.sources();
		if (sources == null || address == null) {
			return null;
		}
		SourceLimit.Source source = sources.tryAcquire(address);
		if (source == null && this.looks.tryPass() >= 0) {
			this.factory.getSockets().removeClosed();
			source = sources.tryAcquire(address);
		}
		return source;
	}

	/**
	 * Publish a connection that has a permit for its handlers, or let it wait, for which
	 * it needs none.
	 */
	void admit(CreatedSocket socket, boolean onLoop) {
		PeerRules peers = this.factory.getRules().peers();
		if (this.timeout == null && peers == null) {
			this.acceptor.publish(socket, onLoop);
			return;
		}
		this.dispatcher.release();
		if (peers != null) {
			// The system may have to look the names up
			this.factory.getEngine().runBlocking(() -> checkPeer(peers, socket));
		}
		else {
			onLoop(() -> await(socket));
		}
	}

	private void onLoop(Runnable task) {
		if (this.loop.inLoop()) {
			task.run();
		}
		else {
			this.loop.execute(task);
		}
	}

	private void checkPeer(PeerRules rules, CreatedSocket socket) {
		SocketChannel channel = (SocketChannel) socket.getChannel();
		boolean allowed = false;
		try {
			UnixDomainPrincipal peer = PeerRules.peerOf(channel);
			allowed = peer != null && rules.isAllowed(peer.user(), peer.group());
		}
		finally {
			if (!allowed) {
				refuse(Refusal.DENIED, channel, null);
				socket.close();
			}
		}
		if (allowed) {
			this.loop.execute(() -> await(socket));
		}
	}

	/**
	 * Let a connection wait for what comes next.
	 */
	private void await(CreatedSocket socket) {
		Pending waiting = new Pending(socket);
		this.pending.add(waiting);
		try {
			socket.prepare(waiting);
			waiting.begin();
		}
		catch (IOException | RuntimeException ex) {
			waiting.end();
			logger.debug("An accepted connection was closed at once", ex);
			return;
		}
		if (this.pending.size() > this.maxPending) {
			this.pending.iterator().next().refuse(Refusal.FIRST_BYTE);
		}
	}

	private void refuse(Refusal reason, SocketChannel channel, @Nullable SocketAddress peer) {
		this.factory.getCounters().refused(reason.getName());
		try {
			channel.close();
		}
		catch (IOException ex) {
			// The descriptor is released all the same
		}
		long heldBack = this.throttle.tryPass();
		if (heldBack >= 0) {
			logger.warn("%s refused a connection of %s: %s%s".formatted(this.factory,
					(peer != null) ? OpenedSocket.text(peer) : "a local process", reason.getDescription(),
					(heldBack > 0) ? ", and %d more since the last line".formatted(heldBack) : ""));
		}
	}

	private static @Nullable InetAddress addressOf(@Nullable SocketAddress peer) {
		return (peer instanceof InetSocketAddress inet) ? inet.getAddress() : null;
	}

	private void handshakeFailed(CreatedSocket socket, @Nullable SocketAddress peer, IOException cause,
			@Nullable Duration timedOut) {
		SocketTransport transport = socket.getTransport();
		if (transport != null && !transport.hasReceived() && timedOut == null) {
			// Port scanners and health checks connect and leave
			this.factory.getCounters().failed("handshake", "");
			return;
		}
		Failures failures = this.factory.getFailures();
		failures.publishLimited(failures.make(CreatedSocket.handshakeFailure(peer, cause, timedOut)));
	}

	/**
	 * A connection that has no event yet.
	 */
	private final class Pending implements CreatedSocket.Preparation {

		private final CreatedSocket socket;

		private final @Nullable SocketAddress peer;

		private long readyNanos = System.nanoTime();

		private @Nullable ProxyHeaderReader header;

		private volatile @Nullable ProxyHeader proxyHeader;

		private EventLoop.@Nullable Interest interest;

		private boolean ready;

		private Timers.@Nullable Timer deadline;

		/**
		 * What the deadline is for.
		 */
		private @Nullable Duration allowed;

		private volatile boolean timedOut;

		private Pending(CreatedSocket socket) {
			this.socket = socket;
			this.peer = Acceptor.peerOf(getChannel());
			this.header = (Admission.this.factory.getRules().proxies() != null) ? new ProxyHeaderReader() : null;
		}

		private SocketChannel getChannel() {
			return (SocketChannel) this.socket.getChannel();
		}

		@Override
		public @Nullable ProxyHeader getProxyHeader() {
			return this.proxyHeader;
		}

		@Override
		public @Nullable SocketAddress getProxyAddress() {
			return this.peer;
		}

		/**
		 * Return the address of the client, which a proxy may have named.
		 */
		private @Nullable SocketAddress getRemoteAddress() {
			ProxyHeader named = this.proxyHeader;
			return (named == null || named.isLocal()) ? this.peer : named.getSource();
		}

		private void begin() throws IOException {
			if (Admission.this.timeout == null) {
				ready();
				return;
			}
			getChannel().configureBlocking(false);
			this.interest = Admission.this.loop.register(getChannel(), this::readable);
			this.interest.set(SelectionKey.OP_READ);
			allow(Admission.this.timeout);
		}

		/**
		 * Allow some time for what comes next, in place of that for what was before.
		 */
		private void allow(Duration time) {
			cancelDeadline();
			this.allowed = time;
			this.deadline = Admission.this.loop.schedule(time, this::expired);
		}

		private void readable() {
			if (!Admission.this.pending.contains(this)) {
				return;
			}
			ProxyHeaderReader reader = this.header;
			if (reader == null) {
				ready();
				return;
			}
			try {
				ProxyHeader read = reader.advance(getChannel());
				if (read != null) {
					this.header = null;
					proxied(read);
				}
			}
			catch (EOFException ex) {
				left();
			}
			catch (ProtocolException ex) {
				proxyFailed(String.valueOf(ex.getMessage()), ex);
			}
			catch (IOException ex) {
				if (reader.hasBegun()) {
					proxyFailed("the connection was closed within the PROXY header", ex);
				}
				else {
					left();
				}
			}
		}

		/**
		 * Count a peer that has left without a byte: port scanners and health checks
		 * connect and leave.
		 */
		private void left() {
			Admission.this.factory.getCounters().refused(Refusal.PROXY.getName());
			end();
		}

		/**
		 * Go on with the client that a proxy has named.
		 */
		private void proxied(ProxyHeader read) {
			this.proxyHeader = read;
			InetAddress address = addressOf(getRemoteAddress());
			AdmissionRules rules = Admission.this.factory.getRules();
			// A client without an address is not known to be allowed
			if ((address != null) ? !rules.isAllowed(address) : rules.access() != null) {
				refuse(Refusal.DENIED);
				return;
			}
			SourceLimit.Source source = read.isLocal() ? null : acquire(rules, address);
			this.socket.setSource(source);
			if (source == null && !read.isLocal() && address != null && rules.sources() != null) {
				refuse(Refusal.SOURCE_LIMIT);
				return;
			}
			Duration next = (Admission.this.firstByte != null) ? Admission.this.firstByte.timeout()
					: Admission.this.handshakeTimeout;
			if (next == null) {
				ready();
			}
			else {
				allow(next);
			}
		}

		private void proxyFailed(String text, @Nullable IOException cause) {
			Failures failures = Admission.this.factory.getFailures();
			Admission.this.factory.getCounters().refused(Refusal.PROXY.getName());
			failures.publishLimited(failures.make(new SocketOperationException("proxy", OpenedSocket.text(this.peer),
					"EPROTO", text, (cause != null) ? cause : new ProtocolException(text))));
			end();
		}

		/**
		 * Hand the connection over as soon as there is a permit, when no selector has its
		 * channel any more.
		 */
		private void ready() {
			if (this.interest != null) {
				this.interest.cancel();
			}
			this.ready = true;
			Duration handshake = Admission.this.handshakeTimeout;
			if (handshake == null) {
				cancelDeadline();
			}
			else if (handshake != this.allowed) {
				// Else the time of the first byte counts as part of it
				allow(handshake);
			}
			this.readyNanos = System.nanoTime();
			Admission.this.dispatcher.acquire(() -> Admission.this.loop.execute(this::permitAcquired));
		}

		private void permitAcquired() {
			if (!Admission.this.pending.remove(this)) {
				Admission.this.dispatcher.release();
				return;
			}
			Admission.this.loop.afterSelect(() -> this.socket.publish(this));
		}

		@Override
		public void shutDown() {
			// What had arrived is found by the select between the two tasks
			Admission.this.loop.execute(() -> Admission.this.loop.execute(this::endUnlessReady));
		}

		private void endUnlessReady() {
			if (!this.ready) {
				end();
			}
		}

		@Override
		public @Nullable SocketSuccessEvent prepare(CreatedSocket created) {
			TlsSetup setup = Admission.this.tls;
			try {
				if (setup != null) {
					created.secure(setup);
					Admission.this.factory.getCounters().handshaken(System.nanoTime() - this.readyNanos);
				}
			}
			catch (IOException ex) {
				handshakeFailed(created, getRemoteAddress(), ex,
						this.timedOut ? Admission.this.handshakeTimeout : null);
				return null;
			}
			finally {
				cancelDeadline();
			}
			return Admission.this.acceptor.makeEvent(created);
		}

		private void expired() {
			if (!Admission.this.pending.contains(this)) {
				this.timedOut = true;
				this.socket.close();
			}
			else if (this.header != null && this.allowed != null && this.socket.isOpen()) {
				proxyFailed("no PROXY header has come within %s"
					.formatted(DurationFormatterUtils.print(this.allowed, DurationFormat.Style.COMPOSITE)), null);
			}
			else if (this.ready && this.allowed != null) {
				noThread(this.allowed);
			}
			else {
				refuse(Refusal.FIRST_BYTE);
			}
		}

		/**
		 * It has said something, but the handlers of others have all threads.
		 */
		private void noThread(Duration time) {
			Failures failures = Admission.this.factory.getFailures();
			failures.publishLimited(failures.make(CreatedSocket.handshakeTimeout(getRemoteAddress(),
					"no thread was free for the handshake within ", time)));
			end();
		}

		private void refuse(Refusal reason) {
			if (this.socket.isOpen()) {
				// Else an operator has closed it
				Admission.this.refuse(reason, getChannel(), getRemoteAddress());
			}
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

	/**
	 * Why a connection is refused.
	 */
	private enum Refusal {

		DENIED("denied", "'access' does not allow it"),

		SOURCE_LIMIT("source-limit", "its source has as many open as 'per-source' allows"),

		FIRST_BYTE("first-byte", "it has said nothing in time, or too many others wait"),

		PROXY("proxy", "it is none of the 'proxy-protocol.trusted'");

		private final String name;

		private final String description;

		Refusal(String name, String description) {
			this.name = name;
			this.description = description;
		}

		String getName() {
			return this.name;
		}

		String getDescription() {
			return this.description;
		}

	}

}
