package dev.socketfactory.benchmarks.client;

import java.net.InetAddress;
import java.net.InetSocketAddress;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;

/**
 * Netty with one event loop on the native transport.
 */
public final class NettyClient {

	private NettyClient() {
	}

	public static void main(String[] args) throws Exception {
		Demand demand = Demand.of(args);
		Bootstrap bootstrap = new Bootstrap().group(new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory()))
			.channel(EpollSocketChannel.class)
			.option(ChannelOption.SO_LINGER, 0)
			.handler(new ChannelInitializer<>() {

				@Override
				protected void initChannel(Channel channel) {
				}

			})
			.remoteAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), demand.port()));
		InFlight attempts = new InFlight(demand.inFlight());
		demand.serve((count) -> attempts.run(count,
				(attempt) -> bootstrap.connect().addListener((ChannelFuture connecting) -> {
					attempt.ended(connecting.cause());
					connecting.channel().close();
				})));
	}

}
