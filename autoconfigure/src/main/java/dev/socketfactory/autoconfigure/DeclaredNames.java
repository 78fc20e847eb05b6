package dev.socketfactory.autoconfigure;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import dev.socketfactory.SocketKind;
import dev.socketfactory.autoconfigure.UnknownKeysException.UnknownKey;

import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.util.Assert;

/**
 * The names of the entries as they are written. Binding alone would mix entries whose
 * names differ only in dashes, leave out characters it does not expect in a name, and
 * make entries of environment variables, which cannot spell one.
 */
final class DeclaredNames {

	static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of(SocketFactoryProperties.PREFIX);

	/**
	 * Whether a source is one whose unknown keys are mistakes: not the system's.
	 */
	static final UnboundElementsSourceFilter STRICT = new UnboundElementsSourceFilter();

	private static final ConfigurationPropertyName MISPLACED = ConfigurationPropertyName.of("spring").append(PREFIX);

	private final Map<String, Declaration> declarations = new LinkedHashMap<>();

	private final Set<String> entries = new HashSet<>();

	private final List<UnknownKey> wrong = new ArrayList<>();

	/**
	 * Read the names in all property sources.
	 * @param sources the sources
	 * @throws UnknownKeysException if something is not a name, or not one of its own
	 */
	DeclaredNames(Iterable<ConfigurationPropertySource> sources) {
		for (ConfigurationPropertySource source : sources) {
			if (source.getUnderlyingSource() instanceof EnumerablePropertySource<?> enumerable
					&& !(enumerable instanceof SystemEnvironmentPropertySource)) {
				read(enumerable, STRICT.apply(source));
			}
		}
		requireNamesOfTheirOwn();
		if (!this.wrong.isEmpty()) {
			throw new UnknownKeysException(this.wrong);
		}
	}

	/**
	 * Return whether an entry is declared under exactly this name.
	 * @param entry name of the entry's properties
	 */
	boolean contains(ConfigurationPropertyName entry) {
		return this.entries.contains(entry.toString());
	}

	/**
	 * Return the names of the entries of a kind, in the order in which they are written.
	 */
	Set<String> of(SocketKind kind) {
		return this.declarations.values()
			.stream()
			.filter((declaration) -> declaration.kind == kind)
			.map(Declaration::name)
			.collect(Collectors.toCollection(LinkedHashSet::new));
	}

	private void read(EnumerablePropertySource<?> source, boolean strict) {
		for (String text : source.getPropertyNames()) {
			ConfigurationPropertyName name = ConfigurationPropertyName.adapt(text, '.');
			boolean ours = PREFIX.equals(name) || PREFIX.isAncestorOf(name);
			boolean misplaced = MISPLACED.equals(name) || MISPLACED.isAncestorOf(name);
			Object value = (ours || misplaced) ? source.getProperty(text) : null;
			if (value != null && (strict || (ours && name.getNumberOfElements() > 2))) {
				Written written = new Written(text, value, PropertySourceOrigin.get(source, text));
				if (ours) {
					read(name, written);
				}
				else {
					this.wrong.add(written.refuse("Write 'socket-factory' without 'spring.' before it."));
				}
			}
		}
	}

	private void read(ConfigurationPropertyName name, Written written) {
		int elements = name.getNumberOfElements();
		SocketKind kind = (elements > 1) ? PropertyKeys.kindOf(name) : null;
		boolean top = elements == 1;
		boolean list = kind != null && elements > 2 && name.isNumericIndex(2);
		boolean scalar = (top || kind != null) && elements <= 3 && !written.value.toString().isEmpty();
		if (list || scalar) {
			this.wrong.add(written.refuse(PropertyKeys.adviseOnEntries(kind)));
		}
		else if (kind != null && elements > 2) {
			declare(kind, name.chop(3), written);
		}
	}

	private void declare(SocketKind kind, ConfigurationPropertyName property, Written written) {
		String name = written.entry();
		String wellFormed = wellFormed(name);
		if (name.equals(wellFormed)) {
			this.declarations.putIfAbsent(kind + name, new Declaration(kind, name, written));
			this.entries.add(property.toString());
		}
		else {
			this.wrong.add(written.refuse(
					"'%s' is not a name: write '%s'. A name is words of lower-case letters and digits, joined by dashes."
						.formatted(name, wellFormed)));
		}
	}

	private static String wellFormed(String name) {
		String letters = Normalizer.normalize(DataObjectPropertyName.toDashedForm(name), Normalizer.Form.NFD)
			.replaceAll("\\p{M}", "");
		String dashed = letters.replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
		return dashed.isEmpty() ? "time-server" : dashed;
	}

	private void requireNamesOfTheirOwn() {
		this.declarations.values()
			.stream()
			.collect(Collectors.groupingBy((declaration) -> declaration.name.replace("-", ""), LinkedHashMap::new,
					Collectors.toList()))
			.values()
			.stream()
			.filter((alike) -> alike.size() > 1)
			.forEach((alike) -> {
				String advice = alike.stream()
					.map((declaration) -> "the %s '%s'".formatted(declaration.kind, declaration.name))
					.collect(Collectors.joining(" and ", "Give ", " names that differ in more than dashes."));
				alike.forEach((declaration) -> this.wrong.add(declaration.first.refuse(advice)));
			});
	}

	/**
	 * An entry.
	 *
	 * @param kind kind of the entry
	 * @param name its name
	 * @param first the first property that it has
	 */
	private record Declaration(SocketKind kind, String name, Written first) {

	}

	/**
	 * A property as it is written.
	 *
	 * @param text its name
	 * @param value its value
	 * @param origin where it comes from
	 */
	private record Written(String text, Object value, Origin origin) {

		private static final Pattern ENTRY = Pattern.compile("[^.\\[]+\\.[^.\\[]+(?:\\.([^.\\[]+)|\\[([^\\]]*)]).*");

		/**
		 * Return the name of the entry, of which binding leaves out what it does not
		 * expect.
		 */
		String entry() {
			Matcher matcher = ENTRY.matcher(this.text);
			Assert.state(matcher.matches(), () -> "'%s' has no entry".formatted(this.text));
			return (matcher.group(1) != null) ? matcher.group(1) : matcher.group(2);
		}

		UnknownKey refuse(String advice) {
			return new UnknownKey(this.text, this.value, this.origin, advice, null);
		}

	}

}
