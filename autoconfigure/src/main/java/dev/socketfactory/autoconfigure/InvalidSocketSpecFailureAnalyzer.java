package dev.socketfactory.autoconfigure;

import dev.socketfactory.InvalidSocketSpecException;
import dev.socketfactory.engine.CustomizedSpecException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains a specification that was made in code, or changed there, and cannot work. For
 * one that is declared there is Spring Boot's own analyzer.
 */
class InvalidSocketSpecFailureAnalyzer extends AbstractFailureAnalyzer<InvalidSocketSpecException> {

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, InvalidSocketSpecException cause) {
		if (findCause(rootFailure, InvalidConfigurationPropertyValueException.class) != null) {
			return null;
		}
		String customizer = (cause instanceof CustomizedSpecException customized)
				? " after it was customized by " + customized.getCustomizers() : "";
		String value = (cause.getValue() != null) ? "%n    Value: \"%s\"".formatted(cause.getValue()) : "";
		String description = "The %s '%s' cannot be made%s:%n%n    Key: %s%s%n    Reason: %s".formatted(cause.getKind(),
				cause.getName(), customizer, cause.getKey(), value, cause.getReason());
		return new FailureAnalysis(description, cause.getAction() + ".", cause);
	}

}
