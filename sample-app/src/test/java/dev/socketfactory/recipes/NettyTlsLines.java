package dev.socketfactory.recipes;

import javax.net.ssl.SSLException;

import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.event.SocketEventListener;
import io.netty.channel.Channel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;

import org.springframework.boot.ssl.SslBundles;
import org.springframework.stereotype.Component;

@Component
class NettyTlsLines {

	private final NettyLines lines;

	private final SslContext tls;

	NettyTlsLines(NettyLines lines, SslBundles bundles) throws SSLException {
		this.lines = lines;
		this.tls = SslContextBuilder.forServer(bundles.getBundle("lines").getManagers().getKeyManagerFactory()).build();
	}

	@SocketEventListener("lines-netty-tls")
	void serve(ConnectionAcceptedEvent event) {
		Channel client = new NioSocketChannel(event.claimChannel());
		client.pipeline().addLast(this.tls.newHandler(client.alloc()));
		this.lines.serve(client);
	}

}
