package dev.socketfactory.benchmarks.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.security.GeneralSecurityException;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerDomainSocketChannel;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import org.jspecify.annotations.Nullable;

/**
 * Netty with one event loop that accepts and serves, which is where it takes least.
 * Variants: {@code nio}, {@code epoll} and {@code io_uring}.
 */
public final class NettyServer {

	private NettyServer() {
	}

	public static void main(String[] args) throws IOException, GeneralSecurityException, InterruptedException {
		Job job = Job.of(args);
		EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, ioHandler(job.variant()));
		Channel server = new ServerBootstrap().group(loop)
			.channel(channelType(job))
			.option(ChannelOption.SO_BACKLOG, Job.LISTEN_QUEUE)
			.childHandler(new Pipeline(job.work()))
			.bind(address(job))
			.sync()
			.channel();
		job.serve((server.localAddress() instanceof InetSocketAddress inet) ? inet.getPort() : 0);
	}

	private static IoHandlerFactory ioHandler(String variant) {
		return switch (variant) {
			case "epoll" -> EpollIoHandler.newFactory();
			case "io_uring" -> IoUringIoHandler.newFactory();
			default -> NioIoHandler.newFactory();
		};
	}

	private static Class<? extends ServerChannel> channelType(Job job) {
		return switch (job.variant()) {
			case "epoll" -> job.isUnix() ? EpollServerDomainSocketChannel.class : EpollServerSocketChannel.class;
			case "io_uring" -> job.isUnix() ? IoUringServerDomainSocketChannel.class : IoUringServerSocketChannel.class;
			default -> job.isUnix() ? NioServerDomainSocketChannel.class : NioServerSocketChannel.class;
		};
	}

	private static SocketAddress address(Job job) {
		return (job.isUnix() && !job.variant().equals("nio")) ? new DomainSocketAddress(job.target()) : job.address();
	}

	/**
	 * The handlers of a connection.
	 */
	private static final class Pipeline extends ChannelInitializer<Channel> {

		private final Work work;

		private final @Nullable SslContext tls;

		Pipeline(Work work) throws IOException, GeneralSecurityException {
			this.work = work;
			this.tls = work.isTls() ? SslContextBuilder.forServer(Job.keys()).sslProvider(SslProvider.JDK).build()
					: null;
		}

		@Override
		protected void initChannel(Channel channel) {
			if (this.tls != null) {
				channel.pipeline().addLast(this.tls.newHandler(channel.alloc()));
			}
			if (this.work.isLine()) {
				channel.pipeline().addLast(new LineBasedFrameDecoder(Lines.LONGEST, false, true), new Echo());
			}
			else if (this.work != Work.HOLD) {
				channel.pipeline().addLast(new OneByte());
			}
		}

	}

	/**
	 * Sends every line back.
	 */
	private static final class Echo extends ChannelInboundHandlerAdapter {

		@Override
		public void channelRead(ChannelHandlerContext context, Object line) {
			context.writeAndFlush(line);
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
			context.close();
		}

	}

	/**
	 * Writes one byte and closes.
	 */
	private static final class OneByte extends ChannelInboundHandlerAdapter {

		private static final ByteBuf ANSWER = Unpooled
			.unreleasableBuffer(Unpooled.directBuffer(1).writeByte('x').asReadOnly());

		@Override
		public void channelActive(ChannelHandlerContext context) {
			context.writeAndFlush(ANSWER.duplicate()).addListener(ChannelFutureListener.CLOSE);
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
			context.close();
		}

	}

}
