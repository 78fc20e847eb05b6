package dev.socketfactory.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import dev.socketfactory.SocketDomain;
import dev.socketfactory.engine.SocketFactoryHarness;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A plain listening socket on the loopback address, for clients to connect to.
 */
public final class Peer implements AutoCloseable {

	private static final long SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

	private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

	private final ServerSocketChannel server;

	private final InetSocketAddress address;

	private final List<SocketChannel> channels = new ArrayList<>();

	private Peer(SocketDomain domain, int port, int backlog) {
		this(domain, new InetSocketAddress(SocketFactoryHarness.loopbackOf(domain), port), backlog);
	}

	private Peer(SocketDomain domain, InetSocketAddress local, int backlog) {
		try {
			this.server = ServerSocketChannel.open(SocketFactoryHarness.familyOf(domain));
			this.server.bind(local, backlog);
			this.address = (InetSocketAddress) this.server.getLocalAddress();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public static Peer listening(SocketDomain domain) {
		return new Peer(domain, 0, 1000);
	}

	public static Peer listening() {
		return listening(SocketDomain.AF_INET);
	}

	public static Peer listening(int port) {
		return new Peer(SocketDomain.AF_INET, port, 1000);
	}

	public static Peer listening(String host, int port) {
		return new Peer(SocketDomain.AF_INET, new InetSocketAddress(host, port), 1000);
	}

	/**
	 * Make a peer that never answers: its accept queue is full, so that the system drops
	 * what a client sends to open a connection.
	 */
	public static Peer silent(SocketDomain domain) {
		Peer peer = new Peer(domain, 0, 1);
		try {
			boolean full = false;
			while (!full) {
				SocketChannel client = SocketChannel.open(SocketFactoryHarness.familyOf(domain));
				peer.channels.add(client);
				client.configureBlocking(false);
				full = !client.connect(peer.address) && !connectsSoon(client);
				assertThat(peer.channels).hasSizeLessThan(20);
			}
			return peer;
		}
		catch (IOException ex) {
			peer.close();
			throw new UncheckedIOException(ex);
		}
	}

	public static Peer silent() {
		return silent(SocketDomain.AF_INET);
	}

	/**
	 * Return an address with a port on which nobody listens.
	 */
	public static InetSocketAddress nobody(SocketDomain domain) {
		try (Peer peer = listening(domain)) {
			return peer.address;
		}
	}

	public static InetSocketAddress nobody() {
		return nobody(SocketDomain.AF_INET);
	}

	public InetSocketAddress address() {
		return this.address;
	}

	public int port() {
		return this.address.getPort();
	}

	/**
	 * Accept the next connection, in blocking mode.
	 */
	public SocketChannel accept() {
		try {
			SocketChannel channel = this.server.accept();
			this.channels.add(channel);
			return channel;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Accept the next connection if there is one.
	 * @return whether there was
	 */
	public boolean acceptNow() {
		try {
			this.server.configureBlocking(false);
			SocketChannel channel = this.server.accept();
			if (channel != null) {
				this.channels.add(channel);
			}
			this.server.configureBlocking(true);
			return channel != null;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public void closeAccepted() {
		this.channels.forEach(Peer::close);
	}

	public static void write(SocketChannel channel, String text) throws IOException {
		channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
	}

	/**
	 * Read until so many bytes have come, or the end.
	 */
	public static String read(SocketChannel channel, int count) throws IOException {
		ByteBuffer buffer = ByteBuffer.allocate(count);
		while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
			Thread.onSpinWait();
		}
		return new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII);
	}

	public static void close(Channel channel) {
		try {
			channel.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		this.channels.forEach(Peer::close);
		close(this.server);
	}

	/**
	 * Return whether a client is connected within a time that is long for the loopback
	 * address. That it is not cannot be told in any other way.
	 */
	private static boolean connectsSoon(SocketChannel client) throws IOException {
		long begin = System.nanoTime();
		boolean connected = client.finishConnect();
		while (!connected && System.nanoTime() - begin < SOON_NANOS) {
			LockSupport.parkNanos(POLL_NANOS);
			connected = client.finishConnect();
		}
		return connected;
	}

}
