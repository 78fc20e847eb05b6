package dev.socketfactory.autoconfigure;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;

/**
 * Puts the port of every open factory into the environment:
 * {@code local.socket.<name>.port}.
 */
class LocalSocketPorts implements BiConsumer<String, @Nullable SocketAddress> {

	private static final String SOURCE = "socketFactoryPorts";

	private final Map<String, Object> ports = new ConcurrentHashMap<>();

	LocalSocketPorts(ConfigurableApplicationContext context) {
		context.getEnvironment().getPropertySources().addFirst(new MapPropertySource(SOURCE, this.ports));
	}

	@Override
	public void accept(String name, @Nullable SocketAddress address) {
		String property = "local.socket.%s.port".formatted(name);
		if (address instanceof InetSocketAddress inet) {
			this.ports.put(property, inet.getPort());
		}
		else {
			this.ports.remove(property);
		}
	}

}
