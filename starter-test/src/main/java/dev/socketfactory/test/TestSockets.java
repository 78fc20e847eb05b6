package dev.socketfactory.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.socketfactory.SocketEndpoint;
import dev.socketfactory.SocketFailure;
import dev.socketfactory.SocketKind;
import dev.socketfactory.SocketState;
import dev.socketfactory.SocketType;
import dev.socketfactory.SslSettings;
import dev.socketfactory.engine.DefaultSocketFactories;
import dev.socketfactory.engine.ManagedSocketFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.util.Assert;

/**
 * The other ends of the sockets of the application under test. What a test does not close
 * is closed with the application context. Safe for use by any thread.
 *
 * @since 0.1.0
 * @see AutoConfigureTestSockets
 */
public final class TestSockets {

	private static final Duration START_INTERVAL = Duration.ofMillis(20);

	private final ObjectProvider<DefaultSocketFactories> factories;

	private final LocalEnds ends;

	private final ObjectProvider<SslBundles> bundles;

	TestSockets(ObjectProvider<DefaultSocketFactories> factories, LocalEnds ends, ObjectProvider<SslBundles> bundles) {
		this.factories = factories;
		this.ends = ends;
		this.bundles = bundles;
	}

	/**
	 * Connect to a listener. Over TLS the certificates of the listener are trusted,
	 * whatever name they have, and its own is shown if it asks for one.
	 * @param listener name of a stream listener
	 * @return the connection, after the handshake if it has TLS
	 * @throws AssertionError if the listener is not open or the handshake fails
	 * @throws IllegalArgumentException if there is no such stream listener
	 */
	public TestConnection connect(String listener) {
		ManagedSocketFactory factory = get(listener, SocketKind.LISTENER, SocketType.SOCK_STREAM, "a stream listener");
		SocketAddress address = addressOf(factory);
		try {
			SocketChannel channel = (address instanceof UnixDomainSocketAddress)
					? SocketChannel.open(StandardProtocolFamily.UNIX) : SocketChannel.open();
			TestConnection connection = opened(new TestConnection(channel,
					"%s (%s)".formatted(factory, SocketEndpoint.of(address)), this.ends::closed));
			connection.connect(address);
			SslSettings ssl = factory.getSpec().getSsl();
			if (ssl != null) {
				List<SslBundle> trusted = new ArrayList<>();
				ssl.serverNameBundles().values().forEach((name) -> trusted.add(bundle(name)));
				SslBundle bundle = bundle(ssl.bundle());
				trusted.add(bundle);
				connection.secure(TestTls.toListener(channel, bundle, trusted));
			}
			return connection;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("The certificates of %s cannot be read".formatted(factory), ex);
		}
	}

