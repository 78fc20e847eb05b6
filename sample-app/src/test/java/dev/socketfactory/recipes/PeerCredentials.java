package dev.socketfactory.recipes;

import java.io.IOException;

import dev.socketfactory.SocketConnection;
import dev.socketfactory.event.SocketEventListener;
import jdk.net.UnixDomainPrincipal;

import org.springframework.stereotype.Component;

@Component
class PeerCredentials {

	@SocketEventListener("lines-unix")
	void greet(SocketConnection client) throws IOException {
		UnixDomainPrincipal peer = client.getPeer();
		if (peer != null) {
			client.writer()
				.append("You are %s of the group %s\n".formatted(peer.user().getName(), peer.group().getName()))
				.flush();
		}
	}

}
