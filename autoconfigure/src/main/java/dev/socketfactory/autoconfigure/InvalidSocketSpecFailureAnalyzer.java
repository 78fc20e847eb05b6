package dev.socketfactory.autoconfigure;

import java.time.Duration;

import dev.socketfactory.InvalidSocketSpecException;
import dev.socketfactory.engine.CustomizedSpecException;
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
		DeclaredSockets declared = DeclaredSockets.of(this.environment);
		DeclaredProperty first = declared.findFirst(cause.getKind(), cause.getName());
		SocketFailureAnalysis analysis;
		if (cause instanceof CustomizedSpecException customized) {
			analysis = analysisOfCode(cause, "cannot be made after it was customized:").add("Customizer",
					customized.getCustomizers());
		}
		else if (first == null) {
			analysis = analysisOfCode(cause, "cannot be made:");
		}
		else {
			analysis = analysisOfConfiguration(cause, first,
					declared.find(cause.getKind(), cause.getName(), cause.getKey()));
		}
		analysis.add("Reason", cause.getReason());
		return new FailureAnalysis(analysis.toString(), cause.getAction() + ".", cause);
	}

	private static SocketFailureAnalysis analysisOfCode(InvalidSocketSpecException cause, String headline) {
		return new SocketFailureAnalysis("The %s '%s' %s".formatted(cause.getKind(), cause.getName(), headline))
			.add("Key", cause.getKey())
			.addValue(cause.getValue());
	}

	private static SocketFailureAnalysis analysisOfConfiguration(InvalidSocketSpecException cause,
			DeclaredProperty first, @Nullable DeclaredProperty property) {
		SocketFailureAnalysis analysis = new SocketFailureAnalysis(
				"The %s '%s' cannot be made from its configuration:".formatted(cause.getKind(), cause.getName()));
		String entry = "%s.%s.%s".formatted(EntryKeys.PREFIX, EntryKeys.section(cause.getKind()), cause.getName());
		return cause.getKey().equals("name") ? analysis.addProperty(entry, null, first.origin())
				: analysis.addProperty(entry + "." + cause.getKey(), asWritten(cause.getValue(), property),
						(property != null) ? property.origin() : null);
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
