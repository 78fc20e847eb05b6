package dev.socketfactory.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;

/**
 * Thrown for a wrong value at the top of {@code socket-factory}.
 */
@SuppressWarnings("serial")
class InvalidSettingException extends RuntimeException {

	private final String name;

	private final transient @Nullable ConfigurationProperty property;

	private final transient ExpectedValue expected;

	InvalidSettingException(BindException failure) {
		this(failure, ExpectedValue.of(failure));
	}

	private InvalidSettingException(BindException failure, ExpectedValue expected) {
		super("%s: %s. %s.".formatted(failure.getName(), expected.reason(), expected.action()));
		this.name = failure.getName().toString();
		this.property = failure.getProperty();
		this.expected = expected;
	}

	String getName() {
		return this.name;
	}

	@Nullable ConfigurationProperty getProperty() {
		return this.property;
	}

	ExpectedValue getExpected() {
		return this.expected;
	}

}
