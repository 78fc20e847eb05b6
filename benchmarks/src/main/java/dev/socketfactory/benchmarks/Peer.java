package dev.socketfactory.benchmarks;

import java.util.List;

import dev.socketfactory.benchmarks.client.NettyClient;
import dev.socketfactory.benchmarks.client.NioClient;
import dev.socketfactory.benchmarks.client.SpringIntegrationClient;
import dev.socketfactory.benchmarks.client.StarterClient;
import dev.socketfactory.benchmarks.server.NettyServer;
import dev.socketfactory.benchmarks.server.NioServer;
import dev.socketfactory.benchmarks.server.ReactorNettyServer;
import dev.socketfactory.benchmarks.server.SpringIntegrationServer;
import dev.socketfactory.benchmarks.server.SslSocketServer;
import dev.socketfactory.benchmarks.server.StarterServer;
import dev.socketfactory.benchmarks.server.VertxServer;

/**
 * One of those that are compared. A new row of a comparison is a new element of its list.
 *
 * @param name its name in reports
 * @param program the main class, or the source of a program in another language
 * @param variant which of the program's ways to do the work
 * @param unix whether it knows UNIX sockets
 */
record Peer(String name, String program, String variant, boolean unix) {

	static final String STARTER = "starter, inline";

	static final String STARTER_RULES = "starter, inline, with rules";

	static final String STARTER_VIRTUAL = "starter, virtual threads";

	static final String STARTER_POOL = "starter, pool";

	static final String NIO = "JDK NIO";

	static final String NETTY_EPOLL = "Netty epoll";

	static final String SPRING_INTEGRATION_NET = "Spring Integration net";

	static final String C = "C";

	static final String STARTER_CONNECT = "starter, connect()";

	static final String STARTER_BARE = "starter, bare channel";

	static final String BLOCKING = "JDK blocking channel";

	static final String SSL_HANDLER = "Netty SslHandler";

	static final String SSL_SOCKET = "JDK SSLSocket";

	/**
	 * Servers that accept.
	 */
	static final List<Peer> SERVERS = List.of(of(STARTER, StarterServer.class, "inline", true),
			of(STARTER_VIRTUAL, StarterServer.class, "virtual", true),
			of(STARTER_POOL, StarterServer.class, "pool", true), of(NIO, NioServer.class, "selector", true),
			of("Netty NIO", NettyServer.class, "nio", true), of(NETTY_EPOLL, NettyServer.class, "epoll", true),
			of("Netty io_uring", NettyServer.class, "io_uring", true),
			of(SPRING_INTEGRATION_NET, SpringIntegrationServer.class, "net", false),
			of("Spring Integration nio", SpringIntegrationServer.class, "nio", false),
			of("Reactor Netty", ReactorNettyServer.class, "native", true),
			of("Vert.x", VertxServer.class, "native", true), new Peer("POE (Perl)", "poe.pl", "", true),
			new Peer(C, "server.c", "", true));

	/**
	 * The same server without and with rules of who may connect.
	 */
	static final List<Peer> ACCESS_SERVERS = List.of(of(STARTER, StarterServer.class, "inline", false),
			of(STARTER_RULES, StarterServer.class, "rules", false));

	/**
	 * Servers that send lines back, from a thread of the connection's own where they have
	 * such.
	 */
	static final List<Peer> LINE_SERVERS = List.of(of(STARTER_VIRTUAL, StarterServer.class, "virtual", true),
			of(STARTER_POOL, StarterServer.class, "pool", true), of(STARTER_BARE, StarterServer.class, "bare", true),
			of(BLOCKING, NioServer.class, "blocking", true), of("Netty NIO", NettyServer.class, "nio", true),
			of(NETTY_EPOLL, NettyServer.class, "epoll", true),
			of(SPRING_INTEGRATION_NET, SpringIntegrationServer.class, "net", false),
			of("Spring Integration nio", SpringIntegrationServer.class, "nio", false));

	/**
	 * Servers that speak TLS by the JDK's provider.
	 */
	static final List<Peer> TLS_SERVERS = List.of(of(STARTER_VIRTUAL, StarterServer.class, "virtual", false),
			of(STARTER_POOL, StarterServer.class, "pool", false), of(SSL_HANDLER, NettyServer.class, "epoll", false),
			of(SSL_SOCKET, SslSocketServer.class, "blocking", false));

	/**
	 * Clients that connect.
	 */
	static final List<Peer> CLIENTS = List.of(of(STARTER_CONNECT, StarterClient.class, "", false),
			of(NIO, NioClient.class, "", false), of(NETTY_EPOLL, NettyClient.class, "", false),
			of(SPRING_INTEGRATION_NET, SpringIntegrationClient.class, "", false),
			new Peer(C, "load.c", "connect", false));

	static Peer of(String name, Class<?> main, String variant, boolean unix) {
		return new Peer(name, main.getName(), variant, unix);
	}

	/**
	 * Return how the starter runs handlers that block if nothing else is said.
	 */
	static String starterBlocking() {
		return (Runtime.version().feature() >= 21) ? STARTER_VIRTUAL : STARTER_POOL;
	}

	boolean isJava() {
		return !this.program.endsWith(".c") && !this.program.endsWith(".pl");
	}

	boolean isStarter() {
		return this.name.startsWith("starter");
	}

}
