package dev.socketfactory.recipes;

import java.io.IOException;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

import dev.socketfactory.event.ConnectionAcceptedEvent;
import dev.socketfactory.event.SocketEventListener;

import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;

@Configuration(proxyBeanMethods = false)
@EnableAsync
class AsyncGreeting {

	@Async
	@SocketEventListener("greetings")
	void greet(ConnectionAcceptedEvent event) throws IOException {
		try (SocketChannel client = event.claimBlockingChannel();
				Writer out = Channels.newWriter(client, StandardCharsets.UTF_8)) {
			out.write("Hello from %s\n".formatted(Thread.currentThread().getName()));
		}
	}

}
