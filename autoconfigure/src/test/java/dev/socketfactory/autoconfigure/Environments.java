package dev.socketfactory.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.socketfactory.SocketSpec;

import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Bindable.BindRestriction;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

/**
 * Environments as an application has them, and the specifications that they declare.
 */
final class Environments {

	private Environments() {
	}

	static ConfigurableEnvironment of(String... documents) {
		return of(Collections.emptyMap(), documents);
	}

	/**
	 * Return an environment with these environment variables, and YAML documents in the
	 * order of their precedence.
	 */
	static ConfigurableEnvironment of(Map<String, Object> variables, String... documents) {
		String name = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
		return of(new SystemEnvironmentPropertySource(name, new LinkedHashMap<>(variables)), documents);
	}

	static ConfigurableEnvironment of(SystemEnvironmentPropertySource variables, String... documents) {
		StandardEnvironment environment = new StandardEnvironment();
		environment.getPropertySources().replace(variables.getName(), variables);
		for (int i = 0; i < documents.length; i++) {
			load("document" + i, documents[i]).forEach(environment.getPropertySources()::addLast);
		}
		ConfigurationPropertySources.attach(environment);
		return environment;
	}

	static List<SocketSpec> specs(ConfigurableEnvironment environment) {
		return bind(environment).toSpecs();
	}

	/**
	 * Bind the properties as Spring Boot binds their bean.
	 */
	static SocketFactoryProperties bind(ConfigurableEnvironment environment) {
		return Binder.get(environment)
			.bindOrCreate(SocketFactoryProperties.PREFIX,
					Bindable.of(SocketFactoryProperties.class).withBindRestrictions(BindRestriction.NO_DIRECT_PROPERTY),
					new SocketFactoryBindHandler(
							new NoUnboundElementsBindHandler(BindHandler.DEFAULT, DeclaredNames.STRICT)));
	}

	private static List<PropertySource<?>> load(String name, String yaml) {
		try {
			return new YamlPropertySourceLoader().load(name, new NamedResource(yaml));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static final class NamedResource extends ByteArrayResource {

		NamedResource(String text) {
			super(text.getBytes(StandardCharsets.UTF_8));
		}

		@Override
		public String getDescription() {
			return "application.yml";
		}

	}

}
