package dev.socketfactory.benchmarks.jmh;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;

import dev.socketfactory.SocketFactory;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.event.SocketEventListener;
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
import org.springframework.context.event.EventListener;
import org.springframework.context.support.GenericApplicationContext;

/**
 * What it takes to publish the event of a connection.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init")
public class Publishing {

	/**
	 * How many listeners there are, and of which kind. Those for sockets are for one
	 * factory each, so that one of them is called.
	 */
	@Param({ "1 @EventListener", "10 @EventListener", "100 @EventListener", "1 @SocketEventListener",
			"10 @SocketEventListener", "100 @SocketEventListener" })
	private String listeners;

	private ConfigurableApplicationContext context;

	private SocketChannel channel;

	private ConnectionAcceptedEvent event;

	@Setup
	public void start() throws IOException {
		int count = Integer.parseInt(this.listeners.substring(0, this.listeners.indexOf(' ')));
		boolean sockets = this.listeners.contains("@Socket");
		this.context = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.initializers((context) -> register((GenericApplicationContext) context, count, sockets))
			.properties("socket-factory.listeners.peer.bind=127.0.0.1:0",
					"socket-factory.listeners.other.bind=127.0.0.1:0")
			.run();
		this.channel = SocketChannel.open();
		this.event = new ConnectionAcceptedEvent(this.context.getBean("peerSocketFactory", SocketFactory.class),
				"peer.success", this.channel, null);
	}

	private static void register(GenericApplicationContext context, int count, boolean sockets) {
		for (int i = 0; i < count; i++) {
			String name = "listener" + i;
			if (!sockets) {
				context.registerBean(name, AnyListener.class);
			}
			else if (i == 0) {
				context.registerBean(name, PeerListener.class);
			}
			else {
				context.registerBean(name, OtherListener.class);
			}
		}
	}

	@Benchmark
	public void publish() {
		this.context.publishEvent(this.event);
	}

	@TearDown
	public void stop() throws IOException {
		this.channel.close();
		this.context.close();
	}

	@EnableAutoConfiguration
	static class Application {

	}

	static class AnyListener {

		@EventListener
		void accepted(ConnectionAcceptedEvent event) {
		}

	}

	static class PeerListener {

		@SocketEventListener("peer")
		void accepted(ConnectionAcceptedEvent event) {
		}

	}

	static class OtherListener {

		@SocketEventListener("other")
		void accepted(ConnectionAcceptedEvent event) {
		}

	}

}