	/**
	 * Be the server that a client connects to: return the next connection that the client
	 * makes, by itself or with {@code connect()}, or has made since. If none is waiting
	 * and the client would be running, had it been started with the application, it is
	 * started; one with {@code auto-startup: false} is left to the application.
	 * @param client name of a stream client
	 * @return the connection, after the handshake if it has TLS
	 * @throws AssertionError if the client does not connect within five seconds or the
	 * handshake fails
	 * @throws IllegalArgumentException if there is no such stream client, or it connects
	 * to a listener of the application
	 * @throws IllegalStateException if the client has TLS and its SSL bundle has no key
	 */
	public TestConnection peer(String client) {
		ManagedSocketFactory factory = get(client, SocketKind.CLIENT, SocketType.SOCK_STREAM, "a stream client");
		if (!(this.ends.getServer(client) instanceof ServerSocketChannel server)) {
			throw connectsElsewhere(factory);
		}
		SslSettings ssl = factory.getSpec().getSsl();
		SslBundle key = (ssl != null) ? serverKey(factory, ssl) : null;
		try {
			SocketChannel channel = accept(factory, server);
			TestConnection connection = opened(new TestConnection(channel, factory.toString(), this.ends::closed));
			if (key != null) {
				connection.secure(TestTls.toClient(channel, key));
			}
			return connection;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Exchange datagrams with a listener or a client of the application, except over UNIX
	 * sockets. A client is started as {@link #peer} does, and answered only after it has
	 * sent something.
	 * @param name name of a datagram listener or client
	 * @return the socket
	 * @throws AssertionError if the listener is not open
	 * @throws IllegalArgumentException if there is no such datagram socket
	 */
	public TestDatagramSocket datagram(String name) {
		ManagedSocketFactory factory = get(name, null, SocketType.SOCK_DGRAM, "a datagram socket");
		try {
			return (factory.getSpec().getKind() == SocketKind.CLIENT) ? datagramPeer(factory)
					: datagramClient(factory, addressOf(factory));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private TestDatagramSocket datagramPeer(ManagedSocketFactory factory) throws IOException {
		if (!(this.ends.getServer(factory.getName()) instanceof DatagramChannel server)) {
			throw connectsElsewhere(factory);
		}
		if (!factory.isRunning() && this.ends.isStartSuppressed(factory.getName())) {
			factory.start();
		}
		return opened(new TestDatagramSocket(server, factory.toString(), null, true, this.ends::closed));
	}

	private TestDatagramSocket datagramClient(ManagedSocketFactory factory, SocketAddress address) throws IOException {
		Assert.isTrue(address instanceof InetSocketAddress,
				() -> "%s is a UNIX socket, for which the JDK has no datagrams".formatted(factory));
		return opened(new TestDatagramSocket(DatagramChannel.open(),
				"%s (%s)".formatted(factory, SocketEndpoint.of(address)), address, false, this.ends::closed));
	}

	private SocketChannel accept(ManagedSocketFactory factory, ServerSocketChannel server) throws IOException {
		long until = Readiness.after(Readiness.DEFAULT_TIMEOUT);
		boolean started = false;
		try (Readiness readiness = new Readiness(server)) {
			SocketChannel accepted = server.accept();
			while (accepted == null) {
				boolean over = started && factory.getState() == SocketState.FAILED;
				if (over || System.nanoTime() - until >= 0) {
					throw notConnected(factory);
				}
				if (!factory.isRunning() && this.ends.isStartSuppressed(factory.getName())) {
					factory.start();
					started = true;
				}
				readiness.await(SelectionKey.OP_ACCEPT, Readiness.after(START_INTERVAL));
				accepted = server.accept();
			}
			return accepted;
		}
	}

	private <T extends AutoCloseable> T opened(T socket) {
		this.ends.opened(socket);
		return socket;
	}

	private ManagedSocketFactory get(String name, @Nullable SocketKind kind, SocketType type, String wanted) {
		DefaultSocketFactories all = this.factories.getObject();
		ManagedSocketFactory factory = all.find(name);
		Assert.isTrue(
				factory != null && factory.getSpec().getType() == type
						&& (kind == null || factory.getSpec().getKind() == kind),
				() -> "'%s' is not %s; the application has %s".formatted(name, wanted, all.getAll()));
		return factory;
	}

	private static SocketAddress addressOf(ManagedSocketFactory listener) {
		SocketAddress address = listener.getLocalAddress();
		if (address == null) {
			throw new AssertionError("%s is not open%s".formatted(listener, stateOf(listener)));
		}
		return address;
	}

	private AssertionError notConnected(ManagedSocketFactory client) {
		String hint = "";
		if (client.getState() == SocketState.CONNECTED) {
			hint = ". It is connected already: close what an earlier call of peer(..) has returned";
		}
		else if (!client.isRunning() && !this.ends.isStartSuppressed(client.getName())) {
			hint = ". It has auto-startup: false, so the application has to start it, or to call its connect()";
		}
		return new AssertionError("%s has not connected within %s%s%s".formatted(client,
				Readiness.text(Readiness.DEFAULT_TIMEOUT), stateOf(client), hint));
	}

	private static String stateOf(ManagedSocketFactory factory) {
		SocketFailure failure = factory.getLastFailure();
		return ": it is %s%s".formatted(factory.getState(), (failure != null) ? ", " + failure.describe() : "");
	}

	private static IllegalArgumentException connectsElsewhere(ManagedSocketFactory client) {
		return new IllegalArgumentException(
				"%s connects to '%s', for which a test cannot stand".formatted(client, client.getSpec().getRemote()));
	}

	private SslBundle serverKey(ManagedSocketFactory client, SslSettings ssl) {
		SslBundle bundle = (ssl.bundle() != null) ? bundle(ssl.bundle()) : SslBundle.systemDefault();
		try {
			if (TestTls.hasKey(bundle)) {
				return bundle;
			}
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("The SSL bundle of %s cannot be read".formatted(client), ex);
		}
		throw new IllegalStateException("%s has TLS, and its SSL bundle%s has no key that its peer could use. "
			.formatted(client, (ssl.bundle() != null) ? " '" + ssl.bundle() + "'" : "")
				+ "Give it, in the tests, a bundle with a key store that its trust store trusts");
	}

	private SslBundle bundle(@Nullable String name) {
		Assert.state(name != null, "A listener with TLS has an SSL bundle");
		return this.bundles.getObject().getBundle(name);
	}

}
