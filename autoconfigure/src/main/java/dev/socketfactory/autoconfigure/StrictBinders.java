package dev.socketfactory.autoconfigure;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PlaceholdersResolver;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.util.Assert;
import org.springframework.util.PropertyPlaceholderHelper;
import org.springframework.util.SystemPropertyUtils;

/**
 * Makes binders that, unlike Boot's own, refuse a placeholder that cannot be resolved: no
 * value of a socket ever means the text of one.
 */
final class StrictBinders {

	private static final PropertyPlaceholderHelper HELPER = new PropertyPlaceholderHelper(
			SystemPropertyUtils.PLACEHOLDER_PREFIX, SystemPropertyUtils.PLACEHOLDER_SUFFIX,
			SystemPropertyUtils.VALUE_SEPARATOR, SystemPropertyUtils.ESCAPE_CHARACTER, false);

	private final Environment environment;

	private final PlaceholdersResolver placeholders;

	StrictBinders(Environment environment) {
		Assert.isInstanceOf(ConfigurableEnvironment.class, environment);
		this.environment = environment;
		this.placeholders = new PropertySourcesPlaceholdersResolver(
				((ConfigurableEnvironment) environment).getPropertySources(), HELPER);
	}

	/**
	 * Return a binder of the whole environment.
	 */
	Binder ofEnvironment() {
		return new Binder(ConfigurationPropertySources.get(this.environment), this.placeholders);
	}

	/**
	 * Return a binder of one source, whose placeholders are resolved from the
	 * environment.
	 */
	Binder of(Iterable<ConfigurationPropertySource> sources) {
		return new Binder(sources, this.placeholders);
	}

}
