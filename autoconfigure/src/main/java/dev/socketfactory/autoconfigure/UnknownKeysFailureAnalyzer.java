package dev.socketfactory.autoconfigure;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import dev.socketfactory.SocketKind;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Explains keys below {@code socket-factory} that do not exist.
 */
class UnknownKeysFailureAnalyzer extends AbstractFailureAnalyzer<UnknownKeysException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, UnknownKeysException cause) {
		SocketFailureAnalysis analysis = new SocketFailureAnalysis("Nothing reads these properties:");
		Set<String> actions = new LinkedHashSet<>();
		for (ConfigurationProperty property : cause.getProperties()) {
			analysis.addProperty(property.getName().toString(), property.getValue(), property.getOrigin()).addBreak();
			actions.add(actionFor(property.getName()));
		}
		return new FailureAnalysis(analysis.toString().stripTrailing(),
				"Correct or remove them. " + String.join(" ", actions), cause);
	}

	private static String actionFor(ConfigurationPropertyName name) {
		String section = name.getElement(1, Form.ORIGINAL);
		SocketKind kind = EntryKeys.kind(section);
		if (kind == null) {
			return EntryKeys.TOP.contains(section) ? "'socket-factory.%s' takes a single value.".formatted(section)
					: "The keys of 'socket-factory' are %s.".formatted(join(EntryKeys.TOP));
		}
		if (name.getNumberOfElements() == 2 || (name.getNumberOfElements() == 3 && name.isNumericIndex(2))) {
			return "Below 'socket-factory.%s' write the name of every %s, and below the name its keys."
				.formatted(section, kind);
		}
		if (name.getNumberOfElements() > 4) {
			EntryKeys.Match match = EntryKeys.match(List.of(name.getElement(3, Form.ORIGINAL)));
			if (match != null) {
				return "'%s' takes a single value.".formatted(match.key());
			}
		}
		return "The keys of a %s are %s.".formatted(kind, join(EntryKeys.of(kind)));
	}

	private static String join(List<String> keys) {
		return String.join(", ", keys);
	}

}
