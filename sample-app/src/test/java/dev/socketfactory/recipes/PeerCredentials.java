package dev.socketfactory.recipes;

import java.io.IOException;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.event.SocketEventListener;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;

import org.springframework.stereotype.Component;

@Component
class PeerCredentials {

	@SocketEventListener(factory = "lines-unix")
	void greet(ConnectionAcceptedEvent event) throws IOException {
		try (SocketChannel client = event.claimBlockingChannel();
				Writer out = Channels.newWriter(client, StandardCharsets.UTF_8)) {
			UnixDomainPrincipal peer = client.getOption(ExtendedSocketOptions.SO_PEERCRED);
			out.write("You are %s of the group %s\n".formatted(peer.user().getName(), peer.group().getName()));
		}
	}

}
