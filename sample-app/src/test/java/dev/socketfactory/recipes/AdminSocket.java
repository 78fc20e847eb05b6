package dev.socketfactory.recipes;

import dev.socketfactory.SocketFactories;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketSpec;

import org.springframework.stereotype.Component;

@Component
class AdminSocket {

	private final SocketFactories factories;

	AdminSocket(SocketFactories factories) {
		this.factories = factories;
	}

	SocketFactory open() {
		return this.factories.open(SocketSpec.listener("admin").bind("127.0.0.1:0").startPaused(true).build());
	}

}
