package dev.socketfactory.autoconfigure;

import java.util.Locale;
import java.util.regex.Pattern;

import dev.socketfactory.SocketFactory;
import dev.socketfactory.SocketKind;
import dev.socketfactory.engine.DefaultSocketFactories;

import org.springframework.beans.factory.BeanRegistrar;
import org.springframework.beans.factory.BeanRegistry;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.Environment;

/**
 * Registers a {@link SocketFactory} bean for every declared socket.
 */
class SocketFactoryRegistrar implements BeanRegistrar {

	private static final Pattern WORD = Pattern.compile("-+([^-])");

	@Override
	public void register(BeanRegistry registry, Environment environment) {
		// Conditions are evaluated when an application is AOT-processed, and not again
		if (OnSocketFactoriesEnabledCondition.isEnabled(environment)) {
			DeclaredNames names = new DeclaredNames(ConfigurationPropertySources.get(environment));
			for (SocketKind kind : SocketKind.values()) {
				names.of(kind).forEach((name) -> register(registry, kind, name));
			}
		}
	}

	private static void register(BeanRegistry registry, SocketKind kind, String name) {
		registry.registerBean(beanName(name), SocketFactory.class,
				(spec) -> spec.description("%s '%s'".formatted(kind, name)).supplier((context) -> find(name, context)));
	}

	private static SocketFactory find(String name, BeanRegistry.SupplierContext context) {
		SocketFactory inherited = context.bean(ParentSockets.class).find(name);
		return (inherited != null) ? inherited : context.bean(DefaultSocketFactories.class).get(name);
	}

	/**
	 * Return the name of the bean, which a handler class of the same name cannot clash
	 * with.
	 */
	static String beanName(String name) {
		return WORD.matcher(name).replaceAll((word) -> word.group(1).toUpperCase(Locale.ROOT)) + "SocketFactory";
	}

}
