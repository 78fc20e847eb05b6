package dev.socketfactory.recipes;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.event.SocketEventListener;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.codec.string.StringDecoder;
import io.netty.handler.codec.string.StringEncoder;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

@Component
class NettyLines implements DisposableBean {

	private final EventLoopGroup loops = new MultiThreadIoEventLoopGroup(NioIoHandler.newFactory());

	@SocketEventListener("lines")
	void serve(ConnectionAcceptedEvent event) {
		serve(new NioSocketChannel(event.claimChannel()));
	}

	@SocketEventListener("lines-unix")
	void serveUnix(ConnectionAcceptedEvent event) {
		serve(new NioDomainSocketChannel(event.claimChannel()));
	}

	void serve(Channel client) {
		client.pipeline()
			.addLast(new LineBasedFrameDecoder(1024), new StringDecoder(StandardCharsets.UTF_8),
					new StringEncoder(StandardCharsets.UTF_8), new UpperCase());
		this.loops.register(client);
	}

	@Override
	public void destroy() {
		this.loops.shutdownGracefully();
	}

	private static final class UpperCase extends SimpleChannelInboundHandler<String> {

		@Override
		protected void channelRead0(ChannelHandlerContext client, String line) {
			client.writeAndFlush(line.toUpperCase(Locale.ROOT) + "\n");
		}

	}

}
