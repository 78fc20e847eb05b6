package dev.socketfactory.engine;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A process that connects from {@code 127.0.0.2}, each time anew as soon as it is
 * refused, until its standard input ends. Used by {@link FloodDrillTests}.
 */
public final class Flood {

	private static final int THREADS = 12;

	private Flood() {
	}

	public static void main(String[] arguments) throws Exception {
		InetSocketAddress server = new InetSocketAddress("127.0.0.1", Integer.getInteger("port"));
		AtomicInteger failed = new AtomicInteger();
		for (int i = 0; i < THREADS; i++) {
			Thread thread = new Thread(() -> {
				while (true) {
					if (!connect(server)) {
						failed.incrementAndGet();
					}
				}
			});
			thread.setDaemon(true);
			thread.start();
		}
		System.out.println("result flooding");
		System.out.flush();
		System.in.read();
		System.out.println("result failed " + failed);
		System.out.flush();
		System.exit(0);
	}

	private static boolean connect(InetSocketAddress server) {
		try (SocketChannel channel = SocketChannel.open()) {
			channel.bind(new InetSocketAddress("127.0.0.2", 0));
			channel.connect(server);
			return channel.read(ByteBuffer.allocate(1)) < 0;
		}
		catch (IOException ex) {
			// Reset, or no port is left
			return false;
		}
	}

}
