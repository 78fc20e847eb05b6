package dev.socketfactory.benchmarks.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * The JDK's channels and nothing else. Variants: {@code selector}, one thread that
 * accepts what is queued and serves it; {@code blocking}, a thread that accepts and one
 * for each connection, a virtual one where the JDK has them.
 */
public final class NioServer {

	private final Job job;

	private final ServerSocketChannel server;

	private final ByteBuffer answer = ByteBuffer.allocateDirect(1).put(0, (byte) 'x');

	private final Selector selector = Selector.open();

	private NioServer(Job job) throws IOException {
		this.job = job;
		this.server = job.isUnix() ? ServerSocketChannel.open(StandardProtocolFamily.UNIX) : ServerSocketChannel.open();
		this.server.bind(job.address(), Job.LISTEN_QUEUE);
	}

	public static void main(String[] args) throws IOException {
		NioServer server = new NioServer(Job.of(args));
		Threads.run("acceptor", server.job.variant().equals("selector") ? server::select : server::accept);
		server.job.serve((server.server.getLocalAddress() instanceof InetSocketAddress inet) ? inet.getPort() : 0);
	}

	private void select() throws IOException {
		this.server.configureBlocking(false);
		this.server.register(this.selector, SelectionKey.OP_ACCEPT);
		while (true) {
			this.selector.select((key) -> {
				if (key.isReadable()) {
					close(key);
				}
			});
			for (SocketChannel channel = this.server.accept(); channel != null; channel = this.server.accept()) {
				channel.configureBlocking(false);
				serve(channel);
			}
		}
	}

	private void serve(SocketChannel channel) throws IOException {
		if (this.job.work() == Work.HOLD) {
			// Or it would not notice that the client has gone
			channel.register(this.selector, SelectionKey.OP_READ);
			return;
		}
		try (channel) {
			channel.write(this.answer.duplicate());
		}
		catch (IOException ex) {
			// The client has gone
		}
	}

	private static void close(SelectionKey key) {
		try {
			key.channel().close();
		}
		catch (IOException ex) {
			// It is gone all the same
		}
	}

	private void accept() throws IOException {
		while (true) {
			SocketChannel channel = this.server.accept();
			Threads.execute(() -> {
				try (channel) {
					Lines.echo(channel);
				}
			});
		}
	}

}
