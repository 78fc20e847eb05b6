package dev.socketfactory.autoconfigure;

import java.time.Duration;

import dev.socketfactory.InvalidSocketSpecException;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.origin.Origin;
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
		SocketFailureAnalysis analysis = new SocketFailureAnalysis(
				"The %s '%s' cannot be made from its configuration:".formatted(cause.getKind(), cause.getName()));
		String entry = "%s.%s.%s".formatted(EntryKeys.PREFIX, EntryKeys.section(cause.getKind()), cause.getName());
		DeclaredSockets declared = DeclaredSockets.of(this.environment);
		if (cause.getKey().equals("name")) {
			DeclaredProperty first = declared.findFirst(cause.getKind(), cause.getName());
			analysis.addProperty(entry, null, originOf(first));
		}
		else {
			DeclaredProperty property = declared.find(cause.getKind(), cause.getName(), cause.getKey());
			analysis.addProperty(entry + "." + cause.getKey(), asWritten(cause.getValue(), property),
					originOf(property));
		}
		analysis.add("Reason", cause.getReason());
		return new FailureAnalysis(analysis.toString(), cause.getAction() + ".", cause);
	}

	private static @Nullable Origin originOf(@Nullable DeclaredProperty property) {
		return (property != null) ? property.origin() : null;
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
