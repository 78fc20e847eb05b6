package dev.socketfactory.autoconfigure;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

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

	private static final Pattern INDEX = Pattern.compile("[0-9]+");

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
		String keys = "The keys of 'socket-factory' are %s.".formatted(join(EntryKeys.TOP));
		if (name.getNumberOfElements() == 1) {
			return keys;
		}
		String section = name.getElement(1, Form.ORIGINAL);
		SocketKind kind = EntryKeys.kind(section);
		if (kind == null) {
			return EntryKeys.TOP.contains(section) ? "'socket-factory.%s' takes a single value.".formatted(section)
					: keys;
		}
		return actionFor(kind, section, elementsOf(name, 2));
	}

	private static String actionFor(SocketKind kind, String section, List<String> below) {
		String names = "Below 'socket-factory.%s' write the name of every %s, and below the name its keys."
			.formatted(section, kind);
		String keys = "The keys of a %s are %s.".formatted(kind, join(EntryKeys.of(kind)));
		if (below.isEmpty() || EntryKeys.match(below) != null) {
			return names;
		}
		// The index of a list looks like a name that is a number
		if (INDEX.matcher(below.get(0)).matches()) {
			return (below.size() == 1) ? names : names + " " + keys;
		}
		if (below.size() == 1) {
			return "'%s' is the name of a %s: write its keys below it. %s".formatted(below.get(0), kind, keys);
		}
		EntryKeys.Match match = (below.size() > 2) ? EntryKeys.match(below.subList(1, 2)) : null;
		return (match != null) ? "'%s' takes a single value.".formatted(match.key()) : keys;
	}

	private static List<String> elementsOf(ConfigurationPropertyName name, int from) {
		return IntStream.range(from, name.getNumberOfElements())
			.mapToObj((index) -> name.getElement(index, Form.ORIGINAL))
			.toList();
	}

	private static String join(List<String> keys) {
		return String.join(", ", keys);
	}

}
