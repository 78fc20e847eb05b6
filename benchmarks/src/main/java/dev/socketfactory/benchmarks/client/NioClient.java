package dev.socketfactory.benchmarks.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * The JDK's selector and channels, on one thread.
 */
public final class NioClient {

	private final Selector selector = Selector.open();

	private final InetSocketAddress server;

	private int toBegin;

	private int open;

	private NioClient(int port) throws IOException {
		this.server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
	}

	public static void main(String[] args) throws Exception {
		Demand demand = Demand.of(args);
		NioClient client = new NioClient(demand.port());
		demand.serve((count) -> client.connect(count, demand.inFlight()));
	}

	private void connect(int count, int inFlight) throws IOException {
		this.toBegin = count;
		while (this.toBegin > 0 || this.open > 0) {
			while (this.toBegin > 0 && this.open < inFlight) {
				begin();
			}
			this.selector.select(this::finish);
		}
	}

	private void begin() throws IOException {
		this.toBegin--;
		this.open++;
		SocketChannel channel = SocketChannel.open();
		channel.configureBlocking(false);
		channel.setOption(StandardSocketOptions.SO_LINGER, 0);
		if (channel.connect(this.server)) {
			channel.close();
			this.open--;
			return;
		}
		channel.register(this.selector, SelectionKey.OP_CONNECT);
	}

	private void finish(SelectionKey key) {
		try (SocketChannel channel = (SocketChannel) key.channel()) {
			channel.finishConnect();
			this.open--;
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
