package dev.socketfactory.benchmarks.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import dev.socketfactory.SocketConnection;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.event.SocketEventListener;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.util.Assert;

/**
 * This starter, as an application uses it. Variants: {@code inline}, {@code virtual} and
 * {@code pool}, after where handlers run, {@code rules}, inline with rules of who may
 * connect, and {@code bare}, where lines are read from the channel itself.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class StarterServer {

	public static void main(String[] args) throws IOException {
		Job job = Job.of(args);
		Assert.state(!job.variant().equals("virtual") || Runtime.version().feature() >= 21,
				"There are no virtual threads before Java 21");
		SocketFactory listener = new SpringApplicationBuilder(StarterServer.class, handler(job))
			.web(WebApplicationType.NONE)
			.properties(properties(job))
			.run()
			.getBean(SocketFactory.class);
		job.serve((listener.getLocalAddress() instanceof InetSocketAddress inet) ? inet.getPort() : 0);
	}

	private static Class<?> handler(Job job) {
		return switch (job.work()) {
			case BYTE -> OneByte.class;
			case HOLD -> Holder.class;
			case TLS_BYTE -> OneTlsByte.class;
			case LINE -> isBare(job) ? BareLineEcho.class : LineEcho.class;
			case TLS_LINE -> TlsLineEcho.class;
		};
	}

	private static boolean isInline(Job job) {
		return job.variant().equals("inline") || job.variant().equals("rules");
	}

	private static boolean isBare(Job job) {
		return job.variant().equals("bare");
	}

	private static boolean hasVirtualThreads(Job job) {
		return job.variant().equals("virtual") || (isBare(job) && Runtime.version().feature() >= 21);
	}

	private static Map<String, Object> properties(Job job) {
		Map<String, Object> properties = new TreeMap<>();
		String listener = "socket-factory.listeners.peer.";
		properties.put(listener + "bind", job.isUnix() ? job.target() : "127.0.0.1:0");
		if (job.isUnix()) {
			properties.put(listener + "domain", "AF_UNIX");
		}
		properties.put(listener + "dispatch", isInline(job) ? "inline" : "executor");
		if (job.variant().equals("rules")) {
			properties.put(listener + "access.allow", "127.0.0.0/8, 10.0.0.0/8, 2001:db8::/32");
			properties.put(listener + "access.deny", "10.6.6.0/24");
			properties.put(listener + "per-source.max-connections", 10000);
		}
		properties.put("spring.threads.virtual.enabled", hasVirtualThreads(job));
		if (job.work().isTls()) {
			properties.put(listener + "ssl.bundle", "peer");
			properties.put("spring.ssl.bundle.jks.peer.keystore.location", "file:" + System.getProperty(Job.KEY_STORE));
			properties.put("spring.ssl.bundle.jks.peer.keystore.password", Job.PASSWORD);
			properties.put("spring.ssl.bundle.jks.peer.keystore.type", "PKCS12");
		}
		return properties;
	}

	static class OneByte {

		private final ByteBuffer answer = ByteBuffer.allocateDirect(1).put(0, (byte) 'x');

		@SocketEventListener("peer")
		void answer(ConnectionAcceptedEvent event) throws IOException {
			try (SocketChannel channel = event.claimChannel()) {
				channel.write(this.answer.duplicate());
			}
		}

	}

	static class Holder {

		private final List<SocketChannel> held = Collections.synchronizedList(new ArrayList<>());

		@SocketEventListener("peer")
		void hold(ConnectionAcceptedEvent event) {
			this.held.add(event.claimChannel());
		}

	}

	static class OneTlsByte {

		@SocketEventListener("peer")
		void answer(SocketConnection client) throws IOException {
			client.write(ByteBuffer.wrap(new byte[] { 'x' }));
		}

	}

	static class LineEcho {

		@SocketEventListener("peer")
		void serve(SocketConnection client) throws IOException {
			Lines.echo(client);
		}

	}

	static class TlsLineEcho {

		@SocketEventListener("peer")
		void serve(SocketConnection client) throws IOException {
			Lines.echo(client.getInputStream(), client.getOutputStream());
		}

	}

	static class BareLineEcho {

		@SocketEventListener("peer")
		void serve(ConnectionAcceptedEvent event) throws IOException {
			try (SocketChannel client = event.claimBlockingChannel()) {
				Lines.echo(client);
			}
		}

	}

}
