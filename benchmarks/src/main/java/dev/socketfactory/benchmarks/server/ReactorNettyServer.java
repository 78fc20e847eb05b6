package dev.socketfactory.benchmarks.server;

import java.io.IOException;
import java.net.InetSocketAddress;

import io.netty.channel.ChannelOption;
import io.netty.channel.unix.DomainSocketAddress;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpServer;

/**
 * Reactor Netty with one event loop, on the native transport where there is one.
 */
public final class ReactorNettyServer {

	private ReactorNettyServer() {
	}

	public static void main(String[] args) throws IOException {
		Job job = Job.of(args);
		byte[] answer = { 'x' };
		DisposableServer server = TcpServer.create()
			.bindAddress(() -> job.isUnix() ? new DomainSocketAddress(job.target()) : job.address())
			.option(ChannelOption.SO_BACKLOG, Job.LISTEN_QUEUE)
			.runOn(LoopResources.create("peer", 1, true))
			.handle((in, out) -> (job.work() == Work.HOLD) ? Mono.never() : out.sendByteArray(Mono.just(answer)))
			.bindNow();
		job.serve((server.address() instanceof InetSocketAddress inet) ? inet.getPort() : 0);
	}

}
