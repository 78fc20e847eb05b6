package dev.socketfactory.autoconfigure;

import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketfactory.autoconfigure.UnknownKeysException.UnknownKey;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Explains keys below {@code socket-factory} that do not exist. Goes before the analyzer
 * of the {@code BindException} around it.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
class UnknownKeysFailureAnalyzer extends AbstractFailureAnalyzer<UnknownKeysException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnknownKeysException cause) {
		String description = cause.getKeys()
			.stream()
			.map(UnknownKeysFailureAnalyzer::describe)
			.collect(Collectors.joining("%n%n".formatted(), "The following properties cannot be bound:%n%n".formatted(),
					""));
		Stream<String> advice = cause.getKeys().stream().map(UnknownKey::advice);
		Stream<String> existing = cause.getKeys().stream().map(UnknownKey::existing).filter(Objects::nonNull);
		return new FailureAnalysis(description,
				Stream.concat(advice, existing).distinct().collect(Collectors.joining("%n".formatted())), cause);
	}

	private static String describe(UnknownKey key) {
		String origin = (key.origin() != null) ? "%n    Origin: %s".formatted(key.origin()) : "";
		return "    Property: %s%n    Value: \"%s\"%s".formatted(key.property(), key.value(), origin);
	}

}
