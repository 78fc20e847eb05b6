package dev.socketfactory.autoconfigure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

import dev.socketfactory.SocketDomain;
import dev.socketfactory.SocketFactories;
import dev.socketfactory.SocketType;
import dev.socketfactory.autoconfigure.UnknownKeysException.UnknownKey;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.convert.ConversionFailedException;
import org.springframework.core.convert.ConverterNotFoundException;
import org.springframework.util.Assert;

/**
 * What binding {@link SocketFactoryProperties} takes beyond Spring Boot's own rules:
 * entries have the names that are written, enums no numbers, whole numbers no fraction,
 * and what has no effect is warned of.
 */
class SocketFactoryBindHandler extends AbstractBindHandler {

	private static final Log logger = LogFactory.getLog(SocketFactories.class);

	private static final ConfigurationPropertyName PREFIX = DeclaredNames.PREFIX;

	private final List<String> warnings = new ArrayList<>();

	private @Nullable DeclaredNames names;

	SocketFactoryBindHandler(BindHandler parent) {
		super(parent);
	}

	@Override
	public <T> @Nullable Bindable<T> onStart(ConfigurationPropertyName name, Bindable<T> target, BindContext context) {
		if (PREFIX.equals(name)) {
			this.names = new DeclaredNames(context.getSources());
			this.warnings.addAll(UnusedVariables.warningsFor(context.getSources(), this.names));
		}
		return isUndeclared(name) ? null : super.onStart(name, target, context);
	}

	/**
	 * Return whether this is an entry, or the name of one, that only environment
	 * variables have.
	 */
	private boolean isUndeclared(ConfigurationPropertyName name) {
		boolean entry = name.getNumberOfElements() == 3 && PREFIX.isAncestorOf(name)
				&& PropertyKeys.kindOf(name) != null;
		return entry && this.names != null && !this.names.contains(name);
	}

	/**
	 * Take the spellings of a domain or type that are not constants, and not a stray
	 * variable for a map or a group of keys.
	 */
	@Override
	public @Nullable Object onFailure(ConfigurationPropertyName name, Bindable<?> target, BindContext context,
			Exception error) throws Exception {
		if (PREFIX.isAncestorOf(name) && error instanceof ConversionFailedException failure
				&& failure.getValue() instanceof String text) {
			Object constant = findConstant(target.getType().resolve(Object.class), text);
			if (constant != null) {
				return super.onSuccess(name, target, context, constant);
			}
		}
		ConfigurationProperty property = context.getConfigurationProperty();
		if (PREFIX.isAncestorOf(name) && error instanceof ConverterNotFoundException && property != null
				&& property.getSource() != null && !DeclaredNames.STRICT.apply(property.getSource())) {
			return null;
		}
		return super.onFailure(name, target, context, error);
	}

	private static @Nullable Object findConstant(Class<?> type, String text) {
		try {
			if (type == SocketDomain.class) {
				return SocketDomain.of(text);
			}
			return (type == SocketType.class) ? SocketType.of(text) : null;
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	@Override
	public void onFinish(ConfigurationPropertyName name, Bindable<?> target, BindContext context,
			@Nullable Object result) throws Exception {
		ConfigurationProperty property = context.getConfigurationProperty();
		if (property != null && PREFIX.isAncestorOf(name) && property.getName().equals(name)) {
			checkConversion(property.getValue(), target.getType().resolve(Object.class), result);
			if (PropertyKeys.kindOf(name) == null) {
				checkSign(property.getValue(), result);
			}
		}
		try {
			super.onFinish(name, target, context, result);
		}
		catch (UnboundConfigurationPropertiesException ex) {
			if (!PREFIX.equals(name)) {
				throw ex;
			}
			refuseUnknown(ex.getUnboundProperties());
		}
		if (PREFIX.equals(name)) {
			this.warnings.forEach(logger::warn);
			this.warnings.clear();
		}
	}

	/**
	 * Refuse what conversion makes something else of: the ordinal of a constant, nothing
	 * of an empty text, and a whole number of one with a fraction.
	 */
	private static void checkConversion(Object value, Class<?> type, @Nullable Object result) {
		Assert.isTrue(!type.isEnum() || (result != null && value instanceof CharSequence),
				() -> "'%s' is none of %s".formatted(value, Arrays.toString(type.getEnumConstants())));
		Assert.isTrue(!(result instanceof Integer whole) || !(value instanceof Number number)
				|| number.doubleValue() == whole.doubleValue(), () -> value + " is not a whole number");
	}

	/**
	 * Refuse what is negative outside of listeners and clients, whose numbers their
	 * specifications check.
	 */
	private static void checkSign(Object value, @Nullable Object result) {
		Assert.isTrue(!(result instanceof Integer number) || number >= 0,
				() -> value + " is negative: write 0 or more");
		Assert.isTrue(!(result instanceof Duration duration) || !duration.isNegative(),
				() -> value + " is negative: write 0s or more");
	}

	private void refuseUnknown(Set<ConfigurationProperty> properties) {
		List<UnknownKey> unknown = new ArrayList<>();
		for (ConfigurationProperty property : properties) {
			String warning = PropertyKeys.findWarning(property.getName());
			if (warning != null) {
				this.warnings.add(warning);
			}
			else {
				unknown.add(PropertyKeys.explain(property));
			}
		}
		if (!unknown.isEmpty()) {
			throw new UnknownKeysException(unknown);
		}
	}

}
