package dev.socketfactory.autoconfigure;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

import dev.socketfactory.SocketFactory;
import dev.socketfactory.engine.DefaultSocketFactories;

import org.springframework.beans.factory.BeanRegistrar;
import org.springframework.beans.factory.BeanRegistry;
import org.springframework.core.env.Environment;

/**
 * Registers a {@link SocketFactory} bean for every declared socket.
 */
class SocketFactoryRegistrar implements BeanRegistrar {

	private static final Pattern WORD = Pattern.compile("-+([^-])");

	@Override
	public void register(BeanRegistry registry, Environment environment) {
		if (!new TopLevelSettings(environment).isEnabled()) {
			return;
		}
		Set<String> names = new HashSet<>();
		for (DeclaredSocket declared : DeclaredSockets.of(environment).getEntries()) {
			// A name that is taken is refused, with its origin, when the entries are
			// bound
			if (names.add(EntryKeys.uniform(declared.getName()))) {
				register(registry, declared);
			}
		}
	}

	private static void register(BeanRegistry registry, DeclaredSocket declared) {
		String name = declared.getName();
		registry.registerBean(beanName(name), SocketFactory.class,
				(spec) -> spec.description("%s '%s'".formatted(declared.getKind(), name))
					.supplier((context) -> context.bean(DefaultSocketFactories.class).get(name)));
	}

	/**
	 * Return the name of the bean, which a handler class of the same name cannot clash
	 * with.
	 */
	static String beanName(String name) {
		return WORD.matcher(name).replaceAll((word) -> word.group(1).toUpperCase(Locale.ROOT)) + "SocketFactory";
	}

}
