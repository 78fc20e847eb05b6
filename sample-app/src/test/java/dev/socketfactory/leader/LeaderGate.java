package dev.socketfactory.leader;

import dev.socketfactory.PauseReason;
import dev.socketfactory.SocketFactory;

import org.springframework.context.event.EventListener;
import org.springframework.integration.leader.event.OnGrantedEvent;
import org.springframework.integration.leader.event.OnRevokedEvent;
import org.springframework.stereotype.Component;

/**
 * Lets the listener rot13 accept only while this instance is the leader.
 */
@Component
class LeaderGate {

	private static final PauseReason NOT_LEADER = PauseReason.of("not-leader");

	private final SocketFactory rot13SocketFactory;

	LeaderGate(SocketFactory rot13SocketFactory) {
		this.rot13SocketFactory = rot13SocketFactory;
		rot13SocketFactory.pauseAccept(NOT_LEADER);
	}

	@EventListener
	void granted(OnGrantedEvent event) {
		this.rot13SocketFactory.resumeAccept(NOT_LEADER);
	}

	@EventListener
	void revoked(OnRevokedEvent event) {
		this.rot13SocketFactory.pauseAccept(NOT_LEADER);
	}

}
