package dev.socketfactory.autoconfigure;

import java.time.Duration;

import dev.socketfactory.InvalidSocketSpecException;
import dev.socketfactory.engine.CustomizedSpecException;
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
		SocketFailureAnalysis analysis = analysisOf(cause).add("Reason", cause.getReason());
		return new FailureAnalysis(analysis.toString(), cause.getAction() + ".", cause);
	}

	private SocketFailureAnalysis analysisOf(InvalidSocketSpecException cause) {
		if (cause instanceof DeclaredSpecException) {
			return analysisOfConfiguration(cause);
		}
		if (cause instanceof CustomizedSpecException customized) {
			return analysisOfCode(cause, "cannot be made after it was customized:").add("Customizer",
					customized.getCustomizers());
		}
		return analysisOfCode(cause, "cannot be made:");
	}

	private static SocketFailureAnalysis analysisOfCode(InvalidSocketSpecException cause, String headline) {
		return new SocketFailureAnalysis("The %s '%s' %s".formatted(cause.getKind(), cause.getName(), headline))
			.add("Key", cause.getKey())
			.addValue(cause.getValue());
	}

	private SocketFailureAnalysis analysisOfConfiguration(InvalidSocketSpecException cause) {
		SocketFailureAnalysis analysis = new SocketFailureAnalysis(
				"The %s '%s' cannot be made from its configuration:".formatted(cause.getKind(), cause.getName()));
		String entry = "%s.%s.%s".formatted(EntryKeys.PREFIX, EntryKeys.section(cause.getKind()), cause.getName());
		DeclaredSockets declared = DeclaredSockets.of(this.environment);
		if (cause.getKey().equals("name")) {
			return analysis.addProperty(entry, null, originOf(declared.findFirst(cause.getKind(), cause.getName())));
		}
		DeclaredProperty property = declared.find(cause.getKind(), cause.getName(), cause.getKey());
		return analysis.addProperty(entry + "." + cause.getKey(), asWritten(cause.getValue(), property),
				originOf(property));
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
