package dev.socketfactory.autoconfigure;

import java.time.Duration;

import dev.socketfactory.InvalidSocketSpecException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;
import org.springframework.util.SystemPropertyUtils;

/**
 * Explains a declared socket that cannot work.
 */
class InvalidSocketSpecFailureAnalyzer extends AbstractFailureAnalyzer<InvalidSocketSpecException> {

	private final Environment environment;

	InvalidSocketSpecFailureAnalyzer(Environment environment) {
		this.environment = environment;
	}

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, InvalidSocketSpecException cause) {
		String entry = "%s.%s.%s".formatted(EntryKeys.PREFIX, EntryKeys.section(cause.getKind()), cause.getName());
		boolean entryItself = cause.getKey().equals("name");
		DeclaredSockets declared = DeclaredSockets.of(this.environment);
		DeclaredProperty property = entryItself ? declared.findFirst(cause.getKind(), cause.getName())
				: declared.find(cause.getKind(), cause.getName(), cause.getKey());
		String description = new SocketFailureAnalysis(
				"The %s '%s' cannot be made from its configuration:".formatted(cause.getKind(), cause.getName()))
			.addProperty(entryItself ? entry : entry + "." + cause.getKey(),
					entryItself ? null : asWritten(cause.getValue(), property),
					(property != null) ? property.origin() : null)
			.add("Reason", cause.getReason())
			.toString();
		return new FailureAnalysis(description, cause.getAction() + ".", cause);
	}

	/**
	 * Durations have many notations: show the one that was used.
	 */
	private static @Nullable Object asWritten(@Nullable Object value, @Nullable DeclaredProperty property) {
		if (value instanceof Duration duration && property != null) {
			String text = property.value().toString();
			return text.contains(SystemPropertyUtils.PLACEHOLDER_PREFIX) ? DurationStyle.SIMPLE.print(duration) : text;
		}
		return value;
	}

}
