package dev.socketfactory.benchmarks.server;

import java.io.IOException;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.SocketAddress;

/**
 * Vert.x with one event loop, on the native transport where there is one.
 */
public final class VertxServer {

	private VertxServer() {
	}

	public static void main(String[] args) throws IOException {
		Job job = Job.of(args);
		Buffer answer = Buffer.buffer(new byte[] { 'x' });
		Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(1));
		NetServer server = vertx.createNetServer(new NetServerOptions().setAcceptBacklog(Job.LISTEN_QUEUE))
			.connectHandler((socket) -> {
				if (job.work() != Work.HOLD) {
					socket.end(answer);
				}
			})
			.listen(job.isUnix() ? SocketAddress.domainSocketAddress(job.target())
					: SocketAddress.inetSocketAddress(0, "127.0.0.1"))
			.toCompletionStage()
			.toCompletableFuture()
			.join();
		job.serve(job.isUnix() ? 0 : server.actualPort());
	}

}
