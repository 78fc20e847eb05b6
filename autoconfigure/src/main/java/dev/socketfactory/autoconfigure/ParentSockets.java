package dev.socketfactory.autoconfigure;

import java.util.List;

import dev.socketfactory.SocketFactories;
import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketSpec;
import dev.socketfactory.engine.DefaultSocketFactories;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.context.ApplicationContext;

/**
 * The sockets of parent contexts, which a child context with the same configuration is
 * not to open once more.
 */
class ParentSockets {

	private static final Log logger = LogFactory.getLog(SocketFactories.class);

	private final ApplicationContext context;

	ParentSockets(ApplicationContext context) {
		this.context = context;
	}

	/**
	 * Leave out what a parent has.
	 */
	List<SocketSpec> without(List<SocketSpec> declared) {
		List<String> known = declared.stream().map(SocketSpec::getName).filter((name) -> find(name) != null).toList();
		if (!known.isEmpty()) {
			logger.info("The parent context has %s, so this one does not open %s again"
				.formatted(String.join(", ", known), (known.size() == 1) ? "it" : "them"));
		}
		return declared.stream().filter((spec) -> !known.contains(spec.getName())).toList();
	}

	/**
	 * Return the factory of a parent.
	 * @return the factory, {@code null} if no parent has it
	 */
	@Nullable SocketFactory find(String name) {
		return find(name, this.context);
	}

	private static @Nullable SocketFactory find(String name, ApplicationContext context) {
		ApplicationContext parent = context.getParent();
		DefaultSocketFactories factories = (parent != null)
				? parent.getBeanProvider(DefaultSocketFactories.class).getIfAvailable() : null;
		if (parent == null || factories == null) {
			return null;
		}
		SocketFactory factory = factories.find(name);
		return (factory != null) ? factory : find(name, parent);
	}

}
