package dev.socketfactory.autoconfigure;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.util.ObjectUtils;

/**
 * Puts the port of every open factory into the environment:
 * {@code local.socket.<name>.port}.
 */
class LocalSocketPorts implements BiConsumer<String, @Nullable SocketAddress> {

	private static final String SOURCE = "socketFactoryPorts";

	private final Map<String, Object> ports = new ConcurrentHashMap<>();

	LocalSocketPorts(ConfigurableApplicationContext context) {
		MutablePropertySources sources = context.getEnvironment().getPropertySources();
		// The environment of a child has the sources of its parent, whose ports are not
		// to be replaced by a source of the same name
		String name = sources.contains(SOURCE) ? SOURCE + "@" + ObjectUtils.getIdentityHexString(context) : SOURCE;
		sources.addFirst(new MapPropertySource(name, this.ports));
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
