package dev.socketfactory.benchmarks.jmh;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;

import dev.socketfactory.SocketConnection;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.event.SocketEventListener;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * What a connection and a line allocate, in all threads of the process. The client is the
 * same whatever serves it: the difference to {@code jdk} is what the starter adds.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init")
public class Connections {

	/**
	 * What serves.
	 */
	@Param({ "jdk", "starter" })
	private String server;

	private final ByteBuffer buffer = ByteBuffer.allocateDirect(64);

	private @Nullable ConfigurableApplicationContext context;

	private SocketAddress accepting;

	private SocketChannel lines;

	@Setup
	public void start() throws IOException {
		SocketAddress echoing;
		if (this.server.equals("jdk")) {
			this.accepting = Jdk.accepting();
			echoing = Jdk.echoing();
		}
		else {
			this.context = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
				.properties("socket-factory.listeners.accepting.bind=127.0.0.1:0",
						"socket-factory.listeners.accepting.dispatch=inline",
						"socket-factory.listeners.echoing.bind=127.0.0.1:0")
				.run();
			this.accepting = address("accepting");
			echoing = address("echoing");
		}
		this.lines = SocketChannel.open(echoing);
	}

	private SocketAddress address(String name) {
		ConfigurableApplicationContext running = this.context;
		SocketAddress address = (running != null)
				? running.getBean(name + "SocketFactory", SocketFactory.class).getLocalAddress() : null;
		if (address == null) {
			throw new IllegalStateException("'%s' does not listen".formatted(name));
		}
		return address;
	}

	/**
	 * Connect, read one byte and the end, reset.
	 * @return the number of bytes
	 * @throws IOException if the server does not serve
	 */
	@Benchmark
	public int accept() throws IOException {
		try (SocketChannel client = SocketChannel.open(this.accepting)) {
			client.setOption(StandardSocketOptions.SO_LINGER, 0);
			int count = 0;
			while (client.read(this.buffer.clear()) >= 0) {
				count++;
			}
			return count;
		}
	}

	/**
	 * Send a line and read it back.
	 * @return its length
	 * @throws IOException if the server does not serve
	 */
	@Benchmark
	public int line() throws IOException {
		this.buffer.clear();
		while (this.buffer.hasRemaining()) {
			this.lines.write(this.buffer);
		}
		this.buffer.clear();
		while (this.buffer.hasRemaining()) {
			this.lines.read(this.buffer);
		}
		return this.buffer.position();
	}

	@TearDown
	public void stop() throws IOException {
		this.lines.close();
		if (this.context != null) {
			this.context.close();
		}
	}

	private static void echo(ByteChannel channel) throws IOException {
		ByteBuffer buffer = ByteBuffer.allocateDirect(64);
		while (channel.read(buffer.clear()) >= 0) {
			buffer.flip();
			while (buffer.hasRemaining()) {
				channel.write(buffer);
			}
		}
	}

	@EnableAutoConfiguration
	static class Application {

		private final ByteBuffer answer = ByteBuffer.allocateDirect(1);

		@SocketEventListener("accepting")
		void answer(ConnectionAcceptedEvent event) throws IOException {
			try (SocketChannel channel = event.claimChannel()) {
				channel.write(this.answer.duplicate());
			}
		}

		@SocketEventListener("echoing")
		void serve(SocketConnection client) throws IOException {
			echo(client);
		}

	}

	/**
	 * The same with nothing but the JDK. Its threads end with the process.
	 */
	private static final class Jdk {

		private static SocketAddress accepting() throws IOException {
			ServerSocketChannel server = listen();
			Selector selector = Selector.open();
			server.configureBlocking(false);
			server.register(selector, SelectionKey.OP_ACCEPT);
			ByteBuffer answer = ByteBuffer.allocateDirect(1);
			run(() -> {
				while (true) {
					selector.select((key) -> {
					});
					for (SocketChannel next = server.accept(); next != null; next = server.accept()) {
						try (SocketChannel channel = next) {
							channel.configureBlocking(false);
							channel.write(answer.duplicate());
						}
					}
				}
			});
			return server.getLocalAddress();
		}

		private static SocketAddress echoing() throws IOException {
			ServerSocketChannel server = listen();
			run(() -> {
				try (SocketChannel channel = server.accept()) {
					echo(channel);
				}
			});
			return server.getLocalAddress();
		}

		private static ServerSocketChannel listen() throws IOException {
			return ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
		}

		private static void run(Serving serving) {
			Thread thread = new Thread(() -> {
				try {
					serving.serve();
				}
				catch (IOException ex) {
					throw new IllegalStateException(ex);
				}
			});
			thread.setDaemon(true);
			thread.start();
		}

	}

	private interface Serving {

		void serve() throws IOException;

	}

}
